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
from ripely.cli.publishing import map_option, people_option, plan, publishing, say_changes

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
    files, for_all = read_folder(folder), plan(people, moves)
    with publishing() as (rulesets, _):
        from ripely.operations.definitions import diff
        from ripely.operations.people import Plans

        found = diff(files, rulesets, Plans(for_all), prune=prune)
    if form == "json":
        said_in_json(problems=found.findings, changes=found.changes)
    else:
        say_findings(found.findings, folder)
        say_changes(found.changes)
        click.echo(f"{summary(found.findings)}.")
    leave(found.findings)
