"""The database, opened for one command and everything it starts."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from ripely.settings import Settings, export
from ripely.wiring import DatabaseError, open_database


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    try:
        with open_database(settings, say) as url:
            export("DATABASE_URL", url)
            yield url
    except DatabaseError as refused:
        raise click.ClickException(str(refused)) from refused


def say(line: str) -> None:
    click.echo(line, err=True)
