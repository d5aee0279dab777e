"""Publishes a folder of documents."""

from collections.abc import Sequence
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
from ripely.cli.publishing import (
    author_option,
    map_option,
    people_option,
    plan,
    publishing,
    say_changes,
    say_published,
)


@click.command()
@folder
@prune
@people_option
@map_option
@author_option
@form
def command(
    folder: Path, author: str, people: str, moves: Sequence[str], form: str, *, prune: bool
) -> None:
    """Publish the documents in DIR: what changed becomes a new version, and holds from now on."""
    files, for_all = read_folder(folder), plan(people, moves)
    with publishing() as (rulesets, timezone):
        from ripely.operations.definitions import apply
        from ripely.operations.people import Plans

        outcome = apply(files, author, rulesets, timezone, Plans(for_all), prune=prune)
    found = outcome.plan
    if form == "json":
        said_in_json(
            problems=found.findings, changes=found.changes, ruleset=outcome.ruleset,
            position=outcome.position, versions=outcome.versions,
        )  # fmt: skip
    else:
        say_findings(found.findings, folder)
        say_changes(found.changes)
        say_published(outcome)
        if outcome.ruleset is None:
            click.echo(f"{summary(found.findings)}. Nothing published.")
    leave(found.findings)
