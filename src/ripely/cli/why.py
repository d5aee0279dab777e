"""Says why, about one contact: a segment, a score, a journey, a message; and what comes next."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from ripely.cli.history import history, json_option, say_json
from ripely.cli.records import load_django
from ripely.operations.explaining.membership import Row
from ripely.operations.explaining.one_contact import (
    ABOUT,
    About,
    Told,
    UnknownNameError,
    next_of,
    tell,
)
from ripely.operations.explaining.upcoming import Next


@click.command()
@click.argument("contact")
@click.argument("about", type=click.Choice(ABOUT), required=False)
@click.argument("name", required=False)
@json_option
def command(contact: str, about: About | None, name: str | None, *, as_json: bool) -> None:
    """Say why CONTACT (a code, email, phone or user id) is in a segment, or not.

    ABOUT may also be a score, a journey or a message; NAME is its id. Without them: what comes next.
    """
    if (about is None) != (name is None):
        raise click.UsageError(f"Say about what, and its id: {', '.join(ABOUT)}.")
    with history() as opened:
        load_django()
        from ripely.operations.explaining.asked import subject_of
        from ripely.operations.publishing.published import in_force

        app, rules = opened.app, in_force(opened.app.rulesets)
        subject = subject_of(app.profiles, app.history, rules, contact, opened.now)
        if subject is None:
            raise click.ClickException(f"Nobody is known by {contact}.")
        try:
            told = tell(subject, about, name) if about and name else None
        except UnknownNameError as wrong:
            raise click.UsageError(str(wrong)) from None
        coming = told.next if told else next_of(subject)
        zone = ZoneInfo(opened.published.company.timezone or "UTC")
    if as_json:
        say_json(told or coming)
        return
    if told is not None:
        _say(told, zone)
    _say_next(coming, zone)


def _say(told: Told, zone: ZoneInfo) -> None:
    click.secho(told.answer, bold=True)
    for row in told.rows:
        _say_row(row, 1)
    for moment in told.moments:
        at = _at(moment.at_ms // 1000, zone)
        click.echo(f"  {at}  {moment.title}{f': {moment.detail}' if moment.detail else ''}")


def _say_row(row: Row, depth: int) -> None:
    mark = click.style("yes", fg="green") if row.holds else click.style("no ", fg="red")
    evidence = f" ({row.evidence})" if row.evidence else ""
    click.echo(f"{'  ' * depth}{mark} {row.words}{evidence}")
    for inner in row.inner:
        _say_row(inner, depth + 1)


def _say_next(coming: Sequence[Next], zone: ZoneInfo) -> None:
    click.echo("Next:" if coming else "Nothing is planned.")
    for one in coming:
        at = _at(one.at_s, zone) if one.at_s else "on an event     "
        click.echo(f"  {at}  {one.words}{f' ({one.detail})' if one.detail else ''}")


def _at(at_s: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC).astimezone(zone):%Y-%m-%d %H:%M}"
