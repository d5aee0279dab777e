"""What every question on the command line says, and how answers are shown."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from functools import wraps

import click
import msgspec

from ripely.model.catalog import standard_name
from ripely.operations.reports import Cohort, Scope, cohort_of, everybody

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


class Asking(msgspec.Struct, frozen=True):
    """When, of what, and how to answer. Moments are those of the company's own time zone."""

    since: datetime | None
    until: datetime | None
    own: bool
    form: str

    def scope(self, zone: tzinfo) -> Scope:
        moments = {"since_ms": self.since, "until_ms": self.until}
        said = {
            name: round(moment.replace(tzinfo=zone).timestamp() * 1000)
            for name, moment in moments.items()
            if moment
        }
        return Scope(own=self.own, **said)

    def answer(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        if self.form == "json":
            said = [dict(zip(columns, row, strict=True)) for row in rows]
            click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        else:
            say_table(columns, rows)


def question(function: Callable[..., None]) -> click.Command:
    """Make a command of a function, with the options that every question has."""

    @wraps(function)
    def ask(
        *, since: datetime | None, until: datetime | None, own: bool, form: str, **rest: object
    ) -> None:
        function(Asking(since, until, own, form), **rest)

    for option in (_FORM, _OWN, _UNTIL, _SINCE):
        ask = option(ask)
    return click.command()(ask)


_SINCE = click.option("--since", type=MOMENT, help="From this moment on.")
_UNTIL = click.option("--until", type=MOMENT, help="Before this moment.")
_OWN = click.option("--own", is_flag=True, help="Also what Ripely tells itself.")
_FORM = click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table",
    help="How to answer: a table for people, or JSON for programs.",
)  # fmt: skip
event_option = click.option(
    "--event",
    callback=lambda _context, _option, name: name and standard_name(name),
    help="Only events of this name: ours, or the one it was sent by.",
)
per_option = click.option(
    "--per", metavar="EVENT:PROPERTY",
    help="Tell contacts apart by a property of their latest EVENT.",
)  # fmt: skip


def cohort(per: str | None) -> Cohort:
    if per is None:
        return everybody
    event, colon, name = per.rpartition(":")
    if not colon or not event:
        raise click.UsageError("--per is written EVENT:PROPERTY.")
    return cohort_of(standard_name(event), name)


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    texts = [[_shown(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(len, cells)) for cells in zip(*texts, strict=True)]
    numeric = [
        bool(rows) and all(isinstance(row[i], int | float) for row in rows)
        for i in range(len(columns))
    ]
    for line in texts:
        cells = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        )
        click.echo("  ".join(cells).rstrip())


def _shown(cell: object) -> str:
    match cell:
        case int():
            return f"{cell:,}"
        case float():
            return f"{cell:,.4f}".rstrip("0").rstrip(".")
        case _:
            return str(cell)
