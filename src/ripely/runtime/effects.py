"""Outbox -> what it asks for: tasks, notices, calls of other systems, events to other contacts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import assert_never

import msgspec

from ripely.model.effect import (
    AssignOwner,
    CallWebhook,
    CreateTask,
    Effect,
    EmitEvent,
    ForgetContact,
    NotifyPerson,
    SendMessage,
    SyncAudience,
)
from ripely.model.event import Event
from ripely.model.ids import EffectId, EventId, TemplateId, derive
from ripely.ports import (
    Answer,
    Claimed,
    Clock,
    Finished,
    Outbox,
    Retry,
    Teams,
    WebhookCaller,
    WebhookError,
)
from ripely.render.mime import wire_address
from ripely.runtime.assigning import assign_owners
from ripely.runtime.dispatch import NOTICE, retry_at
from ripely.runtime.segment import RefusedError, read_value
from ripely.runtime.staff import Staff
from ripely.runtime.webhook import signed_request

CLAIM_MAX = 200
CALLS_AT_ONCE_MAX = 8
CALL_ATTEMPTS_MAX = 8
ANSWER_BYTES_MAX = 4_000
"""The longest answer that is kept: it goes into the contact's profile."""
NO_CONNECTOR = "no connector for ad audiences is set up"
_OK = range(200, 300)
_MESSENGERS_WORD = "transactional"


class Effects(msgspec.Struct, frozen=True):
    """What performing effects needs of the world."""

    outbox: Outbox
    teams: Teams
    staff: Staff
    caller: WebhookCaller
    webhook_key: bytes
    clock: Clock


class _Work(msgspec.Struct):
    ids: list[EffectId] = []
    tasks: list[CreateTask] = []
    queued: list[CreateTask] = []
    notices: list[NotifyPerson] = []
    messages: list[SendMessage] = []
    events: list[Event] = []
    retries: list[Retry] = []
    forgotten: list[ForgetContact] = []


class _Answered(msgspec.Struct, frozen=True):
    """How a call went: the answer, what went wrong, and whether asking again is pointless."""

    answer: Answer
    reason: str
    lasting: bool


def perform_once(effects: Effects) -> int:
    """Do what is due; return how many effects that were."""
    claimed = effects.outbox.claim(CLAIM_MAX)
    if not claimed:
        return 0
    now = effects.clock.now()
    work = _Work()
    calls = [one for one in claimed if isinstance(one.effect, CallWebhook)]
    owners = [one.effect for one in claimed if isinstance(one.effect, AssignOwner)]
    for one in claimed:
        _plan(work, one, now)
    _finish(effects.outbox, work)
    if owners:
        assign_owners(effects.teams, effects.outbox, effects.staff, owners, now)
    if calls:
        _call_all(effects, calls, now)
    return len(claimed)


def _plan(work: _Work, claimed: Claimed, now: datetime) -> None:
    effect = claimed.effect
    match effect:
        case CreateTask(team=team):
            (work.queued if team else work.tasks).append(effect)
        case NotifyPerson():
            work.notices.append(effect)
            if wire_address(effect.to):
                work.messages.append(_notice(effect))
        case EmitEvent():
            work.events.append(event_of(effect, now))
        case SendMessage():
            work.messages.append(effect)
        case SyncAudience():
            work.events.append(_audience_event(effect, now))
        case ForgetContact():
            work.forgotten.append(effect)
        case CallWebhook() | AssignOwner():
            return  # They are done one by one, and together.
        case _:
            assert_never(effect)
    work.ids.append(effect.id)


def _notice(effect: NotifyPerson) -> SendMessage:
    """A mail to a colleague goes through the ledger as any other: once."""
    return SendMessage(
        id=effect.id,
        contact=effect.contact,
        decided_ms=effect.decided_ms,
        journey=effect.journey,
        version=effect.version,
        step=effect.step,
        channel=NOTICE,
        template=TemplateId(NOTICE),
        purpose=_MESSENGERS_WORD,
        recipient=effect.to,
        entry={"text": effect.text},
    )


