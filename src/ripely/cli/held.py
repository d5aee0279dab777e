"""Counts what was held back, by reason, journey, message or day."""

from typing import get_args

import click

from ripely.cli.asking import say_table
from ripely.cli.history import history, json_option, say_json
from ripely.operations.explaining.held import WHATS, By, by, held


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 3_650), default=7, show_default=True, help="How far back."
)
@click.option("--by", "of", type=click.Choice(get_args(By)), default="sort", show_default=True)
@json_option
def command(days: int, of: By, *, as_json: bool) -> None:
    """Count what did not happen, or had to wait, and why."""
    with history() as opened:
        lines = held(opened.warehouse, opened.since(days), opened.now)
    if as_json:
        say_json(lines)
        return
    for what, words in WHATS.items():
        counted = by([line for line in lines if line.what == what], of)
        if counted:
            click.secho(f"{words}: {sum(n for _, n in counted):,}", bold=True)
            say_table((of, "times"), counted)
