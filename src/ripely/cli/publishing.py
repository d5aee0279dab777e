"""What commands that publish need: the database, Django, and where rulesets are kept."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ripely.cli.database import database
from ripely.cli.folder import count
from ripely.ports import Rulesets
from ripely.settings import export, read_settings
from ripely.wiring import rulesets_on

if TYPE_CHECKING:
    from ripely.operations.definitions import Change

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@contextmanager
def publishing() -> Iterator[tuple[Rulesets, str]]:
    """Yield where rulesets are published, and the time zone of the installation."""
    settings = read_settings()
    with database(settings):
        export("DJANGO_SETTINGS_MODULE", "ripely.web.settings")
        # Only now, because the import of Django's settings reads the database's address.
        import django

        django.setup()
        from django.db import connection

        connection.ensure_connection()
        yield rulesets_on(connection.connection), settings.timezone
        connection.close()


def say_changes(changes: "Iterable[Change]") -> None:
    """Print each change with its lines, and end with how many there are of each sort."""
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.state] = counts.get(change.state, 0) + 1
        if change.state not in {"unchanged", "missing"}:
            click.secho(f"{change.state} {change.kind} {change.id}", bold=True)
        if change.state == "changed":
            for line in change.lines:
                click.secho(f"  {line}", fg=_COLOURS.get(line[:1]))
    said = [f"{n} {state}" for state, n in sorted(counts.items())]
    click.echo(f"{', '.join(said)}." if said else f"{count(0, 'document')}.")
