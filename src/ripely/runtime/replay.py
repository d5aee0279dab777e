"""Replay: the same fold over stored history must arrive at the profiles that live.

History holds what was accepted, by contact and batch; the log's markers say which rules held. What
came twice is not in history, but its note is: it changed nothing, and let time come to its moment.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Literal

import msgspec

from ripely.engine.erasure import first_profile
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, wait
from ripely.model.event import DERIVED, Event
from ripely.model.ids import ContactId, RulesetId
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.model.transition import Transition
from ripely.ports import History, Profiles, Rulesets, Story, Unreadable
from ripely.runtime.difference import Difference, first_difference
from ripely.runtime.rules import NO_RULES
from ripely.runtime.worker import RulesOf

TRIES_MAX = 10
"""A contact that lives while it is replayed is read again."""
STORIES_MAX = 10_000_000
REPEATED = "event.repeated"
_END = 2**63 - 1

Placed = tuple[int, Story]


Lack = Literal["", "later", "earlier"]
"""What history that is kept elsewhere does not have of a contact: what came after the rest, or before it."""


class Replayed(msgspec.Struct, frozen=True):
    """What became of one contact. `events` were folded; `wrong` is the first difference, seen at a log position.

    Who `lacks` something in the history that was read cannot be compared, nor of whom a story is `unreadable`.
    """

    contact: ContactId
    events: int
    position: int = 0
    wrong: Difference | None = None
    lacks: Lack = ""
    unreadable: str = ""


class Past(msgspec.Struct, frozen=True):
    """What a replay reads. `whole` is the history of the fold itself, where another one is replayed."""

    history: History
    rulesets: Rulesets
    profiles: Profiles
    rules_of: RulesOf
    whole: History | None = None


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
            owned = before or first_profile(each)
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
        if again == stories:
            break
        if not again:
            return Replayed(contact, 0, lacks="earlier")
        stories = again  # It has lived on, or was forgotten: that is no difference.
        done = _compare(past, markers, contact, stories)
    return _with_lack(past.whole, done, stories) if past.whole and done.wrong else done


def _with_lack(whole: History, done: Replayed, stories: Sequence[Placed]) -> Replayed:
    """Say of what differs whether it only lacks a part of what the fold knows."""
    read, known = dict(stories), dict(whole.of(done.contact, _END, STORIES_MAX))
    lost = {
        position
        for position, story in known.items()
        if position not in read or len(read[position].events) < len(story.events)
    }
    if not lost:
        return done
    if min(lost) > max(read):
        return Replayed(done.contact, done.events, done.position, lacks="later")
    if max(lost) <= min(read):
        return Replayed(done.contact, done.events, done.position, lacks="earlier")
    gap = Difference("history", f"{len(known)} stories", f"{len(read)} stories")
    return Replayed(done.contact, done.events, max(lost), gap)


def _compare(
    past: Past,
    markers: Sequence[tuple[int, RulesetId]],
    contact: ContactId,
    stories: Sequence[Placed],
) -> Replayed:
    profile: Profile | None = None
    events = 0
    for position, story in stories:
        if isinstance(story, Unreadable):
            return Replayed(contact, events, position, unreadable=story.why)
        try:
            after = retell(past.rules_of(ruleset_at(markers, position)), profile, story)
        except Exception as error:  # noqa: BLE001 - what went well live may now go wrong in any way.
            failed = Difference("fold", "went well", f"{type(error).__name__}: {error}")
            return Replayed(contact, events, position, failed)
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
