"""How one fact is compared with a wanted value: the meaning of every operator.

Text is compared without regard to case. A number may come as text; two values that both read as
numbers are compared as numbers, anything else as text. A missing fact passes only `empty`,
`not_equals` and `not_in`.
"""

import operator
import re
from collections.abc import Callable, Mapping

from ripely.model.condition import Op
from ripely.model.pattern import compile_pattern

Check = Callable[[object], bool]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_WORD = re.compile(r"[^\W_]+")


def check(op: Op, wanted: object) -> Check:
    """Return the test that `op` and a wanted value make of a fact."""
    return _CHECKS[op](wanted)


def number(value: object) -> float | None:
    """Return a value as a number, if it reads as one."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return value
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def text(value: object) -> str:
    """Return a value as text to compare: lower case, `true` and `false` for truth values."""
    return (value if isinstance(value, str) else _spell(value)).lower()


def words(value: str) -> frozenset[str]:
    return frozenset(_WORD.findall(value.lower()))


def _spell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _same(wanted: object) -> Check:
    as_number, as_text = number(wanted), text(wanted)

    def same(fact: object) -> bool:
        if fact is None:
            return False
        if as_number is not None and (value := number(fact)) is not None:
            return value == as_number
        return text(fact) == as_text

    return same


def _not(inner: Check) -> Check:
    return lambda fact: not inner(fact)


def _any_of(wanted: object) -> Check:
    tests = [_same(value) for value in wanted] if isinstance(wanted, list | tuple) else []
    return lambda fact: any(test(fact) for test in tests)


def _on_text(test: Callable[[str, str], bool]) -> Callable[[object], Check]:
    def with_wanted(wanted: object) -> Check:
        needle = text(wanted)
        return lambda fact: fact is not None and test(text(fact), needle)

    return with_wanted


def _contains_words(wanted: object) -> Check:
    needles = words(text(wanted))
    return lambda fact: fact is not None and needles <= words(text(fact))


def _matches(wanted: object) -> Check:
    found = compile_pattern(str(wanted))
    return lambda fact: fact is not None and found(text(fact))


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

        return compared

    return with_wanted


_CHECKS: Mapping[Op, Callable[[object], Check]] = {
    "equals": _same,
    "not_equals": lambda wanted: _not(_same(wanted)),
    "in": _any_of,
    "not_in": lambda wanted: _not(_any_of(wanted)),
    "contains": _on_text(lambda fact, needle: needle in fact),
    "starts_with": _on_text(str.startswith),
    "ends_with": _on_text(str.endswith),
    "contains_words": _contains_words,
    "matches": _matches,
    "at_least": _compared(operator.ge),
    "at_most": _compared(operator.le),
    "more_than": _compared(operator.gt),
    "less_than": _compared(operator.lt),
    "exists": lambda _: lambda fact: fact is not None and fact != "",
    "empty": lambda _: lambda fact: fact is None or fact == "",
}
