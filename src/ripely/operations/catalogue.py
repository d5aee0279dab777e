"""The catalogues of events and of triggers, as people search them."""

from collections.abc import Mapping, Sequence

import msgspec
import yaml

from ripely.model.catalog import SUBJECTS, property_type
from ripely.model.catalog.standard import Standard
from ripely.operations.triggers import Choice, choices, search


class Property(msgspec.Struct, frozen=True):
    name: str
    type: str
    example: object


class EventLine(msgspec.Struct, frozen=True):
    event: Standard
    properties: Sequence[Property]


class TriggerLine(msgspec.Struct, frozen=True):
    """A trigger, with its example as it is written in a journey."""

    choice: Choice
    example: str


class Found(msgspec.Struct, frozen=True):
    """What was found, by category, and how many there are of how many."""

    groups: Mapping[str, Sequence[EventLine | TriggerLine]]
    count: int
    all: int


def events(words: str) -> Found:
    wanted = words.lower().split()
    groups = {
        subject: [_event(event) for event in those if _holds(event, wanted)]
        for subject, those in SUBJECTS.items()
    }
    count = sum(map(len, groups.values()))
    everything = sum(not event.inner for those in SUBJECTS.values() for event in those)
    return Found({name: lines for name, lines in groups.items() if lines}, count, everything)


def triggers(words: str) -> Found:
    groups = {
        category: [TriggerLine(one, _written(one)) for one in those]
        for category, those in search(words).items()
    }
    return Found(groups, sum(map(len, groups.values())), len(choices()))


def _event(event: Standard) -> EventLine:
    facts = [Property(name, property_type(v), v) for name, v in event.properties.items()]
    return EventLine(event, facts)


def _holds(event: Standard, words: Sequence[str]) -> bool:
    text = f"{event.name} {event.about} {' '.join(event.spoken)}".lower()
    return not event.inner and all(word in text for word in words)


def _written(choice: Choice) -> str:
    return yaml.safe_dump([choice.trigger], sort_keys=False, allow_unicode=True, width=100)
