"""Values of a property with their moments: what sums, averages, first and last values are made of.

At the same second what came to us later counts as later.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from math import fsum

import msgspec

from ripely.engine.draft import Draft
from ripely.engine.limits import NUMBER_MAX
from ripely.engine.ruleset import Keep, Recording
from ripely.model.event import Event
from ripely.model.ids import SeriesId
from ripely.model.profile import Fact, Series

ENTRIES_MAX = 500
"""So many of the latest values of a property are kept."""
FOREVER_S = 1 << 40

_Dropped = tuple[int, float, float, float]
_Entry = tuple[int, Fact]


def record_series(draft: Draft, event: Event, recordings: Iterable[Recording]) -> None:
    record_values(draft.profile.series, event, recordings, draft.now_s)


def record_values(
    kept: dict[SeriesId, Series], event: Event, recordings: Iterable[Recording], now_s: int
) -> None:
    """Take in the values that an event has."""
    for recording in recordings:
        values, keep = recording.read(event.properties), recording.keep
        if not values:
            continue
        series = kept.get(recording.series)
        if series is None:
            series = kept[recording.series] = Series([], [])
        for value in values:
            add_value(series, keep, event.occurred_s, value)
        moments = series.moments
        if len(moments) > keep.most or moments[0] <= now_s - keep.span_s:
            # After a merge there are more than rules need, so that taking some away leaves enough.
            trim(series, keep, now_s, max(keep.most, len(moments) - len(values)))


def is_enough(before: Keep | None, keep: Keep) -> bool:
    """Whether what was kept before answers what is asked for now."""
    return (
        before is not None
        and before.most >= keep.most
        and before.span_s >= keep.span_s
        and before.totals >= keep.totals
        and before.first >= keep.first
        and before.unique <= keep.unique
    )


def add_value(series: Series, keep: Keep, at_s: int, value: Fact) -> None:
    """Take a value in at its place. `trim` must follow."""
    if keep.first and (series.first is None or at_s < series.first[0]):
        series.first = (at_s, value)
    if keep.unique and value in series.values:
        known = series.values.index(value)
        if series.moments[known] >= at_s:
            return
        del series.moments[known], series.values[known]
    place = bisect_right(series.moments, at_s)
    series.moments.insert(place, at_s)
    series.values.insert(place, value)


def trim(series: Series, keep: Keep, now_s: int, most: int) -> None:
    """Leave out what is too old or too much, and sum it up where it is asked for."""
    moments = series.moments
    out = max(len(moments) - most, bisect_right(moments, now_s - keep.span_s))
    if out > 0:
        if keep.totals:
            series.dropped = _together(series.dropped, _summed(series.values[:out]))
        del moments[:out], series.values[:out]


def join(one: Series, other: Series, keep: Keep, now_s: int, most: int) -> Series:
    """Return what two series come to together. At the same second the other's values are later."""
    joined = _series([*_entries(one), *_entries(other)])
    firsts = [first for series in (one, other) if (first := series.first) is not None]
    joined.first = min(firsts, key=_moment, default=None)
    joined.dropped = _together(one.dropped, other.dropped)
    trim(joined, keep, now_s, most)
    return joined


def part(joined: Series, taken: Series, own_first: _Entry | None) -> Series:
    """Return what is left without what was taken in; `own_first` is the first that was known before."""
    gone = Counter(map(_name, _entries(taken)))
    left = _series([entry for entry in _entries(joined) if not _take(gone, entry)])
    lost = [entry[1] for entry in _entries(taken) if _take(gone, entry)]
    left.dropped = _less(joined.dropped, taken.dropped, _summed(lost))
    left.first = joined.first
    if joined.first is not None and joined.first == taken.first:
        known = [own_first] if own_first is not None else []
        left.first = min([*known, *_entries(left)[:1]], key=_moment, default=None)
    return left


