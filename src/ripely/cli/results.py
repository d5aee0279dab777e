"""Shows what all sources tell of a time, and what came of sources, channels and journeys."""

from zoneinfo import ZoneInfo

import click

from ripely.cli.asking import say_table
from ripely.cli.history import history, json_option, say_json
from ripely.operations.outcomes.overall import Overall, overall
from ripely.operations.outcomes.returns import (
    PEOPLE_MIN,
    TOUCHES,
    WITHIN_DAYS,
    Channel,
    Course,
    Source,
)

FEW = "too few to say"


@click.command()
@click.option("--days", default="", metavar="N", help="The last N days.  [default: 30]")
@click.option(
    "--from", "first", default="", metavar="DAY", help="From this day on: 2030-01-31."
)
@click.option("--to", "last", default="", metavar="DAY", help="To this day, today if not said.")
@click.option("--by", default="", metavar="PART", help="In JSON, by day, week or month.")
@click.option("--touch", type=click.Choice(list(TOUCHES)), default="first", show_default=True, help="By the source that brought contacts first, or last.")  # fmt: skip
@json_option
def command(days: str, first: str, last: str, by: str, touch: str, *, as_json: bool) -> None:
    """Show what all sources tell of a time beside the time before, and what came of it."""
    said = {"days": days, "from": first, "to": last, "by": by, "touch": touch}
    with history() as opened:
        company = opened.names.company
        zone = ZoneInfo(company.timezone or opened.app.settings.timezone)
        try:
            told = overall(opened.warehouse, said, opened.now, zone, company.currency)
        except ValueError as wrong:
            raise click.UsageError(f"{wrong}") from None
    if as_json:
        say_json(told.told())
    else:
        _say(told)


def _say(told: Overall) -> None:
    found, returned = told.results, told.returns
    span = found.span
    click.secho(f"{span.first} to {span.last}, beside the {span.days} days before", bold=True)
    rows = [
        (one.name, _amount(one.total), _amount(one.before), "" if one.change is None else f"{one.change:+.0%}")
        for one in found.series
    ]  # fmt: skip
    say_table(("", "in this time", "before", "change"), rows)
    for one in found.series:
        if one.since:
            click.echo(
                f"“{one.name}” is known since {one.since.astimezone(span.zone):%Y-%m-%d}."
            )
    if found.currency:
        click.echo(
            f"Revenue is in {found.currency}; orders in other currencies: {found.others:,}."
        )
    sources = [*returned.sources, *([returned.more] if returned.more else [])]
    _titled("By source", ("source", "contacts", "visitors", "known", "leads", "customers", "orders", "revenue", "a contact"), [_source(one, more=one is returned.more) for one in sources])  # fmt: skip
    _titled(f"By channel: who bought within {WITHIN_DAYS} days after a message", ("channel", "delivered", "contacts", "opened", "clicked", "bought after", "orders", "revenue", "a contact"), [_channel(one) for one in returned.channels])  # fmt: skip
    _titled("By journey", ("journey", "entered", "converted", "bought for", "a contact", "of those kept out", "difference"), [_course(one) for one in returned.journeys])  # fmt: skip
    click.echo(f"Of fewer than {PEOPLE_MIN} contacts no rate is told.")


def _titled(title: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    if rows:
        click.secho(f"\n{title}", bold=True)
        say_table(columns, rows)


def _source(one: Source, *, more: bool) -> tuple[object, ...]:
    name = "all other sources" if more else one.name or "by themselves, or not known"
    return (name, one.people, one.visitors, one.contacts, one.leads, one.buyers, one.orders, _amount(one.revenue), _each(one.each))  # fmt: skip


def _channel(one: Channel) -> tuple[object, ...]:
    return (one.name, one.delivered, one.people, one.opened, one.clicked, one.buyers, one.orders, _amount(one.revenue), _each(one.each))  # fmt: skip


def _course(one: Course) -> tuple[object, ...]:
    ours, theirs, compared = one.let_in, one.kept_out, one.compared
    kept_out = f"{theirs.converted:,} of {theirs.people:,}" if theirs else ""
    difference = ""
    if compared:
        between = f"{compared.expected:+.1%}, {compared.low:+.1%} to {compared.high:+.1%}"
        difference = between if compared.enough else FEW
    return (one.journey, ours.people, ours.converted, _amount(ours.revenue), _each(ours.each), kept_out, difference)  # fmt: skip


def _each(amount: float | None) -> str:
    return FEW if amount is None else f"{amount:,.2f}"


def _amount(n: float | None) -> str:
    if n is None:
        return "not known"
    return f"{n:,.0f}" if n == round(n) else f"{n:,.2f}"
