"""The product opened for a command that asks about history, with what is published."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec

from ripely.cli.database import database
from ripely.compiler.ruleset import Published
from ripely.model.journey import Journey
from ripely.operations.publishing.review import review
from ripely.operations.wording.names import Names, names_of
from ripely.ports import AskError, Warehouse
from ripely.runtime.rules import published_of
from ripely.settings import read_settings
from ripely.wiring import App, assemble


class Opened(msgspec.Struct, frozen=True):
    """What a question about history needs."""

    app: App
    published: Published
    names: Names
    now: datetime

    @property
    def warehouse(self) -> Warehouse:
        return self.app.warehouse

    def since(self, days: int) -> datetime:
        return self.now - timedelta(days=days)

    def journey(self, named: str) -> Journey:
        """Find a journey in a file, or among what is published."""
        path = Path(named)
        if path.is_file():
            documents, _ = review({path.name: path.read_bytes()})
            found = (d.definition for d in documents if isinstance(d.definition, Journey))
            journey = next(found, None)
        else:
            journey = self.names.journeys.get(named)
        if journey is None:
            raise click.UsageError(
                f"There is no journey {named}, neither a file nor published."
            )
        return journey


@contextmanager
def history() -> Iterator[Opened]:
    """Open everything; what the archive cannot answer ends the command with its sentence."""
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        current = app.rulesets.current()
        published = published_of(app.rulesets.documents(current)) if current else Published(())
        names = names_of(published.definitions, published.company)
        try:
            yield Opened(app, published, names, app.clock.now())
        except AskError as wrong:
            raise click.ClickException(str(wrong)) from None


days_option = click.option(
    "--days", type=click.IntRange(1, 3_650), default=90, show_default=True, help="How far back."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer for programs.")


def say_json(told: object) -> None:
    encoded = msgspec.json.encode(told, enc_hook=str)
    click.echo(msgspec.json.format(encoded, indent=2).decode())
