"""A contact's events and its own timers in the order in which they happen: for replay, preview and tests."""

from collections.abc import Iterable

from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold
from ripely.model.event import TIMER_FIRED, Event, timer_fired
from ripely.model.profile import Profile
from ripely.model.transition import Transition


def live(
    rules: Ruleset, profile: Profile, events: Iterable[Event], until_s: int | None = None
) -> Transition:
    """Fold events, oldest received first, firing the timers that come due between them and up to `until_s`.

    `profile` is taken over. Events of timers in `events` are left out: they come by themselves.
    """
    told = Transition(profile, [], [], [])
    for event in events:
        if event.name == TIMER_FIRED:
            continue
        told = _pass_time(rules, told, event.now_s)
        told = _and_then(told, fold(rules, told.profile, (event,)))
    return told if until_s is None else _pass_time(rules, told, until_s)


def _pass_time(rules: Ruleset, told: Transition, until_s: int) -> Transition:
    while 0 < (due_s := told.profile.due_s) <= until_s:
        fired = timer_fired(told.profile.contact, due_s)
        told = _and_then(told, fold(rules, told.profile, (fired,)))
    return told


def _and_then(told: Transition, after: Transition) -> Transition:
    return Transition(
        after.profile,
        told.effects + after.effects,
        told.events + after.events,
        told.notes + after.notes,
    )
