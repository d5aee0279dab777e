"""The database, opened for one command and everything it starts."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from ripely.adapters.postgres.cluster import DatabaseError
from ripely.adapters.postgres.database import open_database
from ripely.adapters.postgres.waiting import wait_for as wait_for_work
from ripely.settings import Settings, export

__all__ = ["database", "say", "wait_for_work"]


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    try:
        with open_database(settings, say) as url:
            export("DATABASE_URL", url)
            yield url
    except DatabaseError as refused:
        raise click.ClickException(str(refused)) from refused


def say(line: str) -> None:
    # A terminal that is gone must not keep us from stopping in order.
    with suppress(OSError):
        click.echo(line, err=True)
