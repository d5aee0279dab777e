"""Reasons as people say them: the names of things instead of their ids, and events in words."""

import re

from ripely.model.catalog import BY_NAME
from ripely.operations.wording.names import Names, spoken

_EVENT = re.compile(r"\b[a-z_]+\.[a-z_]+\b")
_THING = re.compile(
    r"\b(journey|score|segment) ([\w.-]+(?:/[^,]+?)?)(?= reached | fell below | became | is |,|$)"
)
_MESSAGE = re.compile(r"“([\w.-]+)” in (?=journey )")
_DAY = re.compile(r"date (\S+)")


def because(reason: str, names: Names) -> str:
    """Say why: `quote.viewed` is "Quote viewed", `journey cart` the name of that journey."""
    if reason == "timer.fired":
        return "by time alone"
    day = _DAY.fullmatch(reason)
    if day is not None:
        return f"the day “{spoken(day[1])}” has come"
    if " " not in reason:
        return spoken(reason)
    said = _MESSAGE.sub(lambda found: f"“{names.template(found[1])}” in ", reason)
    said = _THING.sub(lambda found: _named(found, names), said)
    return _EVENT.sub(lambda found: _happened(found[0]), said)


def _named(found: re.Match[str], names: Names) -> str:
    """Name a thing; what is no id stays as it was, as in "the journey is paused"."""
    kind, key = found[1], found[2]
    if kind == "journey" and key in names.journeys:
        return f"the journey “{names.journey(key)}”"
    if kind == "segment" and key in names.segments:
        return f"the segment “{names.segment(key)}”"
    if kind == "score" and key.partition("/")[0] in names.scores:
        return names.score(key)
    return found[0]


def _happened(event: str) -> str:
    return f"“{spoken(event)}”" if event in BY_NAME else event
