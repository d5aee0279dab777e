"""How one fact is compared with a wanted value: the meaning of every operator.

Text is compared without regard to case. A number may come as text; two values that both read as
numbers are compared as numbers, anything else as text. A missing fact passes only `empty`,
`not_equals` and `not_in`. Of a list, one item that passes is enough; for the negative operators
none may be equal.
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date

from ripely.engine.calendar import parse_date
from ripely.model.acts import Op
from ripely.model.days import Relative, names_days, parse_day
from ripely.model.pattern import compile_pattern
from ripely.model.words import lowered, spelled

Check = Callable[[object], bool]

IN_ORDER_OF_DAYS: tuple[Op, ...] = ("before", "after", "on")

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_WORD = re.compile(r"[^\W_]+")


def check(op: Op, wanted: object) -> Check:
    """Return the test that `op` and a wanted value make of a fact.

    Raises:
        ValueError: a day is told by its distance from today, which needs to be asked at a moment.
    """
    if compares_days(op, wanted):
        days = wanted_days(wanted)
        if any(isinstance(day, Relative) for day in days):
            raise ValueError(f"{wanted!r} depends on what day it is")
        return _some(_on_day(op, tuple(day for day in days if isinstance(day, date))))
    return _CHECKS[op](wanted)


def compares_days(op: Op, wanted: object) -> bool:
    """Whether facts are to be compared as days of the calendar, not as numbers or texts."""
    return op in IN_ORDER_OF_DAYS or (op == "between" and names_days(wanted))


def wanted_days(wanted: object) -> tuple[Relative | date, ...]:
    """Return the day, or for `between` the two days, that a fact is compared with."""
    return tuple(map(parse_day, wanted if isinstance(wanted, (list, tuple)) else (wanted,)))


def passes_day(op: Op, day: date, wanted: tuple[date, ...]) -> bool:
    """Compare one day with the wanted one, or for `between` with two."""
    match op:
        case "before":
            return day < wanted[0]
        case "after":
            return day > wanted[0]
        case "on":
            return day == wanted[0]
        case _:
            return len(wanted) == 2 and wanted[0] <= day <= wanted[1]


def items(fact: object) -> tuple[object, ...]:
    """Return the items of a list; of anything else, itself."""
    return tuple(fact) if isinstance(fact, (list, tuple)) else (fact,)


def number(value: object) -> float | None:
    """Return a value as a number, if it reads as one."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return value
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def text(value: object) -> str:
    """Return a value as text to compare: lower case, `true` and `false` for truth values."""
    return lowered(value if isinstance(value, str) else spelled(value))


def words(value: str) -> frozenset[str]:
    return frozenset(_WORD.findall(lowered(value)))


def _same(wanted: object) -> Check:
    as_number, as_text = number(wanted), text(wanted)

    def same(fact: object) -> bool:
        if fact is None:
            return False
        if as_number is not None and (value := number(fact)) is not None:
            return value == as_number
        return text(fact) == as_text

    return same


def _some(test: Check) -> Check:
    """Let one item of a list be enough."""

    def some(fact: object) -> bool:
        return any(map(test, fact)) if isinstance(fact, (list, tuple)) else test(fact)

    return some


def _not(inner: Check) -> Check:
    return lambda fact: not inner(fact)


def _known(fact: object) -> bool:
    return fact is not None and fact != ""


def _any_of(wanted: object) -> Check:
    tests = [_same(value) for value in items(wanted)]
    return _some(lambda fact: any(test(fact) for test in tests))


def _has_all(wanted: object) -> Check:
    tests = [_some(_same(value)) for value in items(wanted)]
    return lambda fact: all(test(fact) for test in tests)


def _between(wanted: object) -> Check:
    least, most = wanted if isinstance(wanted, (list, tuple)) and len(wanted) == 2 else ("", "")
    not_below, not_above = _compared(operator.ge)(least), _compared(operator.le)(most)
    return _some(lambda fact: not_below(fact) and not_above(fact))


def _on_day(op: Op, wanted: tuple[date, ...]) -> Check:
    def on_day(fact: object) -> bool:
        day = parse_date(fact)
        return day is not None and passes_day(op, day, wanted)

    return on_day


def _on_text(test: Callable[[str, str], bool]) -> Callable[[object], Check]:
    def with_wanted(wanted: object) -> Check:
        needle = text(wanted)
        return _some(lambda fact: fact is not None and test(text(fact), needle))

    return with_wanted


def _contains_words(wanted: object) -> Check:
    needles = words(text(wanted))
    return _some(lambda fact: fact is not None and needles <= words(text(fact)))


def _matches(wanted: object) -> Check:
    found = compile_pattern(str(wanted))
    return _some(lambda fact: fact is not None and found(text(fact)))


def _compared(in_order: Callable[[float, float], bool]) -> Callable[[object], Check]:
    """Compare numbers as they are, and texts by their order, told as -1, 0 or 1 against 0."""

    def with_wanted(wanted: object) -> Check:
        as_number, as_text = number(wanted), text(wanted)

        def compared(fact: object) -> bool:
            if fact is None:
                return False
            value = number(fact)
            if value is not None and as_number is not None:
                return in_order(value, as_number)
            if value is not None or as_number is not None:
                return False
            return in_order((text(fact) > as_text) - (text(fact) < as_text), 0)

        return _some(compared)

    return with_wanted


_CHECKS: Mapping[Op, Callable[[object], Check]] = {
    "equals": lambda wanted: _some(_same(wanted)),
    "not_equals": lambda wanted: _not(_some(_same(wanted))),
    "in": _any_of,
    "not_in": lambda wanted: _not(_any_of(wanted)),
    "has_all": _has_all,
    "contains": _on_text(lambda fact, needle: needle in fact),
    "starts_with": _on_text(str.startswith),
    "ends_with": _on_text(str.endswith),
    "contains_words": _contains_words,
    "matches": _matches,
    "at_least": _compared(operator.ge),
    "at_most": _compared(operator.le),
    "more_than": _compared(operator.gt),
    "less_than": _compared(operator.lt),
    "between": _between,
    "exists": lambda _: _some(_known),
    "empty": lambda _: _not(_some(_known)),
}
