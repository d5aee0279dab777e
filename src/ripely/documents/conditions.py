"""The sense of conditions, tests and rules: each part of a definition looked at by itself."""

from collections.abc import Iterator, Mapping
from typing import get_args

import msgspec

from ripely.documents.source import join
from ripely.model.condition import (
    All,
    AnyOf,
    AttributeIs,
    Condition,
    Did,
    HasConsent,
    HasTag,
    InJourney,
    InSegment,
    Not,
    Op,
    Page,
    ScoreIs,
    Where,
)  # fmt: skip
from ripely.model.pattern import PatternError, compile_pattern
from ripely.model.problem import Problem

_PATTERN_LENGTH_MAX = 500
_OF_NOTHING: tuple[Op, ...] = ("exists", "empty")
_OF_A_LIST: tuple[Op, ...] = ("in", "not_in")
assert {*_OF_NOTHING, *_OF_A_LIST, "matches"} < set(get_args(Op))


def parts(value: object, path: str = "$") -> Iterator[tuple[str, msgspec.Struct]]:
    """Return every part of a definition with its path, outermost first."""
    match value:
        case msgspec.Struct():
            yield path, value
            fields = zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
            for field, said in fields:
                yield from parts(getattr(value, field), join(path, said))
        case tuple():
            for number, item in enumerate(value):
                yield from parts(item, join(path, number))
        case Mapping():
            for key, item in value.items():
                yield from parts(item, join(path, key))
        case _:
            pass


def check_part(path: str, part: msgspec.Struct) -> Iterator[Problem]:
    match part:
        case Where(_, op, value) | AttributeIs(_, op, value):
            yield from _comparison(path, op, value)
        case Did() | Page():
            yield from _counts(path, part.at_least, part.at_most)
            yield from _span(path, part.within)
        case ScoreIs(_, least, most):
            yield from _score(path, least, most)
        case All(()) | AnyOf(()):
            sentence = "This group has no conditions."
            yield Problem("empty_group", join(path, "conditions"), sentence)
        case _:
            pass


def may_come_true(condition: Condition) -> bool:
    """Whether something that happens, or time, can make the condition true when it is not."""
    match condition:
        case Did() | Page():
            return condition.at_most is None or bool(condition.at_least or condition.within)
        case All(inners):
            return all(may_come_true(inner) for inner in inners)
        case AnyOf(inners):
            return any(may_come_true(inner) for inner in inners)
        case Not(inner):
            return may_end(inner)
        case AttributeIs() | InSegment() | ScoreIs() | HasTag() | HasConsent() | InJourney():
            return True


def may_end(condition: Condition) -> bool:
    """Whether a condition that holds can cease to hold."""
    match condition:
        case Did() | Page():
            return condition.at_most is not None or condition.within is not None
        case All(inners):
            return any(may_end(inner) for inner in inners)
        case AnyOf(inners):
            return bool(inners) and all(may_end(inner) for inner in inners)
        case Not(inner):
            return may_come_true(inner)
        case AttributeIs() | InSegment() | ScoreIs() | HasTag() | HasConsent() | InJourney():
            return True


def _comparison(path: str, op: Op, value: object) -> Iterator[Problem]:
    if wrong := _value_wanted(op, value):
        yield Problem("wrong_value", join(path, "value"), f'"{op}" {wrong}.')
    elif op == "matches":
        yield from _pattern(join(path, "value"), str(value))


def _value_wanted(op: Op, value: object) -> str:
    """Return the end of a sentence about what `op` compares with, or nothing when it is given."""
    if op in _OF_NOTHING:
        return "" if value is None else "takes no value"
    if op in _OF_A_LIST:
        return "" if isinstance(value, tuple) and value else "needs a list of values"
    return "needs one value" if isinstance(value, tuple) or value is None else ""


def _pattern(path: str, pattern: str) -> Iterator[Problem]:
    if len(pattern) > _PATTERN_LENGTH_MAX:
        sentence = f"A pattern may have {_PATTERN_LENGTH_MAX} characters at most."
        yield Problem("bad_pattern", path, sentence)
        return
    try:
        compile_pattern(pattern)
    except PatternError as wrong:
        yield Problem("bad_pattern", path, f"This pattern cannot be read: {wrong}.")


def _counts(path: str, least: int | None, most: int | None) -> Iterator[Problem]:
    for name, number in (("at_least", least), ("at_most", most)):
        if number is not None and not 0 <= number <= 10_000:
            sentence = f"{number} should lie between 0 and 10,000: it counts how often."
            yield Problem("out_of_range", join(path, name), sentence)
    if least == 0 and most is None:
        sentence = (
            'Everybody did this at least 0 times; say "at_least: 1", or "at_most: 0" for never.'
        )
        yield Problem("contradiction", join(path, "at_least"), sentence)
    yield from _order(path, least, most)


def _score(path: str, least: int | None, most: int | None) -> Iterator[Problem]:
    if least is None and most is None:
        sentence = 'Say "at_least", "at_most" or both.'
        yield Problem("missing_field", join(path, "at_least"), sentence)
    yield from _order(path, least, most)


def _order(path: str, least: int | None, most: int | None) -> Iterator[Problem]:
    if least is not None and most is not None and least > most:
        sentence = f"Nothing is at least {least} and at most {most} at once."
        yield Problem("contradiction", join(path, "at_most"), sentence)


def _span(path: str, within: int | None) -> Iterator[Problem]:
    if within == 0:
        sentence = "Nothing happens within no time."
        yield Problem("contradiction", join(path, "within"), sentence)
