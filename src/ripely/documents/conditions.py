"""The sense of conditions: each part of a definition looked at by itself, and what can change its answer."""

from collections.abc import Iterator, Mapping

import msgspec

from ripely.documents.bounds import check_some_bound
from ripely.documents.comparisons import check_comparison
from ripely.documents.known import check_fact, check_time
from ripely.documents.occasions import check_act
from ripely.documents.source import join
from ripely.model.acts import (
    Aggregate,
    Bought,
    Did,
    Message,
    OfActs,
    Page,
    Searched,
    Sequence,
    Where,
)
from ripely.model.condition import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    EntryIs,
    Group,
    InJourney,
    InShare,
    Not,
    OfFacts,
    OfTime,
    ScoreIs,
)
from ripely.model.problem import Problem


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
    """Look at a condition, or at the test of a property, but not at what is inside it."""
    if isinstance(part, Where):
        yield from check_comparison(path, part.op, part.value, of_event=True)
    elif isinstance(part, OfActs):
        yield from check_act(path, part)
    elif isinstance(part, OfFacts):
        yield from check_fact(path, part)
    elif isinstance(part, OfTime):
        yield from check_time(path, part)
    elif isinstance(part, ScoreIs):
        yield from check_some_bound(path, part.at_least, part.at_most)
    elif isinstance(part, Group):
        yield from _group(path, part)


def may_come_true(condition: Condition) -> bool:
    """Whether something that happens, or time, can make the condition true when it is not."""
    match condition:
        case Did() | Page() | Searched() | Message() | Bought():
            return condition.at_most is None or bool(condition.at_least) or _forgets(condition)
        case Aggregate(take="distinct", at_least=None):
            return _forgets(condition)
        case EntryIs() | InShare():
            return False
        case All(inners) | AnyOf(inners) | AtLeast(conditions=inners):
            return any(may_come_true(inner) for inner in inners)
        case Not(inner):
            return may_end(inner)
        case _:
            return True


def may_end(condition: Condition) -> bool:
    """Whether a condition that holds can cease to hold."""
    match condition:
        case Did() | Page() | Searched() | Message() | Bought():
            return condition.at_most is not None or _forgets(condition)
        case Aggregate(take="distinct" | "maximum", at_most=None):
            return _forgets(condition)
        case (
            InJourney(state="been" | "goal", within=None)
            | Sequence(in_last=None)
            | EntryIs()
            | InShare()
        ):
            return False
        case All(inners) | AnyOf(inners) | AtLeast(conditions=inners):
            return any(may_end(inner) for inner in inners)
        case Not(inner):
            return may_come_true(inner)
        case _:
            return True


def _forgets(window: Did | Page | Searched | Message | Bought | Aggregate) -> bool:
    """Whether what counts now falls out of the window by time alone."""
    return window.within is not None or window.during is not None


def _group(path: str, group: Group) -> Iterator[Problem]:
    if isinstance(group, Not):
        return
    if not group.conditions:
        sentence = "This group has no conditions."
        yield Problem("empty_group", join(path, "conditions"), sentence)
    elif isinstance(group, AtLeast) and not 1 <= group.count <= len(group.conditions):
        sentence = f"{group.count} of {len(group.conditions)} conditions cannot be meant."
        yield Problem("contradiction", join(path, "count"), sentence)