def event_of(effect: EmitEvent, now: datetime) -> Event:
    now_ms = int(now.timestamp() * 1000)
    return Event(
        id=effect.event or EventId(derive("emitted", effect.id)),
        contact=effect.target,
        name=effect.name,
        occurred_ms=min(effect.occurred_ms or effect.decided_ms, now_ms),
        received_ms=min(effect.received_ms or now_ms, now_ms),
        properties=effect.properties,
        source=effect.source,
    )


def _audience_event(effect: SyncAudience, now: datetime) -> Event:
    """Keep that a contact is to be in an audience, or not, for whoever brings it to the network."""
    joins = effect.change == "add"
    told = {"audience": effect.audience, "network": effect.network, "reason": NO_CONNECTOR}
    return Event(
        id=EventId(derive("audience", effect.id)),
        contact=effect.contact,
        name="audience.joined" if joins else "audience.left",
        occurred_ms=effect.decided_ms,
        received_ms=int(now.timestamp() * 1000),
        properties=told | {"journey": effect.journey, "step": effect.step, "outcome": "held"},
        source="dispatch",
    )


def _call_all(effects: Effects, calls: Sequence[Claimed], now: datetime) -> None:
    with ThreadPoolExecutor(CALLS_AT_ONCE_MAX) as threads:
        answers = list(threads.map(partial(_call, effects, now), calls))
    work = _Work()
    for claimed, answered in zip(calls, answers, strict=True):
        if not answered.lasting and claimed.attempt < CALL_ATTEMPTS_MAX:
            moment = retry_at(claimed.attempt, now)
            work.retries.append(Retry(claimed.effect.id, moment, answered.reason))
            continue
        work.ids.append(claimed.effect.id)
        work.events.append(_answer_event(claimed.effect, answered, effects.clock.now()))
    _finish(effects.outbox, work)


def _call(effects: Effects, now: datetime, claimed: Claimed) -> _Answered:
    effect = claimed.effect
    assert isinstance(effect, CallWebhook)
    headers, body = signed_request(effects.webhook_key, effect, now)
    content_max = ANSWER_BYTES_MAX + 1 if effect.keep else 0
    try:
        answer = effects.caller.call(effect.url, headers, body, content_max)
    except WebhookError as error:
        return _Answered(Answer(0), str(error), error.permanent)
    except Exception as error:  # noqa: BLE001 - a call that goes wrong in a new way must stop itself alone.
        return _Answered(Answer(0), f"{type(error).__name__}: {error}", lasting=False)
    good = answer.status in _OK
    reason = "" if good else f"answered {answer.status}"
    return _Answered(answer, reason, lasting=good or answer.status == 410)


def _answer_event(effect: Effect, answered: _Answered, now: datetime) -> Event:
    now_ms = int(now.timestamp() * 1000)
    told: dict[str, object] = {"journey": effect.journey, "step": effect.step}
    told["status"] = answered.answer.status
    if answered.reason:
        told["reason"] = answered.reason
    if isinstance(effect, CallWebhook) and effect.keep:
        told |= {
            "call": effect.id,
            "asked_ms": effect.decided_ms,
            **_content(answered.answer.content),
        }
    return Event(
        id=EventId(derive("answer", effect.id)),
        contact=effect.contact,
        name="webhook.failed" if answered.reason else "webhook.answered",
        occurred_ms=now_ms,
        received_ms=now_ms,
        properties=told,
        source="dispatch",
    )


def _content(content: bytes) -> dict[str, object]:
    """Return what an answer says, or why it is not kept."""
    if not content:
        return {}
    if len(content) > ANSWER_BYTES_MAX:
        return {"not_kept": f"the answer is longer than {ANSWER_BYTES_MAX} bytes"}
    try:
        answer = read_value(content)
        msgspec.msgpack.encode(answer)
    except RefusedError:
        return {"not_kept": "the answer is not JSON, or nested too deep"}
    except OverflowError:
        return {"not_kept": "a number in the answer is too large"}
    return {"answer": answer}


def _finish(outbox: Outbox, work: _Work) -> None:
    if work.retries:
        outbox.retry(work.retries)
    if work.ids:
        outbox.finish(
            Finished(
                ids=work.ids,
                tasks=work.tasks,
                notices=work.notices,
                messages=work.messages,
                events=work.events,
                queued=work.queued,
                forgotten=work.forgotten,
            )
        )
