"""The person that a path is about: who they are, what they do and when, and how chance falls."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from ripely.engine.calendar import local_moment
from ripely.engine.guards import ADDRESS
from ripely.engine.split import share
from ripely.model.action import Send
from ripely.model.company import Company
from ripely.model.ids import ContactId, StepId, derive
from ripely.model.journey import Journey, Together, WaitUntil
from ripely.model.trigger import OnDate, OnEvent
from ripely.operations.rehearsing.playing import Happening, Weather

MONDAY = date(2030, 1, 7)
"""Every path begins on this day, at nine."""
CONSENT = "consent.granted"
EARLIER_S = 2 * 86_400
LUCK_TRIES_MAX = 20_000
"""So many people are tried for one whom chance sends the way that is wanted."""
_KNOWN: Mapping[str, object] = {
    "email": "ann@example.com", "phone": "+380441234567", "first_name": "Ann", "last_name": "Melnyk",
    "push_token": "token", "web_push_token": "token", "messenger": "ann",
}  # fmt: skip


class Luck(msgspec.Struct, frozen=True):
    """A share of all people, told by what is asked of chance: from `low` up to `high`, of 1."""

    what: tuple[str, ...]
    low: float
    high: float

    def falls_on(self, contact: ContactId) -> bool:
        return self.low <= share(contact, *self.what) < self.high


class Cast(msgspec.Struct, frozen=True):
    """Somebody, as a path needs them. Times count from the moment at which the path begins.

    `entry` and `heard` are what the events that let in, and that steps wait for, say otherwise
    than such events do; `consents` are those given beforehand.
    """

    name: str = "Ann"
    begins: str = "09:00"
    later_days: int = 0
    luck: tuple[Luck, ...] = ()
    happenings: tuple[Happening, ...] = ()
    start: tuple[Happening, ...] = ()
    entry: tuple[tuple[str, object], ...] = ()
    weather: Weather = Weather()

    @property
    def contact(self) -> ContactId:
        """The same as in a story, so that chance falls there as it does here."""
        return ContactId(derive("story", self.name))


def begins_s(cast: Cast, zone: ZoneInfo) -> int:
    return local_moment(MONDAY + timedelta(days=cast.later_days), cast.begins, zone)


def told(cast: Cast, known: tuple[Happening, ...], zone: ZoneInfo) -> Iterator[Happening]:
    """Return all that happens to somebody, in order, at moments of the calendar."""
    zero_s = begins_s(cast, zone)
    changed = dict(cast.entry)
    last = len(cast.start) - 1
    started = [
        msgspec.structs.replace(one, properties={**one.properties, **changed})
        if number == last
        else one
        for number, one in enumerate(cast.start)
    ]
    for one in sorted([*known, *started, *cast.happenings], key=lambda one: one.at_s):
        yield msgspec.structs.replace(one, at_s=zero_s + one.at_s)


def somebody(journey: Journey, company: Company) -> Cast:
    """Return a first person, whom chance lets into the journey."""
    luck = []
    if journey.holdout:
        luck.append(Luck(("holdout", journey.id), journey.holdout / 100, 1))
    if company.holdout:
        luck.append(Luck(("holdout",), company.holdout / 100, 1))
    return lucky(Cast(), tuple(luck)) or Cast()


def lucky(cast: Cast, luck: tuple[Luck, ...]) -> Cast | None:
    """Return the same with somebody on whom chance falls so, if one is found."""
    asked = {one.what: one for one in (*cast.luck, *luck)}
    wanted = tuple(asked.values())
    for number in range(1, LUCK_TRIES_MAX):
        name = f"Ann{number}" if number > 1 else "Ann"
        named = msgspec.structs.replace(cast, name=name, luck=wanted)
        if all(one.falls_on(named.contact) for one in wanted):
            return named
    return None


def known_before(journey: Journey, company: Company) -> tuple[Happening, ...]:
    """Return what is known of everybody beforehand: addresses, consents, and the dates that are waited for."""
    today = MONDAY
    begun = {one.attribute for one in journey.triggers if isinstance(one, OnDate)}
    dates = {
        step.attribute: (today + timedelta(days=30 - step.offset_days)).isoformat()
        for step in journey.steps.values()
        if isinstance(step, WaitUntil) and step.attribute and step.attribute not in begun
    }
    facts = {**_KNOWN, **dates, "timezone": company.timezone}
    found = [Happening(-EARLIER_S, "contact.identified", facts)]
    begins = {one.event for one in journey.triggers if isinstance(one, OnEvent)}
    if CONSENT not in begins:  # Or they would come in by that.
        found += [
            Happening(-EARLIER_S, CONSENT, {"purpose": purpose})
            for purpose in sorted(purposes(journey))
        ]
    return tuple(found)


def purposes(journey: Journey) -> set[str]:
    """Return the purposes for which the journey needs consent."""
    return {send.purpose for _, send in sends(journey)} - {"transactional"}


def sends(journey: Journey) -> Iterator[tuple[StepId, Send]]:
    for name, step in journey.steps.items():
        if isinstance(step, Send):
            yield name, step
        elif isinstance(step, Together):
            yield from ((name, one) for one in step.actions if isinstance(one, Send))


def same_as_entry(same: tuple[str, ...], cast: Cast) -> dict[str, object]:
    """Return the properties of an event that must be as those of the entry event."""
    entry = {**(cast.start[-1].properties if cast.start else {}), **dict(cast.entry)}
    return {name: entry[name] for name in same if name in entry}


def address_of(channel: str) -> str:
    return ADDRESS.get(channel, "")
