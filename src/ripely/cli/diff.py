"""Shows what publishing a folder of documents would change."""

from collections.abc import Sequence
from pathlib import Path

import click

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
    map_option,
    people_option,
    plans_of,
    publishing,
    read_moves,
    say_changes,
)

prune = click.option(
    "--prune", is_flag=True, help="Take out of force what is not in DIR. Otherwise it stays."
)


@click.command()
@folder
@prune
@people_option
@map_option
@form
def command(folder: Path, people: str, moves: Sequence[str], form: str, *, prune: bool) -> None:
    """Show what `ripely apply DIR` would change, line by line, and what would become of those inside."""
    files, moving = read_folder(folder), read_moves(people, moves)
    with publishing() as (rulesets, _):
        from ripely.operations.publishing.definitions import diff, in_force

        plans = plans_of(people, moving, in_force(rulesets))
        found = diff(files, rulesets, plans, prune=prune)
    if form == "json":
        said_in_json(problems=found.findings, changes=found.changes)
    else:
        say_findings(found.findings, folder)
        say_changes(found.changes)
        click.echo(f"{summary(found.findings)}.")
    leave(found.findings)
