"""How one fact is compared with a wanted value: the meaning of every operator.

Text is compared without regard to case. A number may come as text; two values that both read as
numbers are compared as numbers, anything else as text. A missing fact passes only `empty`,
`not_equals` and `not_in`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ripely.model.condition import Op

Check = Callable[[Any], bool]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_WORD = re.compile(r"[^\W_]+")


def check(op: Op, wanted: Any) -> Check:
    """Return the test that `op` and a wanted value make of a fact."""
    return _CHECKS[op](wanted)


def number(value: Any) -> float | None:
    """Return a value as a number, if it reads as one."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return value
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def text(value: Any) -> str:
    """Return a value as text to compare: lower case, `true` and `false` for truth values."""
    return (value if isinstance(value, str) else _spell(value)).lower()


def words(value: str) -> frozenset[str]:
    return frozenset(_WORD.findall(value.lower()))


def _spell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _same(wanted: Any) -> Check:
    as_number, as_text = number(wanted), text(wanted)

    def same(fact: Any) -> bool:
        if fact is None:
            return False
        if as_number is not None and (value := number(fact)) is not None:
            return value == as_number
        return text(fact) == as_text

    return same


def _not(inner: Check) -> Check:
    return lambda fact: not inner(fact)


def _any_of(wanted: Any) -> Check:
    tests = [_same(value) for value in wanted]
    return lambda fact: any(test(fact) for test in tests)


def _on_text(test: Callable[[str, str], bool]) -> Callable[[Any], Check]:
    def with_wanted(wanted: Any) -> Check:
        needle = text(wanted)
        return lambda fact: fact is not None and test(text(fact), needle)

    return with_wanted


def _contains_words(wanted: Any) -> Check:
    needles = words(text(wanted))
    return lambda fact: fact is not None and needles <= words(text(fact))


def _matches(wanted: Any) -> Check:
    pattern = re.compile(str(wanted), re.IGNORECASE)
    return lambda fact: fact is not None and pattern.search(text(fact)) is not None


def _compared(test: Callable[[Any, Any], bool]) -> Callable[[Any], Check]:
    def with_wanted(wanted: Any) -> Check:
        as_number, as_text = number(wanted), text(wanted)

        def compared(fact: Any) -> bool:
            if fact is None:
                return False
            value = number(fact)
            if value is not None and as_number is not None:
                return test(value, as_number)
            return as_number is None and value is None and test(text(fact), as_text)

        return compared

    return with_wanted


_CHECKS: Mapping[Op, Callable[[Any], Check]] = {
    "equals": _same,
    "not_equals": lambda wanted: _not(_same(wanted)),
    "in": _any_of,
    "not_in": lambda wanted: _not(_any_of(wanted)),
    "contains": _on_text(lambda fact, needle: needle in fact),
    "starts_with": _on_text(str.startswith),
    "ends_with": _on_text(str.endswith),
    "contains_words": _contains_words,
    "matches": _matches,
    "at_least": _compared(lambda fact, wanted: fact >= wanted),
    "at_most": _compared(lambda fact, wanted: fact <= wanted),
    "more_than": _compared(lambda fact, wanted: fact > wanted),
    "less_than": _compared(lambda fact, wanted: fact < wanted),
    "exists": lambda _: lambda fact: fact is not None and fact != "",
    "empty": lambda _: lambda fact: fact is None or fact == "",
}
