"""Conditions, triggers and steps, read back as sentences."""

from typing import assert_never

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
    Page,
    ScoreIs,
    Where,
)
from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.model.trigger import OnCondition, OnDate, OnEvent, OnScore, OnSegment, Trigger
from ripely.operations.names import Names, spoken, text

OPS = {
    "equals": "is",
    "not_equals": "is not",
    "contains": "contains",
    "contains_words": "has the words",
    "starts_with": "begins with",
    "ends_with": "ends with",
    "matches": "matches the pattern",
    "in": "is one of",
    "not_in": "is none of",
    "at_least": "is at least",
    "at_most": "is at most",
    "more_than": "is more than",
    "less_than": "is less than",
    "exists": "is known",
    "empty": "is not known",
}
PAGES = {
    "equals": "with the address",
    "path": "with the path",
    "contains": "whose address contains",
    "contains_words": "whose address has the words",
    "category": "of the category",
}


def say(condition: Condition, names: Names) -> str:
    """Return the condition as a clause that can stand after "if" or "until"."""
    match condition:
        case Not(inner):
            return f"it is not true that {say(inner, names)}"
        case All(inners):
            return " and ".join(_bracketed(inner, names) for inner in inners)
        case AnyOf(inners):
            return " or ".join(_bracketed(inner, names) for inner in inners)
        case Did() | Page():
            return _acted(condition)
        case fact:
            return _fact(fact, names)


def _fact(
    fact: AttributeIs | InSegment | ScoreIs | HasTag | HasConsent | InJourney, names: Names
) -> str:
    match fact:
        case AttributeIs(name, op, value):
            words = f"{spoken(name).lower()} {compared(op, value)}"
        case InSegment(id=segment):
            words = f"the contact is in the segment “{names.segment(segment)}”"
        case ScoreIs(id=score, at_least=low, at_most=high):
            words = f"{names.score(score)} is {_between(low, high)}"
        case HasTag(name):
            words = f"the contact has the tag “{name}”"
        case HasConsent(purpose):
            words = f"the contact agreed to {spoken(purpose).lower()}"
        case InJourney(id=journey):
            words = f"the contact is in the journey “{names.journey(journey)}”"
        case unknown:
            assert_never(unknown)
    return words


def compared(op: str, value: Value | tuple[Value, ...]) -> str:
    if op in {"exists", "empty"}:
        return OPS[op]
    values = value if isinstance(value, tuple) else (value,)
    return f"{OPS[op]} {', '.join(f'“{text(v)}”' for v in values)}"


def say_trigger(trigger: Trigger, names: Names) -> str:
    match trigger:
        case OnEvent(event, where, nth):
            occasion = f", for the {ordinal(nth)} time" if nth else ""
            return f"“{spoken(event)}” happens{_where(where)}{occasion}"
        case OnSegment(id=segment, change=change):
            verb = "enters" if change == "entered" else "leaves"
            return f"the contact {verb} the segment “{names.segment(segment)}”"
        case OnScore(id=score, reaches=value):
            return f"{names.score(score)} reaches {value}"
        case OnCondition(condition):
            return f"it becomes true that {say(condition, names)}"
        case OnDate():
            return _on_date(trigger)
        case unknown:
            assert_never(unknown)


def ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def long_duration(period: Duration) -> str:
    """Write `1h 30m` as "1 hour 30 minutes", and `30d` as "30 days"."""
    units = {"w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}
    days, rest = divmod(period, 86_400)
    parts = [f"{days}d"] if days % 7 and not rest else str(period).split()
    words = []
    for part in parts:
        count, unit = part[:-1], units[part[-1]]
        words.append(f"{count} {unit}{'' if count == '1' else 's'}")
    return " ".join(words)


def _bracketed(condition: Condition, names: Names) -> str:
    words = say(condition, names)
    return f"({words})" if isinstance(condition, All | AnyOf) else words


def _acted(condition: Did | Page) -> str:
    if isinstance(condition, Page):
        act = f"a page {PAGES[condition.match]} “{condition.value}” was viewed"
    else:
        act = f"“{spoken(condition.event)}”{_where(condition.where)} happened"
    return f"{act} {_times(condition)}{_window(condition.within)}"


def _window(window: Duration | None) -> str:
    if not window:
        return ""
    words = long_duration(window)
    return f" in the last {words.removeprefix('1 ') if words.count(' ') == 1 else words}"


def _times(condition: Did | Page) -> str:
    low, high = condition.at_least, condition.at_most
    if high == 0:
        return "never"
    if high is None:
        return "at least once" if low in {None, 1} else f"at least {low} times"
    return f"at most {high} times" if low is None else f"{low} to {high} times"


def _where(where: tuple[Where, ...]) -> str:
    tests = [f"{spoken(w.property).lower()} {compared(w.op, w.value)}" for w in where]
    return f" where {' and '.join(tests)}" if tests else ""


def _between(low: int | None, high: int | None) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"from {low} to {high}"


def _on_date(trigger: OnDate) -> str:
    days, name = trigger.offset_days, spoken(trigger.attribute).lower()
    side = "before" if days < 0 else "after"
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'} {side} " if days else "on "
    every = ", every year" if trigger.yearly else ""
    return f"it is {trigger.at}, {count}the date in “{name}”{every}"
