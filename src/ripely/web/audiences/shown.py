"""What is shown of an audience, part by part: each is asked for by itself, after the page."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from ripely.model.condition import AnyOf, Condition
from ripely.model.ids import ContactId
from ripely.model.profile import Profile
from ripely.operations.audience import audiences
from ripely.operations.dossiers.contacts import Wanted, cards_of, find
from ripely.operations.tallies import tallies
from ripely.web.audiences.asking import Asked, ground_of
from ripely.web.backtests.plots import Plot, Series
from ripely.web.request import Request

Shown = dict[str, object]
DAYS = 30
FOUND_MAX = 5
"""So many of those whom a name fits are told of."""


def size(request: Request, asked: Asked, condition: Condition) -> Shown:
    ground = ground_of(request, asked.names)
    return {
        "size": audiences.size(condition, ground),
        "parts": audiences.parts(condition, ground),
        "any": isinstance(condition, AnyOf),
    }


def people(request: Request, asked: Asked, condition: Condition) -> Shown:
    ground = ground_of(request, asked.names)
    found = audiences.samples(condition, ground, _profile_of(request), request.app.history)
    cards = cards_of([one.contact for one in found])
    return {"people": [(one.contact, cards.get(one.contact), one.why) for one in found]}


def overlap(request: Request, asked: Asked, condition: Condition) -> Shown:
    """Compare it with all other segments, as they are in force; the largest of them, where they are very many."""
    named = {key: one for key, one in asked.names.segments.items() if key != asked.key}
    people = tallies("segment")
    others = sorted((one.id for one in named.values()), key=lambda key: -_now(people, key))
    whole, counted = audiences.in_common(condition, others, ground_of(request, asked.names))
    lines = [(named[key], n) for key, n in counted]
    return {
        "whole": whole,
        "lines": [(one, n, n / whole) for one, n in lines if n],
        "apart": [one for one, n in lines if not n],
        "left_out": len(others) - len(lines),
    }


def days(request: Request, asked: Asked, condition: Condition) -> Shown:
    ground = ground_of(request, asked.names)
    last = ground.now.astimezone(ground.zone).date()
    told = audiences.sizes(condition, last - timedelta(days=DAYS - 1), last, ground)
    known = [(day, n) for day, n in told if n is not None]
    labels = [f"{day:%d %b}" for day, _ in known]
    series = Series("In it at the end of the day", [n for _, n in known])
    return {"plot": Plot("Size", labels, [series]), "told": told, "known": known}


def on(request: Request, asked: Asked, condition: Condition) -> Shown:
    """Tell who was in it at the end of a day."""
    ground = ground_of(request, asked.names)
    day = _day(request.POST.get("day", ""))
    if day is None or day > ground.now.astimezone(ground.zone).date():
        return {"wrong": "Choose a day, today at the latest."}
    ((_, n),) = audiences.sizes(condition, day, day, ground)
    if n is None:
        return {"unknown": day}
    members = audiences.members_on(condition, day, ground, audiences.SAMPLES)
    cards = cards_of(members)
    return {"day": day, "n": n, "people": [(one, cards.get(one)) for one in members]}


def member(request: Request, asked: Asked, condition: Condition) -> Shown:
    """Tell of whoever a name or an address fits whether they are in it, and why or why not."""
    words = request.POST.get("contact", "").replace("\x00", "").strip()
    if not words:
        return {"wrong": "Type a name, an address or a phone number."}
    ground, profile_of = ground_of(request, asked.names), _profile_of(request)
    told = []
    for card in find(Wanted(words=words)).cards[:FOUND_MAX]:
        profile = profile_of(ContactId(card.contact))
        if profile is not None:
            row = audiences.reason(condition, profile, ground, request.app.history)
            told.append((profile.contact, card, row))
    return {"words": words, "people": told}


PARTS: Mapping[str, Callable[[Request, Asked, Condition], Shown]] = {
    "size": size,
    "people": people,
    "overlap": overlap,
    "days": days,
    "on": on,
    "member": member,
}


def _profile_of(request: Request) -> Callable[[ContactId], Profile | None]:
    return lambda contact: request.app.profiles.load([contact]).profiles.get(contact)


def _now(people: Mapping[str, Mapping[str, int]], segment: str) -> int:
    return people.get(segment, {}).get("now", 0)


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
