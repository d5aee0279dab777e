"""Everything that can let a contact into a journey: each trigger with a sentence and an example."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from ripely.documents.source import read
from ripely.model.catalog import SUBJECTS

Document = dict[str, object]


class Choice(msgspec.Struct, frozen=True):
    """A trigger that can be chosen, and a document that shows it.

    `lets_in` and `keeps_out` are stories: the one lets a contact in once, the other comes near.
    Where nothing is told, `happens` is the event that does it.
    """

    name: str
    about: str
    category: str
    trigger: Document
    lets_in: str = ""
    keeps_out: str = ""
    happens: Mapping[str, object] = {}


class _Special(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    about: str
    trigger: Document
    lets_in: str = msgspec.field(name="in")
    keeps_out: str = msgspec.field(name="out")


class _Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    company: str
    choices: Mapping[str, tuple[_Special, ...]]


@cache
def choices() -> Sequence[Choice]:
    """Return every trigger, those of one event by itself after the others."""
    special = [
        Choice(one.name, one.about, category, one.trigger, one.lets_in, one.keeps_out)
        for category, group in _page().choices.items()
        for one in group
    ]
    shown = {one.trigger.get("event") for one in special if set(one.trigger) == {"on", "event"}}
    return (*special, *(one for one in _of_events() if one.trigger["event"] not in shown))


def search(words: str) -> Mapping[str, Sequence[Choice]]:
    """Return by category what every word is found in."""
    wanted = words.lower().split()
    found: dict[str, list[Choice]] = {}
    for one in choices():
        text = f"{one.name} {one.about} {one.category} {one.trigger}".lower()
        if all(word in text for word in wanted):
            found.setdefault(one.category, []).append(one)
    return found


def company() -> str:
    """Return the documents that the examples speak of."""
    return _page().company


def _of_events() -> Iterator[Choice]:
    for subject, events in SUBJECTS.items():
        for event in events:
            if not event.inner:
                yield Choice(
                    name=event.about.removesuffix("."),
                    about=f"The event “{event.name}”, with any test of what it carries; also the Nth time.",
                    category=f"Events: {subject[0].lower()}{subject[1:]}",
                    trigger={"on": "event", "event": event.name},
                    happens=event.properties,
                )


@cache
def _page() -> _Page:
    page = files("ripely.operations").joinpath("triggers.yaml")
    (source,) = read(page.name, page.read_bytes())
    assert not source.problems, source.problems
    return msgspec.convert(source.value, _Page)
