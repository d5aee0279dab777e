"""What a backtest is asked, and what it finds: a journey over history, before it is switched on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from ripely.model.ids import ContactId, JourneyId

Source = Literal["database", "archive"]


class Reactions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What part of the letters of the journey is taken to be opened, and clicked, by people as they are.

    What people really did in the period stays as it happened. Nothing is known of what they would
    have done about letters that they never got: nobody reacts, or as many as to letters like these.
    """

    opened: float = 0
    clicked: float = 0


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A journey, from a moment until another; both in seconds. `source` is where history is read."""

    journey: JourneyId
    since_s: int
    until_s: int
    reactions: Reactions = Reactions()
    source: Source = "database"


class Example(msgspec.Struct, frozen=True):
    """A contact to look at, and when it came to what it is an example of."""

    contact: ContactId
    at_s: int


class Crossing(msgspec.Struct, frozen=True):
    """A way through the journey, from entering to its end."""

    contact: ContactId
    entered_s: int
    seconds: int


class Reason(msgspec.Struct, frozen=True):
    """How often something had a reason, and whom it met."""

    reason: str
    times: int
    examples: Sequence[Example] = ()


class StepCount(msgspec.Struct, frozen=True):
    """How many passed a step, how many waited there at the end, and by which ways they went on."""

    step: str
    passed: int
    waiting: int
    ways: Mapping[str, int]


class Letters(msgspec.Struct, frozen=True):
    """Messages of one template through one channel, by day; and what held others back."""

    template: str
    channel: str
    by_day: Mapping[str, int]
    held: Mapping[str, int]
    waited: Mapping[str, int]


class Calls(msgspec.Struct, frozen=True):
    """Calls for a team, a colleague or the owner, by day; how many can be made that day, where it is known."""

    who: str
    by_day: Mapping[str, int]
    room: Mapping[str, int]
    over: Sequence[str]
    """Days that bring more calls than can be made, with what is left of the days before."""


class Report(msgspec.Struct, frozen=True):
    """What would have happened. Days are those of the company; the same question finds the same, byte for byte.

    `refused` are people who were meant by a trigger and never came in; `unused` ways that nobody
    took, `unreached` steps; `late` messages that would have come after a purchase of that entry.
    `assumed` says in sentences what was taken for granted. History begins at `began_s`; there are no
    days before it.
    """

    asked: Asked
    content: str
    contacts: int
    events: int
    folded: int
    entered: int
    people: int
    heldout: int
    by_day: Mapping[str, int]
    examples: Sequence[Example]
    steps: Sequence[StepCount]
    ends: Sequence[Reason]
    refused: Sequence[Reason]
    unused: Sequence[str]
    unreached: Sequence[str]
    letters: Sequence[Letters]
    per_person: Mapping[int, int]
    late: Reason
    calls: Sequence[Calls]
    fastest: Sequence[Crossing]
    slowest: Sequence[Crossing]
    failed: Sequence[Reason]
    assumed: Sequence[str]
    began_s: int = 0


FORGOTTEN = ContactId(0)
"""Stands in a report for whoever has asked to be forgotten."""


def naming(contacts: Iterable[ContactId]) -> str:
    """Return the pattern that finds where a report names one of these, as it is kept."""
    return rf'"contact":(?:{"|".join(map(str, contacts))})(?=[,}}])'


State = Literal["waiting", "running", "done", "cancelled", "failed"]
"""How far a backtest is that runs in the background."""