def learn(known: Series, told: Series, keep: Keep, now_s: int) -> Series:
    """Join what history tells with what was kept since; what both know counts once.

    What is kept stays when history does not go as far back.
    """
    said = Counter(map(_name, _entries(told)))
    summed_s = told.moments[0] if told.dropped and told.moments else 0
    since = _series(
        [e for e in _entries(known) if not _take(said, e) and (not summed_s or e[0] > summed_s)]
    )
    if _count(told) + _count(since) < _count(known):
        return known
    since.first = known.first
    return join(told, since, keep, now_s, keep.most)


def learn_series(draft: Draft, series: SeriesId, told: object) -> None:
    """Take in what history tells of values that new rules ask for."""
    keep, kept = draft.rules.series.get(series), draft.profile.series
    past = msgspec.convert(told, Series)
    oldest = [*past.moments[:1], *(past.first or ())[:1]]
    if keep is None or any(at_s <= draft.profile.erased_s for at_s in oldest):
        return  # Nobody asks for it, or it was read before the contact was forgotten.
    kept[series] = learn(kept.get(series, Series()), past, keep, draft.now_s)
    draft.touch(series)


def drop_series(draft: Draft) -> None:
    """Let go what no rule asks for any more."""
    trends = {trend.series for trend in draft.rules.scoring.trends.values()}
    for series in draft.profile.series.keys() - draft.rules.series.keys() - trends:
        del draft.profile.series[series]


def take_series(
    draft: Draft, theirs: Mapping[SeriesId, Series], shares: int
) -> dict[SeriesId, _Entry]:
    """Join another contact's series with those here; return the first entries that were here before.

    `shares`: for how many contacts there must be room, so that taking some away leaves enough.
    """
    kept = draft.profile.series
    firsts = {}
    for series, other in theirs.items():
        keep, own = draft.rules.series[series], kept.get(series, Series())
        if own.first is not None:
            firsts[series] = own.first
        most = max(keep.most, min(keep.most * shares, ENTRIES_MAX))
        kept[series] = join(own, other, keep, draft.now_s, most)
    return firsts


def return_series(
    draft: Draft, taken: Mapping[SeriesId, Series], firsts: Mapping[SeriesId, _Entry]
) -> None:
    """Take away again what was taken in."""
    kept = draft.profile.series
    for series, theirs in taken.items():
        joined = kept.pop(series, None)
        if joined is not None:
            left = part(joined, theirs, firsts.get(series))
            if not _is_empty(left):
                kept[series] = left


def _is_empty(series: Series) -> bool:
    return not series.moments and series.first is None and series.dropped is None


def _entries(series: Series) -> list[_Entry]:
    return list(zip(series.moments, series.values, strict=True))


def _count(series: Series) -> int:
    return len(series.moments) + (series.dropped[0] if series.dropped else 0)


def _series(entries: list[_Entry]) -> Series:
    in_order = sorted(entries, key=_moment)
    return Series([at for at, _ in in_order], [value for _, value in in_order])


def _moment(entry: _Entry) -> int:
    return entry[0]


def _name(entry: _Entry) -> bytes:
    """Return what tells entries apart whose values may be lists."""
    return msgspec.json.encode(entry)


def _take(counted: Counter[bytes], entry: _Entry) -> bool:
    """Take one such entry away; return whether there was any."""
    name = _name(entry)
    if counted[name] <= 0:
        return False
    counted[name] -= 1
    return True


def _summed(values: list[Fact]) -> _Dropped | None:
    numbers = [v for v in values if isinstance(v, (int, float)) and abs(v) <= NUMBER_MAX]
    if not numbers:
        return None
    return len(numbers), fsum(numbers), min(numbers), max(numbers)


def _together(one: _Dropped | None, other: _Dropped | None) -> _Dropped | None:
    if one is None or other is None:
        return one or other
    return one[0] + other[0], one[1] + other[1], min(one[2], other[2]), max(one[3], other[3])


def _less(whole: _Dropped | None, *gone: _Dropped | None) -> _Dropped | None:
    """Take sums away. What was least and most of all stays: nobody knows what came next."""
    for one in gone:
        if whole is None or one is None:
            continue
        count = whole[0] - one[0]
        whole = (count, whole[1] - one[1], whole[2], whole[3]) if count > 0 else None
    return whole
