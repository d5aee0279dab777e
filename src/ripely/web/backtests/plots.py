"""What the plots of a report draw: the same numbers as in the table inside each."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from ripely.model.backtest import Calls, Report
from ripely.operations.wording.names import Names

DAYS_OF_A_YEAR = 366


class Series(msgspec.Struct, frozen=True):
    name: str
    values: Sequence[int]
    line: bool = False


class Plot(msgspec.Struct, frozen=True):
    """A plot over days. `data` is what the script reads, `rows` what the table says."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]

    @property
    def data(self) -> str:
        return json.dumps(
            {"labels": self.labels, "series": msgspec.to_builtins(self.series)},
            ensure_ascii=False,
        )

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        every = [
            (label, [one.values[n] for one in self.series])
            for n, label in enumerate(self.labels)
        ]
        return [(label, values) for label, values in every if any(values)]


def plots_of(report: Report, names: Names) -> list[Plot]:
    days = list(report.by_day)
    labels = _written(days)
    plots = [Plot("Entries a day", labels, [Series("Entries", list(report.by_day.values()))])]
    letters = [
        Series(f"{names.template(one.template)} ({one.channel})", _by(one.by_day, days))
        for one in report.letters
        if one.by_day
    ]
    if letters:
        plots.append(Plot("Messages a day", labels, letters))
    return [*plots, *(_of_calls(one, names) for one in report.calls)]


def _of_calls(calls: Calls, names: Names) -> Plot:
    days = sorted(calls.by_day.keys() | calls.room.keys())
    series = [Series("Calls", _by(calls.by_day, days))]
    if calls.room:
        series.append(Series("What can be made", _by(calls.room, days), line=True))
    who = names.team(calls.who.removeprefix("team:"))
    return Plot(f"Calls a day: {who}", _written(days), series)


def _written(days: Sequence[str]) -> list[str]:
    """Write days as short as they stay clear."""
    form = "%d %b" if len(days) <= DAYS_OF_A_YEAR else "%d %b %Y"
    return [f"{date.fromisoformat(day):{form}}" for day in days]


def _by(counts: Mapping[str, int], days: Sequence[str]) -> list[int]:
    return [counts.get(day, 0) for day in days]
