"""Checks a folder of documents, without a database."""

from pathlib import Path

import click

from ripely.cli.folder import (
    count,
    folder,
    form,
    leave,
    read_folder,
    said_in_json,
    say_findings,
    summary,
)
from ripely.operations.publishing.review import review


@click.command()
@folder
@form
def command(folder: Path, form: str) -> None:
    """Check the documents in DIR: everything wrong at once. Answers 1 when something is."""
    documents, findings = review(read_folder(folder))
    if form == "json":
        said_in_json(problems=findings)
    else:
        say_findings(findings, folder)
        click.echo(f"{count(len(documents), 'document')}: {summary(findings)}.")
    leave(findings)
