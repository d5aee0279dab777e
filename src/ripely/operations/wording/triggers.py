"""Triggers as clauses that can stand after "when"."""

from typing import assert_never

from ripely.model.trigger import (
    OnAbsence,
    OnAttribute,
    OnCondition,
    OnDate,
    OnEvent,
    OnInactivity,
    OnRequest,
    OnSchedule,
    OnScore,
    OnSegment,
    Trigger,
)
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names, spoken, text
from ripely.operations.wording.phrases import act, long_duration, one_of, ordinal, tested

_REQUESTS = {
    "hand": "by hand",
    "api": "through the API",
    "webhook": "by a webhook",
    "journey": "by another journey",
}


def say_trigger(trigger: Trigger, names: Names) -> str:
    match trigger:
        case OnEvent(event, where, nth):
            occasion = f", for the {ordinal(nth)} time" if nth else ""
            return f"“{spoken(event)}” happens{tested(where)}{occasion}"
        case OnSegment() | OnScore() | OnAttribute() | OnCondition():
            return _changes(trigger, names)
        case OnAbsence(after, without, within):
            period = long_duration(within)
            return f"{act(after)} is not followed by {act(without)} within {period}"
        case OnInactivity(period):
            return f"the contact has done nothing for {long_duration(period)}"
        case OnDate() | OnSchedule():
            return _on_time(trigger, names)
        case OnRequest(by):
            ways = " or ".join(_REQUESTS[way] for way in by)
            return f"somebody asks for it{f' {ways}' if ways else ''}"
        case unknown:
            assert_never(unknown)


def _changes(trigger: OnSegment | OnScore | OnAttribute | OnCondition, names: Names) -> str:
    match trigger:
        case OnSegment(id=segment, change=change):
            verb = "enters" if change == "entered" else "leaves"
            return f"the contact {verb} the segment “{names.segment(segment)}”"
        case OnScore():
            return _on_score(trigger, names)
        case OnAttribute(name, before, after):
            known = {"from": before, "to": after}
            ways = [f" {way} “{text(v)}”" for way, v in known.items() if v is not None]
            return f"{spoken(name).lower()} changes{''.join(ways)}"
        case OnCondition(condition, becomes):
            verb = "becomes" if becomes else "ceases to be"
            return f"it {verb} true that {say(condition, names)}"
        case unknown:
            assert_never(unknown)


def _on_score(trigger: OnScore, names: Names) -> str:
    score = names.score(trigger.id)
    score += f" for “{trigger.of}”" if trigger.of else ""
    if trigger.highest:
        return f"{score} becomes the highest of all scores"
    if trigger.falls_below is not None:
        return f"{score} falls below {trigger.falls_below}"
    return f"{score} reaches {trigger.reaches}"


def _on_time(trigger: OnDate | OnSchedule, names: Names) -> str:
    match trigger:
        case OnDate():
            return _on_date(trigger)
        case OnSchedule():
            days = [day.capitalize() for day in trigger.weekdays]
            on = f" on {one_of(days)}" if days else ""
            on += f" on day {trigger.day}" if trigger.day else ""
            on += f" on {trigger.date}" if trigger.date else ""
            audience = say(trigger.audience, names)
            return f"it is {trigger.at}{on}, every {trigger.every}, while {audience}"
        case unknown:
            assert_never(unknown)


def _on_date(trigger: OnDate) -> str:
    offsets = {
        "year": trigger.offset_years,
        "month": trigger.offset_months,
        "day": trigger.offset_days,
    }
    parts = [
        f"{abs(n)} {unit}{'' if abs(n) == 1 else 's'} {'before' if n < 0 else 'after'}"
        for unit, n in offsets.items()
        if n
    ]
    count = f"{' and '.join(parts)} " if parts else "on "
    following = f" (the next {trigger.next} from there)" if trigger.next else ""
    every = ", every year" if trigger.yearly else ""
    name = spoken(trigger.attribute).lower()
    return f"it is {trigger.at}, {count}the date in “{name}”{following}{every}"
