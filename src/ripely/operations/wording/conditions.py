"""A condition as a clause that can stand after "if" or "until"."""

from ripely.model.acts import OfActs
from ripely.model.condition import All, AnyOf, AtLeast, Condition, Not, OfScores, OfTime
from ripely.operations.wording.acts import say_act
from ripely.operations.wording.facts import say_fact, say_score, say_time
from ripely.operations.wording.names import Names


def say(condition: Condition, names: Names) -> str:
    match condition:
        case Not(inner):
            return f"it is not true that {say(inner, names)}"
        case All(inners):
            return " and ".join(_bracketed(inner, names) for inner in inners)
        case AnyOf(inners):
            return " or ".join(_bracketed(inner, names) for inner in inners)
        case AtLeast(count, inners):
            listed = "; ".join(say(inner, names) for inner in inners)
            return f"at least {count} of these hold: {listed}"
        case _:
            return _leaf(condition, names)


def _leaf(condition: Condition, names: Names) -> str:
    if isinstance(condition, OfActs):
        return say_act(condition, names)
    if isinstance(condition, OfScores):
        return say_score(condition, names)
    if isinstance(condition, OfTime):
        return say_time(condition)
    assert not isinstance(condition, All | AnyOf | AtLeast | Not)
    return say_fact(condition, names)


def _bracketed(condition: Condition, names: Names) -> str:
    words = say(condition, names)
    return f"({words})" if isinstance(condition, All | AnyOf | AtLeast) else words
