"""The fold. `step` decides; nothing here reads a clock, a database or a socket."""

from collections.abc import Iterable

import msgspec

from ripely.engine.ageing import AGEING, age
from ripely.engine.dates import fire_dates, plan_dates
from ripely.engine.draft import Draft
from ripely.engine.erasure import turn_away
from ripely.engine.journeys import live_journeys
from ripely.engine.refresh import learn_rules, refresh
from ripely.engine.repeats import is_repeated
from ripely.engine.ruleset import Ruleset
from ripely.engine.scores import trigger_values
from ripely.engine.taking import take, take_told
from ripely.engine.visits import record_visit
from ripely.engine.watches import update_watches
from ripely.model.event import RULES_CHANGED, TIMER_FIRED, Event, timer_fired
from ripely.model.ids import ContactId
from ripely.model.profile import Profile
from ripely.model.transition import Transition

ROUNDS_PER_EVENT_MAX = 100
ROUNDS_TOLD_MAX = 50
"""How many rounds of changes are told as events. Changes that bring each other about end there."""
EVENTS_A_MINUTE_MAX = 1_000
MOMENTS_PER_EVENT_MAX = 1_000
_REVIVED = "contact.revived"
_ERASED = "contact.erased"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Profile).decode


class TooManyRoundsError(Exception):
    """Rules kept triggering each other without an end."""


def new_profile(contact: ContactId, at_s: int) -> Profile:
    return Profile(contact=contact, created_s=at_s)


def step(rules: Ruleset, profile: Profile, event: Event) -> Transition:
    """Return the next profile, and the effects that must follow from `event`. `profile` stays as it is."""
    return fold(rules, _decode(_encode(profile)), (event,))


def fold(rules: Ruleset, profile: Profile, events: Iterable[Event]) -> Transition:
    """Fold a run of events of one contact, taking `profile` over: the caller may not use it again.

    Live, replay, preview and backtest all come through here.
    """
    draft = Draft(rules, profile)
    for event in events:
        assert event.contact == profile.contact
        _advance(draft, event)
    return draft.done()


def wait(rules: Ruleset, profile: Profile, now_s: int) -> Transition:
    """Let time come to a moment at which nothing new happens. `profile` is taken over."""
    draft = Draft(rules, profile)
    if 0 < profile.due_s <= now_s:
        _pass_time(draft, now_s)
    draft.begin(timer_fired(profile.contact, now_s))
    return draft.done()


def _advance(draft: Draft, event: Event) -> None:
    profile = draft.profile
    if 0 < profile.due_s <= event.now_s:
        _pass_time(draft, event.now_s)
    draft.begin(event)
    # A timer comes once by its own transaction, and may be set to the same moment again.
    if event.name != TIMER_FIRED and is_repeated(profile, event):
        draft.note("event.repeated", event.name)
        return
    draft.events.append(event)
    is_special = profile.erased_ms or profile.merged_into is not None
    if is_special and turn_away(draft, event):
        return
    if profile.merged_into is None or event.name != TIMER_FIRED:
        is_act = draft.rules.is_act(event.name)
        if is_act and _is_flood(draft, event):
            too_many = f"over {EVENTS_A_MINUTE_MAX} in a minute"
            draft.note("event.ignored", event.name, too_many, event.id)
        else:
            _fold_one(draft, event, is_act=is_act)


def _pass_time(draft: Draft, until_s: int) -> None:
    """Let what was due by now happen first, each at its own moment, however late its timer is.

    Beyond the limit the rest stays due, and comes by timers.
    """
    if draft.profile.ruleset != draft.rules.id:
        # Just before: what new rules change is not what time brings, and neither hides the other.
        draft.begin(timer_fired(draft.profile.contact, draft.profile.due_s - 1))
        refresh(draft)
        _settle(draft)
    for _ in range(MOMENTS_PER_EVENT_MAX):
        due_s = draft.profile.due_s
        if not 0 < due_s <= until_s:
            return
        draft.begin(timer_fired(draft.profile.contact, due_s))
        _time_passed(draft)
        _settle(draft)


def _fold_one(draft: Draft, event: Event, *, is_act: bool) -> None:
    # Who is part of another contact waits for nothing, whatever the rules, until it lives again.
    rests = draft.profile.merged_into is not None and event.name != _REVIVED
    if draft.profile.ruleset != draft.rules.id and not rests:
        refresh(draft)
    if event.name == RULES_CHANGED:
        learn_rules(draft, event)
    elif is_act:
        started = record_visit(draft, event)
        if started is not None:
            draft.events.insert(-1, started)
            take(draft, started)
    take(draft, event)
    if draft.profile.merged_into is None and event.name != _ERASED:
        _settle(draft)
    else:
        draft.rest()


def _time_passed(draft: Draft) -> None:
    """Ask again what time alone may have changed by now."""
    lapses = draft.profile.lapses
    for key in [key for key, due_s in lapses.items() if due_s <= draft.now_s]:
        lapses.pop(key, None)  # What ends points of a score also looks at what fades of it.
        watch = draft.rules.watch_by_key.get(key)
        if watch is not None:
            draft.recheck((watch,))
        elif key.startswith(AGEING):
            age(draft, key)
    update_watches(draft)  # A schedule is for those who are in its audience just then.
    fire_dates(draft)


def _settle(draft: Draft) -> None:
    """Let consequences have theirs, until nothing changes any more.

    Order is meaning: a journey must see the segments and scores that this event made.
    """
    for number in range(ROUNDS_PER_EVENT_MAX):
        if draft.told:
            if number >= ROUNDS_TOLD_MAX:
                _tell_no_more(draft)
            take_told(draft)
        if draft.stale:
            update_watches(draft)
        if draft.scored:
            trigger_values(draft)
        changed, draft.changed = draft.changed, set()
        plan_dates(draft, changed)
        live_journeys(draft, changed)
        if not (draft.stale or draft.entries or draft.changed or draft.told or draft.starts):
            return
    raise TooManyRoundsError(f"over {ROUNDS_PER_EVENT_MAX} rounds after one {draft.event.name}")


def _tell_no_more(draft: Draft) -> None:
    endless = "changes bring each other about without end"
    draft.note("event.ignored", draft.told[0].name, endless)
    draft.told.clear()


def _is_flood(draft: Draft, event: Event) -> bool:
    """Bound the acts that one contact can make in one minute by its own clock."""
    profile, now = draft.profile, event.occurred_ms // 60_000
    minute, count = profile.minute
    if now != minute:
        count = 0
    profile.minute = (now, count + 1)
    return count >= EVENTS_A_MINUTE_MAX
