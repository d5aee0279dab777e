"""Messages that came too late and wait for a person."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from ripely.cli.database import database
from ripely.cli.records import load_django
from ripely.settings import read_settings


@click.group()
def command() -> None:
    """Look at messages that came too late, and let them go or drop them."""


@command.command()
def late() -> None:
    """List the messages that wait for a person."""
    with _database():
        from ripely.operations.late import late as waiting

        found = waiting()
    for one in found:
        decided = f"{one.decided_at:%Y-%m-%d %H:%M}"
        click.echo(
            f"{one.id}  {decided}  {one.template} by {one.channel} to {one.recipient},"
            f" {one.journey}/{one.step}"
        )
    if not found:
        click.echo("No message waits for a person.", err=True)


@command.command()
@click.argument("messages", nargs=-1, metavar="[MESSAGE]...")
@click.option("--all", "every", is_flag=True, help="All that wait.")
def release(messages: Sequence[str], *, every: bool) -> None:
    """Send late messages all the same."""
    _answer(messages, "release", "sent now", every=every)


@command.command()
@click.argument("messages", nargs=-1, metavar="[MESSAGE]...")
@click.option("--all", "every", is_flag=True, help="All that wait.")
def drop(messages: Sequence[str], *, every: bool) -> None:
    """Drop late messages."""
    _answer(messages, "drop", "dropped", every=every)


def _answer(messages: Sequence[str], how: str, said: str, *, every: bool) -> None:
    if bool(messages) == every:
        raise click.UsageError("Name messages as “ripely messages late” lists them, or --all.")
    with _database():
        from ripely.operations.late import answer, late as waiting

        chosen = [one.id for one in waiting()] if every else messages
        gone = [message for message in chosen if not answer(message, how)]
    click.echo(f"{len(chosen) - len(gone)} {said}.", err=True)
    for message in gone:
        click.echo(f"{message} does not wait for a person.", err=True)
    if gone:
        raise SystemExit(1)


@contextmanager
def _database() -> Iterator[None]:
    with database(read_settings()):
        load_django()
        yield
