"""Finds what is done by hand again and again, and drafts journeys that would do it."""

import click

from ripely.cli.asking import say_table
from ripely.cli.history import days_option, history, json_option, say_json
from ripely.operations.worth.automations import MINUTES, Suggestion, suggestions


@click.command()
@days_option
@click.option(
    "--minutes",
    multiple=True,
    metavar="ACT=MINUTES",
    help=f"How long one takes: {', '.join(f'{act}={n:g}' for act, n in MINUTES.items())}.",
)
@click.option("--draft", type=int, metavar="N", help="Print the documents of the Nth.")
@json_option
def command(days: int, minutes: tuple[str, ...], draft: int | None, *, as_json: bool) -> None:
    """List what colleagues do by hand again and again, with the hours a month it costs."""
    with history() as opened:
        journeys = opened.names.journeys.values()
        found = suggestions(opened.warehouse, opened.now, journeys, days, _minutes(minutes))
    if draft is not None:
        if not 1 <= draft <= len(found):
            raise click.UsageError(f"There are {len(found)} suggestions.")
        click.echo(found[draft - 1].documents, nl=False)
    elif as_json:
        say_json([one.told() for one in found])
    elif found:
        columns = ("", "by hand", "after", "times", "follows", "foretells", "hours a month")
        say_table(columns, [_row(n, one) for n, one in enumerate(found, 1)])
    else:
        click.echo(
            "Nothing is done by hand again and again, as far as the events say who did it."
        )


def _row(n: int, one: Suggestion) -> tuple[object, ...]:
    shares = (f"{one.follows:.0%}", f"{one.foretells:.0%}")
    return (n, one.words, one.after, one.times, *shares, round(one.hours, 1))


def _minutes(said: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for each in said:
        act, _, minutes = each.partition("=")
        if act not in MINUTES or not minutes.replace(".", "", 1).isdigit():
            raise click.UsageError(f"{each!r} is not ACT=MINUTES. Acts: {', '.join(MINUTES)}.")
        found[act] = float(minutes)
    return found
