"""What colleagues of the demo company have done by hand until now, each time after the same: work for a journey."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import cast

from ripely.demo.population import Person
from ripely.demo.visit import Act, Call

ADVISER = "adviser@oakmere.example"
OFFICE = "office@oakmere.example"
SELLER = "seller@oakmere.example"

Deed = tuple[float, str, dict[str, object]]
"""After so many seconds, this event."""
Habit = Callable[[Person, Mapping[str, object], Random], Iterator[Deed]]


def by_hand(
    act: Act, person: Person, chance: Random, at: datetime
) -> Iterator[tuple[datetime, Call]]:
    """Yield what colleagues did because of an act of a visitor, and when."""
    for call in act.calls:
        habit = _HABITS.get(str(call.get("event")))
        facts = cast("Mapping[str, object]", call.get("properties", {}))
        for after_s, event, properties in habit(person, facts, chance) if habit else ():
            told: Call = {"type": "track", "event": event, "properties": properties}
            yield at + timedelta(seconds=after_s), told


def _mark_for_a_call(
    person: Person, facts: Mapping[str, object], chance: Random
) -> Iterator[Deed]:
    if facts["form"] == "request" and person.phone and chance.random() < 0.9:
        yield chance.uniform(1_200, 5_400), "tag.added", {"tag": "call-back", "by": ADVISER}


def _prepare_delivery(_: Person, __: Mapping[str, object], chance: Random) -> Iterator[Deed]:
    if chance.random() < 0.85:
        letter = {"channel": "email", "subject": "Before we deliver your machine"}
        yield chance.uniform(7_200, 18_000), "message.written", {**letter, "by": OFFICE}


def _call_about_prices(
    person: Person, _: Mapping[str, object], chance: Random
) -> Iterator[Deed]:
    if person.phone and chance.random() < 0.8:
        after_s = chance.uniform(900, 3_600)
        yield after_s, "call.made", {"phone": person.phone, "by": SELLER}
        if chance.random() < 0.6:
            yield after_s + 20, "call.answered", {"seconds": chance.randint(40, 400)}


_HABITS: Mapping[str, Habit] = {
    "Form Submitted": _mark_for_a_call,
    "Order Completed": _prepare_delivery,
    "File Downloaded": _call_about_prices,
}
