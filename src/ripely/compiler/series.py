"""What is kept of a property's values: as numbers, as different values, or as they are."""

from collections.abc import Callable, Mapping
from typing import Literal, assert_never

import msgspec

from ripely.compiler.operators import number, text
from ripely.compiler.paths import lookup
from ripely.engine.limits import NUMBER_MAX, TEXT_MAX
from ripely.engine.ruleset import Keep
from ripely.model.event import Value
from ripely.model.ids import PredicateId, SeriesId, derive
from ripely.model.profile import Fact

CHOICES_MAX = 20
"""So many items of a list are kept as one value."""

Reading = Literal["numbers", "different", "facts"]
Read = Callable[[Mapping[str, object]], tuple[Fact, ...]]


class Tracked(msgspec.Struct, frozen=True):
    """A property whose values are kept at each occasion of a predicate."""

    id: SeriesId
    predicate: PredicateId
    of: str
    reading: Reading
    keep: Keep


def series_id(predicate: PredicateId, of: str, reading: Reading) -> SeriesId:
    """Return 32 bits that depend on what is kept alone, so that profiles outlive rulesets."""
    return SeriesId(derive("series", f"{predicate:x}", reading, of) & 0xFFFF_FFFF)


def more(one: Keep, other: Keep) -> Keep:
    """Return what is enough for both."""
    return Keep(
        most=max(one.most, other.most),
        span_s=max(one.span_s, other.span_s),
        totals=one.totals or other.totals,
        first=one.first or other.first,
        unique=one.unique and other.unique,
    )


def reader(of: str, reading: Reading) -> Read:
    """Return what takes the values of a property out of an event."""
    find = lookup(of)
    match reading:
        case "numbers":
            return lambda properties: _numbers(_items(find(properties)))
        case "different":
            return lambda properties: _different(_items(find(properties)))
        case "facts":
            return lambda properties: (_fact(find(properties)),)
        case unknown:
            assert_never(unknown)


def _items(found: object) -> tuple[object, ...] | list[object]:
    return found if isinstance(found, (list, tuple)) else (found,)


def _numbers(found: tuple[object, ...] | list[object]) -> tuple[float, ...]:
    numbers = map(number, found)
    return tuple([n for n in numbers if n is not None and abs(n) <= NUMBER_MAX])


def _different(found: tuple[object, ...] | list[object]) -> tuple[Value, ...]:
    """Return values as they compare: numbers as numbers, text without regard to case."""
    told = [one for one in found if isinstance(one, (str, int, float)) and one != ""]
    return tuple(map(_compared, told))


def _compared(one: str | float) -> Value:
    value = number(one)
    return text(one)[:TEXT_MAX] if value is None or abs(value) > NUMBER_MAX else float(value)


def _fact(found: object) -> Fact:
    if isinstance(found, (list, tuple)):
        return [_value(one) for one in found[:CHOICES_MAX]]
    return _value(found)


def _value(found: object) -> Value:
    if isinstance(found, str):
        return found[:TEXT_MAX]
    return found if isinstance(found, (int, float)) else None
