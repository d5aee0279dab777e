"""Looks for what is wrong inside: whether replayed history gives the profiles that live, and the archive has it all."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click
import msgspec

from ripely.cli.database import database, say
from ripely.model.ids import ContactId, contact_code
from ripely.ports import PARTITIONS, AskError, Warehouse
from ripely.runtime.difference import Difference
from ripely.runtime.replay import Past, Replayed, replay_all, replay_one
from ripely.runtime.rules import open_rules
from ripely.settings import read_settings
from ripely.wiring import App, assemble, open_archived_history, open_lake

DIFFERENT = 1
SHOWN_MAX = 100
SAID_EVERY = 10_000
BEHIND_MAX = 10_000
_LACKING = {
    "later": "changed after what the archive holds; it will be told soon, if the archive is being kept",
    "earlier": "lack their beginning in the archive, as those who were forgotten do",
}


@click.group()
def command() -> None:
    """Look for what is wrong inside."""


@command.command()
def archive() -> None:
    """Say how far history is kept: in the lake, and in the warehouse. Answers 1 when one is not up to date."""
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app, open_lake(app) as lake:
        kept = [_say_kept("The lake", lake, app)]
        if settings.warehouse is not None:
            kept.append(_say_kept("The warehouse", app.warehouse, app))
    if not all(kept):
        sys.exit(DIFFERENT)


def _say_kept(what: str, warehouse: Warehouse, app: App) -> bool:
    """Say how far it has come, and return whether that is everything."""
    try:
        position, partitions = warehouse.ask(
            "SELECT min(position), count(*) FROM positions"
        ).rows[0]
    except AskError as wrong:
        click.echo(f"{what}: {wrong}")
        return False
    reached = position if partitions == PARTITIONS and isinstance(position, int) else 0
    newer = len(app.history.newer(reached, BEHIND_MAX))
    more = " or more" if newer == BEHIND_MAX else ""
    behind = (
        f"; {newer:,}{more} contacts have changed since" if newer else ", which is everything"
    )
    click.echo(f"{what} has history up to position {reached}{behind}.")
    return not newer


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
    """Fold stored history again, and compare with the live profiles. Answers 1 when any differs, or cannot be read."""
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
    if done["differ"] or done["unreadable"]:
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
        elif each.unreadable:
            done["unreadable"] += 1
            if done["unreadable"] <= SHOWN_MAX:
                _say_at(each, f"the story cannot be read: {each.unreadable}")
        elif each.wrong is not None:
            done["differ"] += 1
            if done["differ"] <= SHOWN_MAX:
                _say_at(each, _of_difference(each.wrong))
        if done["contacts"] % SAID_EVERY == 0:
            say(f"{done['contacts']:,} contacts, {done['events']:,} events so far ...")
    for lack, meaning in _LACKING.items():
        if done[lack]:
            click.echo(f"Not compared: {done[lack]:,} contacts {meaning}.")
    unread = f", {done['unreadable']:,} cannot be read" if done["unreadable"] else ""
    click.echo(
        f"{done['contacts']:,} contacts, {done['events']:,} events replayed; {done['differ']:,} differ{unread}."
    )
    return done


def _say_absent(contacts: int) -> None:
    if contacts > 0:
        click.echo(
            f"{contacts:,} contacts are not in the archive: new since, forgotten, or in quarantine from the first."
        )


def _say_at(each: Replayed, sentence: str) -> None:
    where = click.style(f"{contact_code(each.contact)} at {each.position}", fg="red")
    click.echo(f"{where}: {sentence}")


def _of_difference(wrong: Difference) -> str:
    return f"{wrong.path} is {wrong.live}, replayed {wrong.replayed}"
