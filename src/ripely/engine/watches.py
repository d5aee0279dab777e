"""Conditions kept up to date: segments, score facts and triggers, each in the order it depends on others."""

from ripely.engine.draft import Draft
from ripely.engine.lifecycle import rise
from ripely.engine.ruleset import Watch
from ripely.engine.schedules import plan_schedule
from ripely.engine.scores import add_points
from ripely.model.ids import ScoreId, SegmentId
from ripely.model.profile import NOWHERE

ENTERED, LEFT = "segment.entered", "segment.left"


def update_watches(draft: Draft) -> None:
    """Answer every stale condition once, those that others depend on first."""
    stale, watches, profile, now_s = (
        draft.stale,
        draft.rules.watches,
        draft.profile,
        draft.now_s,
    )
    lapses, segments = profile.lapses, profile.segments
    while stale:
        ranks = sorted(stale)
        stale.clear()
        for at, rank in enumerate(ranks, 1):
            watch = watches[rank]
            if watch.answer is not None:
                holds, due_s = watch.answer(profile, now_s, NOWHERE)
            else:
                holds = watch.test(profile, now_s, NOWHERE)
                due_s = watch.lapse(profile, now_s, NOWHERE) if watch.lapse is not None else 0
            if watch.lapse is not None:
                if due_s:
                    lapses[watch.key] = due_s
                elif watch.key in lapses:
                    del lapses[watch.key]
            if watch.kind != "segment":
                _take(draft, watch, holds=holds)
            elif holds != (watch.subject in segments):
                _turn(draft, watch)
            if stale:  # What depends on this may come before what is left.
                stale.update(ranks[at:])
                break


def _take(draft: Draft, watch: Watch, *, holds: bool) -> None:
    """Let the answer to what is not a segment have its effect."""
    if watch.kind == "fact":
        _fact(draft, watch, holds=holds)
    elif watch.kind == "trigger":
        if holds != (watch.key in draft.profile.facts):
            _trigger(draft, watch, holds=holds)
    elif watch.kind == "schedule":
        plan_schedule(draft, watch.key, holds=holds)
    elif holds:
        rise(draft, watch.subject)


def _turn(draft: Draft, watch: Watch) -> None:
    """Put the contact into a segment, or take it out."""
    segments, segment = draft.profile.segments, SegmentId(watch.subject)
    change, kind = "entered", ENTERED
    if segments.pop(segment, None) is None:
        segments[segment] = draft.now_s
    else:
        change, kind = "left", LEFT
    draft.note(kind, segment, draft.event.name)
    draft.touch(watch.key)
    if kind in draft.rules.listened:
        draft.tell(kind, {"segment": segment})
    for journey in draft.rules.segment_triggers.get((segment, change), ()):
        draft.entries.append((journey, f"{change} segment {segment}"))


def _fact(draft: Draft, watch: Watch, *, holds: bool) -> None:
    facts = draft.profile.facts
    counted, points = facts.get(watch.key, 0), watch.points if holds else 0
    if counted == points:
        return
    if holds:
        facts[watch.key] = points
    else:
        del facts[watch.key]
    add_points(draft, ScoreId(watch.subject), points - counted, watch.reason, lasting=True)


def _trigger(draft: Draft, watch: Watch, *, holds: bool) -> None:
    """A condition has changed. It ceases only after it held, so nobody begins by that."""
    facts = draft.profile.facts
    if holds:
        facts[watch.key] = 0
    else:
        del facts[watch.key]
    trigger = draft.rules.condition_triggers[watch.key]
    if holds == trigger.becomes:
        draft.entries.append((trigger.journey, trigger.reason))
