"""Replay: the same fold over stored history must arrive at the profiles that live.

History holds what was accepted, by contact and batch; the log's markers say which rules held. What
came twice is not in history, but its note is: it changed nothing, and let time come to its moment.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

import msgspec

from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile, wait
from ripely.engine.transition import Transition
from ripely.model.event import DERIVED, Event
from ripely.model.ids import ContactId, RulesetId
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.ports import History, Profiles, Rulesets, Story
from ripely.runtime.difference import Difference, first_difference
from ripely.runtime.rules import NO_RULES
from ripely.runtime.worker import RulesOf

TRIES_MAX = 10
"""A contact that lives while it is replayed is read again."""
STORIES_MAX = 10_000_000
REPEATED = "event.repeated"
_END = 2**63 - 1

Placed = tuple[int, Story]


class Replayed(msgspec.Struct, frozen=True):
    """What became of one contact. `events` were folded; `wrong` is the first difference, seen at a log position."""

    contact: ContactId
    events: int
    position: int = 0
    wrong: Difference | None = None


class Past(msgspec.Struct, frozen=True):
    """What a replay reads."""

    history: History
    rulesets: Rulesets
    profiles: Profiles
    rules_of: RulesOf


def replay_all(past: Past) -> Iterator[Replayed]:
    """Replay every contact that has a history."""
    markers = past.rulesets.markers()
    for contact, rows in groupby(past.history.scan(), key=itemgetter(0)):
        yield _replay(
            past, markers, contact, [(position, story) for _, position, story in rows]
        )


def replay_one(past: Past, contact: ContactId) -> Replayed | None:
    """Replay one contact; None when nothing is told of it."""
    stories = _stories(past, contact)
    return _replay(past, past.rulesets.markers(), contact, stories) if stories else None


def digest(profile: Profile) -> str:
    """Return the hash of a profile as it is stored."""
    return sha256(msgspec.msgpack.encode(profile)).hexdigest()


def retell(rules: Ruleset, profile: Profile | None, story: Story) -> Transition:
    """Fold what one batch meant to a contact once more."""
    told: Transition | None = None
    for each in _in_order(story):
        if isinstance(each, Event):
            before = told.profile if told else profile
            owned = before or new_profile(each.contact, each.occurred_s)
            after = fold(rules, owned, (each,))
        else:
            before = told.profile if told else profile
            assert before is not None, "nothing can come twice before it came once"
            after = wait(rules, before, each)
        told = after if told is None else _and_then(told, after)
    assert told is not None, "a story tells of something"
    return told


def _replay(
    past: Past,
    markers: Sequence[tuple[int, RulesetId]],
    contact: ContactId,
    stories: Sequence[Placed],
) -> Replayed:
    done = _compare(past, markers, contact, stories)
    for _ in range(TRIES_MAX):
        again = _stories(past, contact) if done.wrong else stories
        if len(again) == len(stories):
            break
        stories = again  # It has lived on since: that is no difference.
        done = _compare(past, markers, contact, stories)
    return done


def _compare(
    past: Past,
    markers: Sequence[tuple[int, RulesetId]],
    contact: ContactId,
    stories: Sequence[Placed],
) -> Replayed:
    profile: Profile | None = None
    events = 0
    for position, story in stories:
        after = retell(past.rules_of(ruleset_at(markers, position)), profile, story)
        profile, events = after.profile, events + len(after.events)
        wrong = _of_notes(story.notes, after.notes)
        if wrong is not None:
            return Replayed(contact, events, position, wrong)
    live = past.profiles.load([contact]).profiles.get(contact)
    last = stories[-1][0]
    if live is None or profile is None:
        lost = Difference("profile", "nothing" if live is None else "a profile", "a profile")
        return Replayed(contact, events, last, lost)
    if digest(live) == digest(profile):
        return Replayed(contact, events, last)
    return Replayed(contact, events, last, first_difference(live, profile))


def ruleset_at(markers: Sequence[tuple[int, RulesetId]], position: int) -> RulesetId:
    """Return what held for events at a log position: what was published last before it."""
    place = bisect_left(markers, position, key=itemgetter(0))
    return markers[place - 1][1] if place else NO_RULES


def _of_notes(live: Sequence[Note], replayed: Sequence[Note]) -> Difference | None:
    return first_difference(
        [note for note in live if note.kind != REPEATED],
        [note for note in replayed if note.kind != REPEATED],
        "notes",
    )


def _in_order(story: Story) -> Iterator[Event | int]:
    """Yield accepted events, and between them the moments at which something came again."""
    moments = [note.at_ms // 1000 for note in story.notes if note.kind == REPEATED]
    now_s = 0
    for event in story.events:
        if event.source != DERIVED:
            now_s = max(now_s, event.now_s)
            while moments and moments[0] < now_s:
                yield moments.pop(0)
            yield event
    yield from moments


def _stories(past: Past, contact: ContactId) -> list[Placed]:
    return past.history.of(contact, _END, STORIES_MAX)[::-1]


def _and_then(told: Transition, after: Transition) -> Transition:
    return Transition(
        after.profile,
        told.effects + after.effects,
        told.events + after.events,
        told.notes + after.notes,
    )
