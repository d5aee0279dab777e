"""Asks the archive a question in SQL."""

import csv
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from ripely.cli.asking import say_table
from ripely.cli.database import database
from ripely.ports import Answered, AskError
from ripely.render.tables import no_formula
from ripely.settings import read_settings
from ripely.wiring import App, archive_attachment, assemble

DATA_BYTES_MAX = 1536 * 1024 * 1024
"""What an answer may take beside what the process holds; DuckDB's own limit does not count long texts."""


@click.command()
@click.argument("question", required=False)
@click.option("--csv", "form", flag_value="csv", help="Answer as a table for other programs.")
@click.option(
    "--json", "form", flag_value="json", help="Answer as a line of JSON for each row."
)
@click.option("--rows", default=10_000, show_default=True, help="At most so many rows.")
@click.option(
    "--connection", is_flag=True, help="Only say how another DuckDB reads the archive."
)
def command(question: str | None, form: str | None, rows: int, *, connection: bool) -> None:
    """Ask the archive a question in SQL: of events, decisions, people, present, deliveries."""
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        if connection:
            click.echo(
                f"INSTALL ducklake; INSTALL postgres;\n{archive_attachment(app)}\nUSE lake;"
            )
        elif question is None:
            raise click.UsageError("Missing argument 'QUESTION'.")
        else:
            _say(_answer(app, question, rows), form)


def _answer(app: App, question: str, rows: int) -> Answered:
    try:
        with _bounded():
            return app.warehouse.ask(question, rows)
    except AskError as wrong:
        raise click.ClickException(str(wrong)) from None


@contextmanager
def _bounded() -> Iterator[None]:
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = _held() + DATA_BYTES_MAX
    limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


def _held() -> int:
    """Return the bytes of data that this process holds; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[5]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _say(answered: Answered, form: str | None) -> None:
    match form:
        case "csv":
            table = csv.writer(sys.stdout)
            table.writerow(_texts(answered.columns))
            table.writerows(map(_texts, answered.rows))
        case "json":
            for row in answered.rows:
                said = dict(zip(answered.columns, row, strict=True))
                click.echo(msgspec.json.encode(said, enc_hook=str).decode())
        case _:
            say_table(answered.columns, answered.rows)


def _texts(row: Sequence[object]) -> list[object]:
    return [_text(cell) for cell in row]


def _text(cell: object) -> object:
    """Write what a table has no form for as JSON, and nothing that begins a formula."""
    match cell:
        case dict() | list():
            return msgspec.json.encode(cell, enc_hook=str).decode()
        case str():
            return no_formula(cell)
        case _:
            return cell
