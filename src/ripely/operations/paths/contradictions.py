"""Conditions that cannot hold: together with what was asked before them, or with themselves."""

from collections.abc import Iterator, Sequence

from ripely.compiler.operators import check, compares_days
from ripely.model.condition import (
    All,
    AnyOf,
    AttributeIs,
    CompanyIs,
    Condition,
    EntryIs,
    Not,
    ScoreIs,
)
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names

_ONE_IS_ENOUGH = frozenset(
    {"equals", "in", "contains", "starts_with", "at_least", "at_most", "between", "exists"}
)
_Fixed = AttributeIs | CompanyIs | EntryIs


def why_never(
    condition: Condition, earlier: Sequence[Condition], entry: Condition | None, names: Names
) -> str | None:
    """Return why a case never holds after these, for people whom the entry filter lets in; or None."""
    for number, before in enumerate(earlier, 1):
        if implies(condition, before):
            return f"Whoever this is for has gone the way of case {number} before: {say(before, names)}."
    inside = _clash([*_parts(condition)])
    if inside is not None:
        return f"This asks for what cannot be together: {_both(inside, names)}."
    if entry is not None:
        fixed = [part for part in _parts(entry) if isinstance(part, EntryIs)]
        clash = _clash([*fixed, *_parts(condition)])
        if clash is not None:
            return (
                f"The entry filter lets nobody in for whom this holds: {_both(clash, names)}."
            )
    return None


def implies(condition: Condition, other: Condition) -> bool:
    """Whether the other surely holds wherever the condition does. No: it may, or may not."""
    if condition == other:
        return True
    match other:
        case All(inners):
            return all(implies(condition, inner) for inner in inners)
        case AnyOf(inners):
            return any(implies(condition, inner) for inner in inners)
        case _:
            parts = [*_parts(condition)]
            return other in parts or any(_narrower(part, other) for part in parts)


def _parts(condition: Condition) -> Iterator[Condition]:
    """Return the conditions that must all hold."""
    if isinstance(condition, All):
        for inner in condition.conditions:
            yield from _parts(inner)
    else:
        yield condition


def _narrower(part: Condition, other: Condition) -> bool:
    match part, other:
        case ScoreIs(), ScoreIs() if (part.id, part.of) == (other.id, other.of):
            low, high = _range(part)
            least, most = _range(other)
            return least <= low and high <= most
        case AttributeIs(op="equals"), AttributeIs(op=op) if part.name == other.name:
            # Of a list one item is enough, so what must not be there says nothing of it.
            return op in _ONE_IS_ENOUGH and _passes(other, part.value)
        case _:
            return False


def _clash(parts: Sequence[Condition]) -> tuple[Condition, Condition] | None:
    for number, one in enumerate(parts):
        for other in parts[number + 1 :]:
            if _excludes(one, other):
                return one, other
    return None


def _excludes(one: Condition, other: Condition) -> bool:
    if Not(one) == other or Not(other) == one:
        return True
    match one, other:
        case ScoreIs(), ScoreIs() if (one.id, one.of) == (other.id, other.of):
            low, high = _range(one)
            least, most = _range(other)
            return high < least or most < low
        case (
            (AttributeIs() | CompanyIs() | EntryIs()) as a,
            (AttributeIs() | CompanyIs() | EntryIs()) as b,
        ) if type(a) is type(b) and _name(a) == _name(b):
            return _differ(a, b)
        case _:
            return False


def _differ(one: _Fixed, other: _Fixed) -> bool:
    """Whether no single value passes both. Attributes that are lists are compared by their items."""
    if one.op == "equals" and not _passes(other, one.value):
        return other.op in {"equals", "in", "between", "at_least", "at_most", "empty"}
    if other.op == "equals" and not _passes(one, other.value):
        return one.op in {"in", "between", "at_least", "at_most", "empty"}
    return {one.op, other.op} == {"exists", "empty"}


def _passes(test: _Fixed, value: object) -> bool:
    if compares_days(test.op, test.value):
        return True
    return check(test.op, test.value)(value)


def _name(fact: _Fixed) -> str:
    return fact.property if isinstance(fact, EntryIs) else fact.name


def _range(score: ScoreIs) -> tuple[float, float]:
    low = float("-inf") if score.at_least is None else score.at_least
    high = float("inf") if score.at_most is None else score.at_most
    return low, high


def _both(pair: tuple[Condition, Condition], names: Names) -> str:
    return f"{say(pair[0], names)}, and {say(pair[1], names)}"
