"""Looks for what is wrong inside: whether replayed history gives the profiles that live."""

import sys
from collections.abc import Iterable

import click

from ripely.cli.database import database, say
from ripely.model.ids import ContactId, contact_code
from ripely.runtime.replay import Past, Replayed, replay_all, replay_one
from ripely.runtime.rules import open_rules
from ripely.settings import read_settings
from ripely.wiring import assemble

DIFFERENT = 1
SHOWN_MAX = 100
SAID_EVERY = 10_000


@click.group()
def command() -> None:
    """Look for what is wrong inside."""


@command.command()
@click.option(
    "--contact", "code", metavar="CODE", help="One contact, by the 16 digits of its page."
)
@click.option("--all", "everybody", is_flag=True, help="Every contact.")
def replay(code: str | None, *, everybody: bool) -> None:
    """Fold stored history again, and compare with the live profiles. Answers 1 when any differs."""
    if everybody == bool(code):
        raise click.UsageError("Say either --contact CODE or --all.")
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        past = Past(app.history, app.rulesets, app.profiles, open_rules(app.rulesets))
        wrong = _report(replay_all(past) if everybody else _one(past, code or ""))
    if wrong:
        sys.exit(DIFFERENT)


def _one(past: Past, code: str) -> Iterable[Replayed]:
    try:
        contact = ContactId(int(code, 16))
    except ValueError:
        raise click.UsageError("A contact's code has 16 hexadecimal digits.") from None
    found = replay_one(past, contact)
    if found is None:
        raise click.ClickException("There is no history of this contact.")
    return [found]


def _report(replayed: Iterable[Replayed]) -> int:
    contacts = events = wrong = 0
    for each in replayed:
        contacts, events = contacts + 1, events + each.events
        if each.wrong is not None:
            wrong += 1
            if wrong <= SHOWN_MAX:
                _say_wrong(each)
        if contacts % SAID_EVERY == 0:
            say(f"{contacts:,} contacts, {events:,} events so far ...")
    click.echo(f"{contacts:,} contacts, {events:,} events replayed; {wrong:,} differ.")
    return wrong


def _say_wrong(each: Replayed) -> None:
    assert each.wrong is not None
    where = click.style(f"{contact_code(each.contact)} at {each.position}", fg="red")
    click.echo(
        f"{where}: {each.wrong.path} is {each.wrong.live}, replayed {each.wrong.replayed}"
    )
