"""What stands between a decided message and a contact: the reasons to hold it, and until when."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from ripely.engine.attention import cap_on, free_at, keep, room
from ripely.engine.calendar import zone_of
from ripely.engine.protection import NEVER_S, BudgetRule, Hold, Protection
from ripely.engine.quiet import DAY_S, quiet_until
from ripely.engine.split import share
from ripely.engine.transition import Draft
from ripely.engine.versions import is_paused, program_of
from collections.abc import Mapping

from ripely.model.action import Send
from ripely.model.ids import contact_code
from ripely.model.journey import Together
from ripely.model.profile import Enrollment, Profile, Sent

TRANSACTIONAL = "transactional"
CALL = "call"
MAY_CALL = "call_allowed"
"""The attribute that says whether colleagues may call."""
_ADDRESS = {
    "email": "email", "sms": "phone", "call": "phone", "voice": "phone", "push": "push_token",
    "web_push": "web_push_token", "messenger": "messenger",
}  # fmt: skip

Rank = tuple[int, int, str, str]
"""Who goes first: the least, by priority, then by who came up earlier."""


def recipient(profile: Profile, channel: str) -> str:
    """Return the address for a channel. In a chat or in the product everybody can be met."""
    if channel not in _ADDRESS:
        return contact_code(profile.contact)
    address = profile.attributes.get(ADDRESS[channel])
    return address if isinstance(address, str) else ""


def reason_to_hold(profile: Profile, send: Send) -> str:
    """Return why this message may not go to this contact, whatever the time, or nothing."""
    channel = send.channel
    if not recipient(profile, channel):
        return f"no address for {channel}"
    for name in (channel, f"{channel}/{send.topic}"):
        if name in profile.suppressed:
            return f"suppressed: {profile.suppressed[name]}"
    if channel == CALL and profile.attributes.get(MAY_CALL) is False:
        return "may not be called"
    if send.purpose == TRANSACTIONAL:
        return ""
    topic = profile.topics.get(send.topic)
    if topic is not None and not topic.granted:
        return f"topic {send.topic} was left"
    if channel == CALL:
        return ""
    consent = profile.consents.get(send.purpose)
    if consent is None:
        return f"no consent for {send.purpose}"
    return "" if consent.granted else f"consent for {send.purpose} was withdrawn"


def wait_until(draft: Draft, enrollment: Enrollment, step: object) -> int:
    """Return until when a step that sends waits before it is done; 0: it is time, to send or to drop.

    The moment itself means: again at this moment, after a message that goes before it.
    """
    if draft.rules.protection is None:
        return 0
    until_s = 0
    for send in sends_in(step):
        hold = _hold_on(draft, enrollment, send)
        if hold is None or _is_dropped(hold, enrollment, send):
            continue
        until_s = max(until_s, hold.until_s)
        if hold.until_s > draft.now_s:
            draft.note("message.waits", send.template, hold.reason, hold.until_s)
    return until_s


def reason_to_drop(draft: Draft, enrollment: Enrollment, send: Send) -> str:
    """Return why a message whose time has come does not go, or nothing. What is left to wait for drops it."""
    reason = _reason_now(draft, send)
    if reason or draft.rules.protection is None:
        return reason
    hold = _hold_on(draft, enrollment, send)
    return "" if hold is None else hold.reason


def count_message(draft: Draft, send: Send) -> None:
    """Remember a message that was decided on, where caps or a budget ask for it."""
    protection = draft.rules.protection
    if protection is None or not protection.counting:
        return
    priority = 0 if send.purpose == TRANSACTIONAL else send.priority
    one = Sent(
        draft.now_s, send.channel, send.topic, send.purpose, priority, f"“{send.template}”"
    )
    draft.profile.sent = keep(draft.profile.sent, one, protection)


def sends_in(step: object) -> Sequence[Send]:
    """Return the messages of a step."""
    match step:
        case Send():
            return (step,)
        case Together(actions):
            return [action for action in actions if isinstance(action, Send)]
        case _:
            return ()


def _reason_now(draft: Draft, send: Send) -> str:
    protection = draft.rules.protection
    reason = reason_to_hold(draft.profile, send)
    if reason or protection is None or send.purpose == TRANSACTIONAL:
        return reason
    kept_out = protection.holdout and share(draft.profile.contact, "holdout") * 100
    if kept_out < protection.holdout:
        return "holdout: gets no marketing messages, to be compared"
    return ""


def _is_dropped(hold: Hold, enrollment: Enrollment, send: Send) -> bool:
    return hold.until_s > enrollment.since_s + send.patience


def _hold_on(draft: Draft, enrollment: Enrollment, send: Send) -> Hold | None:
    """Return what holds a message back now, and until when it surely does."""
    protection = draft.rules.protection
    if protection is None or send.purpose == TRANSACTIONAL or _reason_now(draft, send):
        return None
    holds = list(_limits(draft, enrollment, send, protection))
    if holds:
        return max(holds, key=lambda hold: hold.until_s)
    mine = _rank(enrollment, send)
    above = [other for other in _waiting(draft, enrollment) if _rank(*other) < mine]
    if any(other.due_s <= draft.now_s for other, _ in above):
        return Hold(draft.now_s, "")
    return _outranked(draft, enrollment, send, protection, above)


def _limits(
    draft: Draft, enrollment: Enrollment, send: Send, protection: Protection
) -> Iterator[Hold]:
    """Return what holds a message whatever others wait."""
    profile, now_s, zone = draft.profile, draft.now_s, draft.rules.zone
    quiet_s = quiet_until(protection, profile, send.channel, now_s, zone)
    if quiet_s:
        yield Hold(quiet_s, f"quiet hours until {_clock(draft, quiet_s)}")
    cap = cap_on(protection, profile, send, send.channel, now_s)
    if cap is not None:
        yield cap
    for budget in _budgets(profile, send, protection):
        ready_s = enrollment.since_s + min(budget.compete_s, send.patience)
        if now_s < ready_s:
            yield Hold(ready_s, "attention budget: waits for what else comes up")
        free_s = free_at(budget, profile.sent, now_s)
        if free_s:
            yield Hold(free_s, _lost_to_sent(budget, profile.sent, enrollment, send))


def _outranked(
    draft: Draft,
    enrollment: Enrollment,
    send: Send,
    protection: Protection,
    above: Sequence[tuple[Enrollment, Send]],
) -> Hold | None:
    """Whether messages that wait and go before this one need all the room that is left."""
    for budget in _budgets(draft.profile, send, protection):
        rivals = [(e, s) for e, s in above if s.priority < budget.important]
        if room(budget, draft.profile.sent, draft.now_s) > len(rivals):
            continue
        first, winner = min(rivals, key=lambda rival: _rank(*rival))
        reason = f"lower priority than “{winner.template}” in journey {first.journey}"
        ends_s = enrollment.since_s + send.patience
        asked_s = min(e.due_s for e, _ in rivals)
        return Hold(min(asked_s, ends_s) if draft.now_s < ends_s else NEVER_S, reason)
    return None


def _budgets(profile: Profile, send: Send, protection: Protection) -> list[BudgetRule]:
    return [
        budget
        for budget in protection.budgets
        if send.priority < budget.important
        and (budget.segment is None or budget.segment in profile.segments)
    ]


def _waiting(draft: Draft, enrollment: Enrollment) -> Iterator[tuple[Enrollment, Send]]:
    """Return the other messages to this contact that wait for their time."""
    for other in draft.profile.enrollments:
        if other is enrollment or not other.due_s or is_paused(draft, other):
            continue
        program = program_of(draft, other)
        at = program.steps.get(other.step) if program else None
        for send in sends_in(at):
            if send.purpose != TRANSACTIONAL and not _reason_now(draft, send):
                yield other, send


def _rank(enrollment: Enrollment, send: Send) -> Rank:
    return -send.priority, enrollment.since_s, enrollment.journey, enrollment.key


def _lost_to_sent(
    budget: BudgetRule, sent: Sequence[Sent], enrollment: Enrollment, send: Send
) -> str:
    """Say what took the room: a message that was preferred to this one, or those before it."""
    rivals = [one for one in sent if budget.counts(one) and one.at_s >= enrollment.since_s]
    best = max(rivals, key=lambda one: one.priority, default=None)
    if best is not None and best.priority > send.priority:
        return f"lower priority than {best.what}"
    return f"attention budget: {budget.name}"


def _clock(draft: Draft, at_s: int) -> str:
    """Write a moment by the contact's clock, with its day when that is far."""
    if at_s == NEVER_S:
        return "further notice"
    local = datetime.fromtimestamp(at_s, zone_of(draft.profile, draft.rules.zone))
    near = at_s - draft.now_s < DAY_S
    return f"{local:%H:%M}" if near else f"{local:%Y-%m-%d %H:%M}"
