"""Publishes a folder of documents."""

from getpass import getuser
from pathlib import Path

import click

from ripely.cli.diff import prune
from ripely.cli.folder import (
    folder,
    form,
    leave,
    read_folder,
    said_in_json,
    say_findings,
    summary,
)
from ripely.cli.publishing import publishing, say_changes


@click.command()
@folder
@prune
@click.option("--author", default=None, help="Who publishes; your user name unless said.")
@form
def command(folder: Path, author: str | None, form: str, *, prune: bool) -> None:
    """Publish the documents in DIR: what changed becomes a new version, and holds from now on."""
    files = read_folder(folder)
    with publishing() as (rulesets, timezone):
        from ripely.operations.definitions import apply

        outcome = apply(files, author or getuser(), rulesets, timezone, prune=prune)
    plan = outcome.plan
    if form == "json":
        said_in_json(
            problems=plan.findings, changes=plan.changes, ruleset=outcome.ruleset,
            position=outcome.position, versions=outcome.versions,
        )  # fmt: skip
    else:
        say_findings(plan.findings, folder)
        say_changes(plan.changes)
        click.echo(
            _said(outcome.ruleset, outcome.position)
            or f"{summary(plan.findings)}. Nothing published."
        )
    leave(plan.findings)


def _said(ruleset: str | None, position: int | None) -> str:
    if ruleset is None:
        return ""
    if position is None:
        return f"Nothing new: ruleset {ruleset} stays in force."
    return f"Published as ruleset {ruleset}, in force from log position {position:,}."
