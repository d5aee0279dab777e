"""Keeps history in the archive; at rest, a small process that watches for more of it."""

import click

from ripely.cli.database import database, wait_for_work
from ripely.cli.rest import begin_again
from ripely.cli.turns import told_to_stop
from ripely.settings import read_settings


@click.command()
@click.option("--rests", is_flag=True, help="Let go of all memory while nothing happens.")
@click.option("--kept", type=int, hidden=True, help="How far history was kept before the rest.")
def command(*, rests: bool, kept: int | None) -> None:
    """Keep history in the archive, as it happens."""
    settings = read_settings()
    stopping = told_to_stop()
    with database(settings) as url:
        if kept is not None:
            wait_for_work(url, "history", stopping, kept=kept)
        from ripely.cli.archiving import RestedError, archive

        try:
            archive(settings, url, stopping, rests=rests)
        except RestedError as rested:
            begin_again(stopping, f"--kept={rested.kept}")
