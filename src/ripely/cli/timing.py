"""Says when people buy again, and how long to wait before asking."""

import click

from ripely.cli.asking import say_table
from ripely.cli.history import history, json_option, say_json
from ripely.operations.worth.timing import BUYERS_MIN, PER, Per, Timing, timings


@click.command()
@click.option("--per", type=click.Choice(list(PER)), default="all", show_default=True)
@click.option(
    "--event", default="order.completed", show_default=True, help="What a purchase is."
)
@click.option("--first", is_flag=True, help="After the first purchase alone.")
@json_option
def command(per: Per, event: str, *, first: bool, as_json: bool) -> None:
    """Say after how many days people buy again: a quarter, half, three quarters of them."""
    with history() as opened:
        found = timings(opened.warehouse, opened.now, per, event, first=first)
    if as_json:
        say_json(found)
        return
    columns = ("of", "purchases", "again", "come back", "quarter", "half", "wait", "anyway")
    say_table(columns, [_row(one) for one in found])
    if any(not one.enough for one in found):
        click.echo(f"Where nothing is said, there are fewer than {BUYERS_MIN} purchases, or few returns.")  # fmt: skip


def _row(one: Timing) -> tuple[object, ...]:
    quarter, half, _ = one.quarters
    shown = (f"{one.returning:.0%}", _days(quarter), _days(half), _days(one.wait), f"{one.anyway:.0%}")  # fmt: skip
    said = shown if one.enough else ("",) * len(shown)
    return (one.subject or "everything", one.purchases, one.again, *said)


def _days(days: int | None) -> str:
    return "never" if days is None else f"{days} d"
