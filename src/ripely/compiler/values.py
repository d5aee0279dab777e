"""Questions about values of a property: what they come to together, and the first and the last."""

from bisect import bisect_right
from collections.abc import Sequence
from math import fsum, inf
from typing import Literal

from ripely.compiler.kernel import DIGITS, OfValues, Picked, Total
from ripely.compiler.operators import check
from ripely.compiler.windows import Span, open_window
from ripely.engine.ruleset import Condition, Lapse, Test
from ripely.model.company import Company
from ripely.model.ids import SeriesId
from ripely.model.profile import Enrollment, Fact, Profile, Series

_NOTHING = Series()


def compile_value(asked: OfValues, company: Company) -> Condition:
    span = open_window(asked.window, company)
    lapse = _lapse(asked.series, span) if span.lapses else None
    test = _between(asked, span) if isinstance(asked, Total) else _passes(asked, span)
    return Condition(test, lapse, span.keys | {asked.series})


def total_of(
    asked: Total, span: Span, profile: Profile, now: int, place: Enrollment
) -> float | None:
    """Return what the values in the window come to; None: there is no such number."""
    series = profile.series.get(asked.series, _NOTHING)
    begin, end = bounds(series, span, profile, now, place)
    values = series.values[begin:end]
    if asked.take == "distinct":
        return len({value for value in values if not isinstance(value, list)})
    numbers = [value for value in values if isinstance(value, (int, float))]
    return _made(asked.take, numbers, None if asked.window.begins else series.dropped)


def picked_of(
    asked: Picked, span: Span, profile: Profile, now: int, place: Enrollment
) -> tuple[int, Fact] | None:
    """Return the moment and the value that is asked for, if there is one in the window."""
    series = profile.series.get(asked.series, _NOTHING)
    if asked.which == "first" and not asked.window.begins:
        first = series.first
        return first if first is not None and first[0] <= now - span.older_s else None
    begin, end = bounds(series, span, profile, now, place)
    if begin >= end:
        return None
    place_of = begin if asked.which == "first" else end - 1
    return series.moments[place_of], series.values[place_of]


def bounds(
    series: Series, span: Span, profile: Profile, now: int, place: Enrollment
) -> tuple[int, int]:
    """Return where in a series the window begins and ends."""
    begin = bisect_right(series.moments, span.floor(profile, now, place))
    if not span.older_s:
        return begin, len(series.moments)
    return begin, bisect_right(series.moments, now - span.older_s)


def _made(
    take: Literal["sum", "minimum", "maximum", "average"],
    numbers: Sequence[float],
    dropped: tuple[int, float, float, float] | None,
) -> float | None:
    count, total, least, most = dropped or (0, 0.0, inf, -inf)
    count += len(numbers)
    total = fsum([total, *numbers])
    if take == "sum":
        return round(total, DIGITS)
    if not count:
        return None
    match take:
        case "minimum":
            return min([least, *numbers])
        case "maximum":
            return max([most, *numbers])
        case "average":
            return round(total / count, DIGITS)


def _between(asked: Total, span: Span) -> Test:
    least = -inf if asked.at_least is None else asked.at_least
    most = inf if asked.at_most is None else asked.at_most

    def between(profile: Profile, now: int, place: Enrollment) -> bool:
        total = total_of(asked, span, profile, now, place)
        return total is not None and least <= total <= most

    return between


def _passes(asked: Picked, span: Span) -> Test:
    passes = check(asked.op, asked.value)

    def picked_passes(profile: Profile, now: int, place: Enrollment) -> bool:
        picked = picked_of(asked, span, profile, now, place)
        return picked is not None and passes(picked[1])

    return picked_passes


def _lapse(identity: SeriesId, span: Span) -> Lapse:
    """The answer may change when the oldest value in the window falls out, or one more is old enough."""

    def lapse(profile: Profile, now: int, place: Enrollment) -> int:
        series = profile.series.get(identity, _NOTHING)
        moments = series.moments
        begin, end = bounds(series, span, profile, now, place)
        dues = [span.leaves(profile, now, moments[begin])] if begin < end else []
        if span.older_s:
            first = [series.first[0]] if series.first is not None else []
            dues += [at + span.older_s for at in (*first, *moments[end : end + 1])]
        return min((due for due in dues if due > now), default=0)

    return lapse
