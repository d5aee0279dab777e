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
    anyway_option,
    author_option,
    map_option,
    objections_to,
    people_option,
    plans_of,
    publishing,
    read_moves,
    say_changes,
    say_published,
)


@click.command()
@folder
@prune
@people_option
@map_option
@author_option
@anyway_option
@form
def command(
    folder: Path, author: str, people: str, moves: Sequence[str], form: str, **flags: bool
) -> None:
    """Publish the documents in DIR: what changed becomes a new version, and holds from now on."""
    files, moving = read_folder(folder), read_moves(people, moves)
    with publishing() as (rulesets, timezone):
        from ripely.operations.publishing.definitions import Outcome, apply, diff, in_force

        prunes, before = flags["prune"], in_force(rulesets)
        plans = plans_of(people, moving, before, anyway=flags["anyway"])
        plan = diff(files, rulesets, plans, prune=prunes)
        objections, plans = objections_to(plan, before, author, plans)
        outcome = Outcome(plan)
        if all(finding.warning for finding in objections):
            outcome = apply(files, author, rulesets, timezone, plans, prune=prunes)
        outcome = outcome.also(objections)
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
