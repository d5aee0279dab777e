"""Foretells how many leave or complain after one message of a journey, and whom to leave out."""

import click

from ripely.cli.asking import say_table
from ripely.cli.history import history, json_option, say_json
from ripely.operations.audience.audiences import Ground
from ripely.operations.worth.fatigue import NOTHING, Forecast, Line, forecasts


@click.command()
@click.argument("journey", metavar="JOURNEY")
@json_option
def command(journey: str, *, as_json: bool) -> None:
    """Foretell who leaves after one message of JOURNEY (published, or a file), and whom to leave out."""
    with history() as opened:
        ground = Ground(opened.warehouse, opened.names, opened.now)
        found = forecasts(opened.journey(journey), ground)
    if as_json:
        say_json([one.told() for one in found])
        return
    if not found:
        click.echo(NOTHING)
    for one in found:
        _say(one)


def _say(one: Forecast) -> None:
    click.secho(one.channel, bold=True)
    click.echo(one.words)
    if not one.enough:
        return
    columns = ("messages in 30 days", "answered", "contacts", "of 1,000 leave", "from", "to")
    say_table(columns, [_row(line) for line in one.lines if line.people])
    click.echo(one.advice)
    if one.yaml:
        click.echo(f"\n{one.yaml}")


def _row(line: Line) -> tuple[object, ...]:
    risk = (f"{n:.1f}" for n in line.of_thousand)
    return (line.slice.messages, line.slice.answered, line.people, *risk)
