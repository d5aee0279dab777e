"""What stands between a decided message and a contact: the reasons to hold it, and until when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ripely.engine.attention import cap_on, free_at, keep, room
from ripely.engine.calendar import zone_of
from ripely.engine.draft import Draft
from ripely.engine.protection import NEVER_S, BudgetRule, Hold, Protection
from ripely.engine.quiet import DAY_S, quiet_until
from ripely.engine.split import share
from ripely.engine.versions import is_paused, program_of
from ripely.model.action import Send
from ripely.model.ids import contact_code
from ripely.model.journey import Together
from ripely.model.profile import Enrollment, Profile, Sent
from ripely.model.words import spelled

TRANSACTIONAL = "transactional"
CALL = "call"
"""The channel of colleagues, who need a number and no consent, but must not be forbidden."""
ADDRESS: Mapping[str, str] = {
    "email": "email", "sms": "phone", "call": "phone", "voice": "phone", "push": "push_token",
    "web_push": "web_push_token", "messenger": "messenger",
}  # fmt: skip
"""The attribute that holds the address for a channel; the other channels meet everybody."""

Rank = tuple[int, int, str, str]
"""Who goes first: the least, by priority, then by who came up earlier."""
_LAST: Rank = (1, 0, "", "")


def recipient(profile: Profile, channel: str) -> str:
    """Return the address for a channel. In a chat or in the product everybody can be met."""
    if channel not in ADDRESS:
        return contact_code(profile.contact)
    address = profile.attributes.get(ADDRESS[channel], "")
    if isinstance(address, list):  # The first of several.
        address = address[0] if address else ""
    return address if isinstance(address, str) else spelled(address)


def reason_to_hold(profile: Profile, send: Send) -> str:
    """Return why this message may not go to this contact, whatever the time, or nothing."""
    channel = send.channel
    if not recipient(profile, channel):
        return f"no address for {channel}"
    for name in (channel, f"{channel}/{send.topic}"):
        if name in profile.suppressed:
            return f"suppressed: {profile.suppressed[name]}"
    return "" if send.purpose == TRANSACTIONAL else _refusal(profile, send)


def _refusal(profile: Profile, send: Send) -> str:
    """Return what the contact has not agreed to, or said no to."""
    topic, consent = profile.topics.get(send.topic), profile.consents.get(send.purpose)
    if topic is not None and not topic.granted:
        return f"topic {send.topic} was left"
    if send.channel == CALL:
        return ""
    if consent is None:
        return f"no consent for {send.purpose}"
    return "" if consent.granted else f"consent for {send.purpose} was withdrawn"


def wait_until(draft: Draft, enrollment: Enrollment, step: Send | Together) -> int:
    """Return until when a step waits for its messages; 0: it is time, be it to send or to drop."""
    until_s = 0
    for send in _sends_in(step) if draft.rules.protection else ():
        hold = _hold_on(draft, enrollment, send)
        if hold is not None and hold.until_s <= enrollment.since_s + send.patience:
            draft.note("message.waits", send.template, hold.reason, hold.until_s)
            until_s = max(until_s, hold.until_s)
    return until_s


def in_turn(draft: Draft) -> list[Enrollment]:
    """Return all places in journeys; of messages whose time has come, the most important first."""
    enrollments = list(draft.profile.enrollments)
    if draft.rules.protection is None:
        return enrollments
    if len([e for e in enrollments if 0 < e.due_s <= draft.now_s]) < 2:
        return enrollments
    due = {id(e): _rank(e, send) for e, send in _waiting(draft) if e.due_s <= draft.now_s}
    return sorted(enrollments, key=lambda e: due.get(id(e), _LAST))


def reason_to_drop(draft: Draft, enrollment: Enrollment, send: Send) -> str:
    """Return why a message whose time has come does not go, or nothing. What is left to wait for drops it."""
    reason = _reason_now(draft, send)
    if reason:
        return reason
    hold = _hold_on(draft, enrollment, send)
    return "" if hold is None else hold.reason


def count_message(draft: Draft, enrollment: Enrollment, send: Send) -> None:
    """Remember a message that was decided on, where caps or a budget ask for it."""
    protection = draft.rules.protection
    if protection is None or not protection.counting:
        return
    priority = 0 if send.purpose == TRANSACTIONAL else send.priority
    what = f"“{send.template}” in journey {enrollment.journey}"
    one = Sent(draft.now_s, send.channel, send.topic, send.purpose, priority, what)
    draft.profile.sent = keep(draft.profile.sent, one, protection)


def _sends_in(step: object) -> Sequence[Send]:
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


def _hold_on(draft: Draft, enrollment: Enrollment, send: Send) -> Hold | None:
    """Return what holds a message back now, and until when it surely does."""
    protection = draft.rules.protection
    if protection is None or send.purpose == TRANSACTIONAL or _reason_now(draft, send):
        return None
    holds = list(_limits(draft, enrollment, send, protection))
    if holds:
        return max(holds, key=lambda hold: hold.until_s)
    return _outranked(draft, enrollment, send, protection)


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
    draft: Draft, enrollment: Enrollment, send: Send, protection: Protection
) -> Hold | None:
    """Whether messages that wait and go before this one need all the room that is left."""
    budgets = _budgets(draft.profile, send, protection)
    if not budgets:
        return None
    mine = _rank(enrollment, send)
    above = [other for other in _waiting(draft) if _rank(*other) < mine]
    for budget in budgets:
        rivals = [(e, s) for e, s in above if s.priority < budget.important]
        if room(budget, draft.profile.sent, draft.now_s) > len(rivals):
            continue
        first, winner = min(rivals, key=lambda rival: _rank(*rival))
        reason = f"lower priority than “{winner.template}” in journey {first.journey}"
        ends_s = enrollment.since_s + send.patience
        asked_s = max(min(e.due_s for e, _ in rivals), draft.now_s + 1)
        return Hold(min(asked_s, ends_s) if draft.now_s < ends_s else NEVER_S, reason)
    return None


def _budgets(profile: Profile, send: Send, protection: Protection) -> list[BudgetRule]:
    return [
        budget
        for budget in protection.budgets
        if send.priority < budget.important
        and (budget.segment is None or budget.segment in profile.segments)
    ]


def _waiting(draft: Draft) -> Iterator[tuple[Enrollment, Send]]:
    """Return the messages to this contact that wait for their time: those of whoever moves on do not."""
    for enrollment in draft.profile.enrollments:
        if not enrollment.due_s or is_paused(draft, enrollment):
            continue
        program = program_of(draft, enrollment)
        at = program.steps.get(enrollment.step) if program else None
        for send in _sends_in(at):
            if send.purpose != TRANSACTIONAL and not _reason_now(draft, send):
                yield enrollment, send


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
