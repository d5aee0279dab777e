"""Shows what publishing a folder of documents would change."""

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
from ripely.cli.publishing import publishing, say_changes

prune = click.option(
    "--prune", is_flag=True, help="Take out of force what is not in DIR. Otherwise it stays."
)


@click.command()
@folder
@prune
@form
def command(folder: Path, form: str, *, prune: bool) -> None:
    """Show what `ripely apply DIR` would change, line by line."""
    files = read_folder(folder)
    with publishing() as (rulesets, _):
        from ripely.operations.definitions import diff

        plan = diff(files, rulesets, prune=prune)
    if form == "json":
        said_in_json(problems=plan.findings, changes=plan.changes)
    else:
        say_findings(plan.findings, folder)
        say_changes(plan.changes)
        click.echo(f"{summary(plan.findings)}.")
    leave(plan.findings)
