"""The sense of a comparison: whether the operator can work with the value that is given."""

from collections.abc import Iterator

from ripely.documents.source import join
from ripely.model.acts import Op
from ripely.model.days import Relative, parse_day
from ripely.model.pattern import PatternError, compile_pattern
from ripely.model.problem import Problem

PATTERN_LENGTH_MAX = 500
_OF_NOTHING: tuple[Op, ...] = ("exists", "empty")
_OF_A_LIST: tuple[Op, ...] = ("in", "not_in", "has_all")
_OF_A_DAY: tuple[Op, ...] = ("before", "after", "on")


def check_comparison(path: str, op: Op, value: object, *, of_event: bool) -> Iterator[Problem]:
    """`of_event`: it is about something that happened, which no coming day can change."""
    place = join(path, "value")
    if wrong := _value_wanted(op, value):
        yield Problem("wrong_value", place, f'"{op}" {wrong}.')
    elif op == "matches":
        yield from check_pattern(place, str(value))
    elif op in _OF_A_DAY:
        yield from _day(place, op, value, of_event=of_event)
    elif op == "between" and isinstance(value, tuple):
        yield from _between(place, value, of_event=of_event)


def check_pattern(path: str, pattern: str) -> Iterator[Problem]:
    if len(pattern) > PATTERN_LENGTH_MAX:
        sentence = f"A pattern may have {PATTERN_LENGTH_MAX} characters at most."
        yield Problem("bad_pattern", path, sentence)
        return
    try:
        compile_pattern(pattern)
    except PatternError as wrong:
        yield Problem("bad_pattern", path, f"This pattern cannot be used: {wrong}.")


def _value_wanted(op: Op, value: object) -> str:
    """Return the end of a sentence about what `op` compares with, or nothing when it is given."""
    if op in _OF_NOTHING:
        return "" if value is None else "takes no value"
    if op in _OF_A_LIST:
        return "" if isinstance(value, tuple) and value else "needs a list of values"
    if op == "between":
        return "" if isinstance(value, tuple) and len(value) == 2 else "needs two values"
    return "needs one value" if isinstance(value, tuple) or value is None else ""


def _day(path: str, op: Op, value: object, *, of_event: bool) -> Iterator[Problem]:
    try:
        day = parse_day(value)
    except ValueError as wrong:
        yield Problem("wrong_value", path, f'"{op}" compares days: {wrong}.')
        return
    if of_event and isinstance(day, Relative):
        sentence = f'{value!r} is another day each day, but what happened stays as it was: say a day like 2030-01-31, or ask with "within" how long ago it was.'
        yield Problem("wrong_value", path, sentence)


def _between(path: str, values: tuple[object, ...], *, of_event: bool) -> Iterator[Problem]:
    lower, upper = values
    if isinstance(lower, int | float) and isinstance(upper, int | float):
        if lower > upper:
            yield Problem("contradiction", path, f"Nothing lies between {lower} and {upper}.")
    elif isinstance(lower, int | float) or isinstance(upper, int | float):
        yield Problem(
            "wrong_value", path, '"between" needs two numbers, two texts or two days.'
        )
    elif of_event:
        for value in values:
            if str(value).strip().lower().startswith("today"):
                yield from _day(path, "between", value, of_event=True)
