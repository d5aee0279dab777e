"""Who need not be asked when there is more of something: whoever more of it can only confirm."""

from collections.abc import Mapping, Sequence

from ripely.engine.ruleset import Condition, Key, Risers, Rising, Watch
from ripely.model.ids import SegmentId

_OPPOSITE: Mapping[Rising, Rising] = {"up": "down", "down": "up", "none": "none"}


def opposite(rises: Mapping[Key, Rising]) -> dict[Key, Rising]:
    """Return what more of something does to the opposite of a condition."""
    return {key: _OPPOSITE[rising] for key, rising in rises.items()}


def agreed(parts: Sequence[Condition]) -> dict[Key, Rising]:
    """Return what more of something does to a condition of several parts, where they do not contradict each other."""
    found: dict[Key, Rising] = {}
    for key in {key for part in parts for key in part.rises}:
        ways = {part.rises.get(key) for part in parts if key in part.keys}
        if len(ways) > 1:
            ways.discard("none")
        way = ways.pop()
        if way is not None and not ways:
            found[key] = way
    return found


def risers(watches: Sequence[Watch]) -> dict[Key, Risers]:
    """Return for each key whom more of it concerns."""
    asked: dict[Key, list[Watch]] = {}
    for watch in watches:
        for key in watch.keys:
            asked.setdefault(key, []).append(watch)
    return {key: _risers(key, found) for key, found in asked.items()}


def _risers(key: Key, watches: Sequence[Watch]) -> Risers:
    always: list[int] = []
    segments: list[tuple[int, SegmentId, bool]] = []
    facts: list[tuple[int, str, bool]] = []
    for watch in watches:
        rising = watch.rises.get(key)
        holding = rising == "up"
        if rising is None or watch.kind in {"schedule", "lifecycle"}:
            always.append(watch.rank)
        elif rising != "none":
            if watch.kind == "segment":
                segments.append((watch.rank, SegmentId(watch.subject), holding))
            else:
                facts.append((watch.rank, watch.key, holding))
    return Risers(tuple(always), tuple(segments), tuple(facts))
