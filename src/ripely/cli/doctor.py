"""Looks for what is wrong inside: whether replayed history gives the profiles that live."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click
import msgspec

from ripely.cli.database import database, say
from ripely.model.ids import ContactId, contact_code
from ripely.ports import AskError
from ripely.runtime.replay import Past, Replayed, replay_all, replay_one
from ripely.runtime.rules import open_rules
from ripely.settings import read_settings
from ripely.wiring import App, assemble, open_archived_history

DIFFERENT = 1
SHOWN_MAX = 100
SAID_EVERY = 10_000
_LACKING = {
    "later": "changed after what the archive holds; it will be told soon, if the archive is being kept",
    "earlier": "lack their beginning in the archive, as those who were forgotten do",
}


@click.group()
def command() -> None:
    """Look for what is wrong inside."""


@command.command()
@click.option(
    "--contact", "code", metavar="CODE", help="One contact, by the 16 digits of its page."
)
@click.option("--all", "everybody", is_flag=True, help="Every contact.")
@click.option(
    "--from",
    "source",
    type=click.Choice(["database", "archive"]),
    default="database",
    help="Where history is read.",
)
def replay(code: str | None, source: str, *, everybody: bool) -> None:
    """Fold stored history again, and compare with the live profiles. Answers 1 when any differs."""
    if everybody == bool(code):
        raise click.UsageError("Say either --contact CODE or --all.")
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app, _past(app, source) as past:
        try:
            done = _report(replay_all(past) if everybody else _one(past, code or ""))
        except AskError as wrong:
            raise click.ClickException(str(wrong)) from None
        if everybody and past.whole is not None:
            _say_absent(past.whole.contacts() - done["contacts"])
    if done["differ"]:
        sys.exit(DIFFERENT)


@contextmanager
def _past(app: App, source: str) -> Iterator[Past]:
    past = Past(app.history, app.rulesets, app.profiles, open_rules(app.rulesets))
    if source == "database":
        yield past
        return
    with open_archived_history(app) as archived:
        yield msgspec.structs.replace(past, history=archived, whole=app.history)


def _one(past: Past, code: str) -> Iterable[Replayed]:
    try:
        contact = ContactId(int(code, 16))
    except ValueError:
        raise click.UsageError("A contact's code has 16 hexadecimal digits.") from None
    found = replay_one(past, contact)
    if found is None:
        raise click.ClickException("There is no history of this contact.")
    return [found]


def _report(replayed: Iterable[Replayed]) -> Counter[str]:
    done: Counter[str] = Counter()
    for each in replayed:
        done.update(contacts=1, events=each.events)
        if each.lacks:
            done[each.lacks] += 1
        elif each.wrong is not None:
            done["differ"] += 1
            if done["differ"] <= SHOWN_MAX:
                _say_wrong(each)
        if done["contacts"] % SAID_EVERY == 0:
            say(f"{done['contacts']:,} contacts, {done['events']:,} events so far ...")
    for lack, meaning in _LACKING.items():
        if done[lack]:
            click.echo(f"Not compared: {done[lack]:,} contacts {meaning}.")
    click.echo(
        f"{done['contacts']:,} contacts, {done['events']:,} events replayed; {done['differ']:,} differ."
    )
    return done


def _say_absent(contacts: int) -> None:
    if contacts > 0:
        click.echo(
            f"{contacts:,} contacts are not in the archive: new since, forgotten, or in quarantine from the first."
        )


def _say_wrong(each: Replayed) -> None:
    assert each.wrong is not None
    where = click.style(f"{contact_code(each.contact)} at {each.position}", fg="red")
    click.echo(
        f"{where}: {each.wrong.path} is {each.wrong.live}, replayed {each.wrong.replayed}"
    )
