"""Ledger -> render -> channel -> receipt: what happens to a message once it is decided."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import get_args

import msgspec

from ripely.engine.guards import reason_to_hold
from ripely.model.action import Send
from ripely.model.effect import SendMessage
from ripely.model.ids import ContactId
from ripely.model.profile import Profile
from ripely.model.words import ChannelKind
from ripely.ports import (
    Channel,
    Clock,
    Delivery,
    Ledger,
    Outcome,
    Profiles,
    Retry,
    Settled,
)
from ripely.render.headers import Mailing, sender_address, sender_of
from ripely.render.liquid import RenderError
from ripely.render.message import TRACKING, render, render_note
from ripely.render.mime import wire_address
from ripely.runtime.lateness import QuietTimes, if_late
from ripely.runtime.letters import Letters
from ripely.runtime.receipts import receipt

CLAIM_MAX = 500
HAND_OVER_MAX = 32  # What a kill can leave in doubt is one such group.
ATTEMPTS_MAX = 10
NOTICE = "notice"
CHANNELS: Mapping[str, ChannelKind] = {kind: kind for kind in get_args(ChannelKind)}
_BACK_OFF_SECONDS = (5, 30, 120, 600, 1_800, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600)

Going = tuple[SendMessage, int, Delivery]
"""A message that is ready, the attempt this is, and what leaves."""
Ended = tuple[SendMessage, Outcome]


class Dispatch(msgspec.Struct, frozen=True):
    """What dispatching messages needs of the world."""

    ledger: Ledger
    profiles: Profiles
    letters: Letters
    channels: Mapping[str, Channel]
    mailing: Mailing
    tracking: str
    clock: Clock
    quiet: Callable[[], QuietTimes]


def dispatch_once(dispatch: Dispatch) -> int:
    """Send what is due; return how many messages were looked at."""
    claimed = dispatch.ledger.claim(CLAIM_MAX)
    if not claimed:
        return 0
    dispatch.letters.refresh()
    going, ended, later = _prepare(dispatch, claimed)
    _settle(dispatch, ended)
    if later:
        dispatch.ledger.retry(later)
    for group in _groups(going):
        _hand_over(dispatch, group)
    return len(claimed)


def recover_once(dispatch: Dispatch) -> int:
    """Settle what dead dispatchers may have sent: nobody knows, so it is not sent again."""
    left = dispatch.ledger.recover()
    _settle(
        dispatch,
        [
            (
                message,
                Outcome(message.id, "unknown", "the dispatcher died while handing it over"),
            )
            for message in left
        ],
    )
    return len(left)


def retry_at(attempt: int, now: datetime) -> datetime:
    return now + timedelta(seconds=_BACK_OFF_SECONDS[min(attempt, len(_BACK_OFF_SECONDS)) - 1])


def _prepare(
    dispatch: Dispatch, claimed: Sequence[tuple[SendMessage, int]]
) -> tuple[list[Going], list[Ended], list[Retry]]:
    """Divide messages into those that can leave, rendered, those whose outcome is known, and those that wait."""
    now, quiet = dispatch.clock.now(), dispatch.quiet()
    profiles = current_profiles(dispatch.profiles, {message.contact for message, _ in claimed})
    going: list[Going] = []
    ended: list[Ended] = []
    later: list[Retry] = []
    for message, attempt in claimed:
        profile = profiles.get(message.contact)
        made = (
            _stop(message, profile, now)
            or quiet.put_back(message, profile, now)
            or _make(dispatch, message, profile, now)
        )
        match made:
            case Delivery():
                going.append((message, attempt, made))
            case Retry():
                later.append(made)
            case Outcome():
                ended.append((message, made))
    return going, ended, later


def current_profiles(
    profiles: Profiles, contacts: set[ContactId]
) -> Mapping[ContactId, Profile]:
    """Load profiles; one that was merged into another is answered by that other."""
    found = profiles.load(contacts).profiles
    winner_of = {c: p.merged_into for c, p in found.items() if p.merged_into is not None}
    if not winner_of:
        return found
    winners = profiles.load(set(winner_of.values())).profiles
    return {
        contact: winners.get(winner_of.get(contact, contact), profile)
        for contact, profile in found.items()
    }


def _make(
    dispatch: Dispatch, message: SendMessage, profile: Profile | None, now: datetime
) -> Delivery | Outcome:
    if message.channel not in dispatch.channels:
        reason = f"no channel for {message.channel} is connected yet"
        return Outcome(message.id, "failed", reason)
    if message.channel == NOTICE:
        return _notice(dispatch, message, now)
    assert profile is not None
    letter = dispatch.letters.find(message.template)
    if isinstance(letter, str):
        return Outcome(message.id, "failed", letter)
    tracking = str(profile.attributes.get("tracking", dispatch.tracking))
    try:
        content = render(
            letter, message, dispatch.mailing, now, tracking if tracking in TRACKING else "none"
        )
    except RenderError as error:
        return Outcome(message.id, "failed", f"the template could not be filled in: {error}")
    return _delivery(message, sender_of(letter, dispatch.mailing), content)


def _notice(dispatch: Dispatch, message: SendMessage, now: datetime) -> Delivery | Outcome:
    text = str(message.entry.get("text", ""))
    content = render_note(message, dispatch.mailing, now, text)
    return _delivery(message, dispatch.mailing.sender, content)


def _delivery(message: SendMessage, sender: str, content: bytes) -> Delivery | Outcome:
    recipient = wire_address(message.recipient)
    if recipient is None:
        return Outcome(message.id, "refused", f"“{message.recipient}” is not an address")
    return Delivery(message.id, sender_address(sender), recipient, content)


def _stop(
    message: SendMessage, profile: Profile | None, now: datetime
) -> Outcome | Retry | None:
    """Ask again what the fold asked when it decided, which may have changed since, and whether it is too late."""
    if message.channel not in CHANNELS:
        return None
    reason = message.held
    if not reason and profile is None:
        reason = "the contact is not known any more"
    if not reason and profile is not None:
        reason = reason_to_hold(profile, _as_decided(message))
    return Outcome(message.id, "held", reason) if reason else if_late(message, now)


def _as_decided(message: SendMessage) -> Send:
    return Send(
        template=message.template,
        channel=CHANNELS[message.channel],
        purpose=message.purpose,
        topic=message.topic,
    )


def _groups(going: Sequence[Going]) -> Iterator[list[Going]]:
    """Few at a time, and each group by one channel."""
    by_channel: dict[str, list[Going]] = {}
    for one in going:
        by_channel.setdefault(one[0].channel, []).append(one)
    for messages in by_channel.values():
        for start in range(0, len(messages), HAND_OVER_MAX):
            yield messages[start : start + HAND_OVER_MAX]


def _hand_over(dispatch: Dispatch, group: Sequence[Going]) -> None:
    ours = dispatch.ledger.hand_over([message.id for message, _, _ in group])
    deliveries = [delivery for message, _, delivery in group if message.id in ours]
    outcomes = dispatch.channels[group[0][0].channel].send(deliveries)
    by_id = {message.id: (message, attempt) for message, attempt, _ in group}
    ended, retries = [], []
    now = dispatch.clock.now()
    for outcome in outcomes:
        message, attempt = by_id[outcome.id]
        if outcome.outcome != "deferred":
            ended.append((message, outcome))
        elif attempt < ATTEMPTS_MAX:
            retries.append(Retry(message.id, retry_at(attempt, now), outcome.reason))
        else:
            ended.append((message, Outcome(message.id, "failed", outcome.reason)))
    if retries:
        dispatch.ledger.retry(retries)
    _settle(dispatch, ended)


def _settle(dispatch: Dispatch, ended: Sequence[tuple[SendMessage, Outcome]]) -> None:
    if ended:
        now = dispatch.clock.now()
        dispatch.ledger.settle(
            [Settled(outcome, receipt(message, outcome, now)) for message, outcome in ended]
        )
