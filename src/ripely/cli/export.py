"""Writes a part of the archive to a file."""

from datetime import UTC, datetime

import click

from ripely.cli.asking import MOMENT
from ripely.cli.database import database
from ripely.ports import ArchiveError, Export
from ripely.settings import read_settings
from ripely.wiring import assemble, export_events


@click.group()
def command() -> None:
    """Write a part of the archive to a file."""


@command.command()
@click.option("--to", "path", required=True, help="The file: .parquet or .csv.")
@click.option("--since", type=MOMENT, help="What happened from this moment on, in UTC.")
@click.option("--until", type=MOMENT, help="What happened before this moment, in UTC.")
def events(path: str, since: datetime | None, until: datetime | None) -> None:
    """Write events: whole as Parquet, or as a table of text."""
    settings = read_settings()
    export = Export(path, _in_utc(since), _in_utc(until))
    with database(settings) as url, assemble(settings, url) as app:
        try:
            written = export_events(app, export)
        except ArchiveError as wrong:
            raise click.ClickException(str(wrong)) from None
    click.echo(f"{written:,} events are in {path}.")


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=UTC)
