"""Outbox -> what it asks for: tasks, notices, calls of other systems, events to other contacts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import assert_never

import msgspec

from ripely.model.effect import (
    CallWebhook,
    CreateTask,
    EmitEvent,
    NotifyPerson,
    SendMessage,
)
from ripely.model.event import Event
from ripely.model.ids import EffectId, EventId, TemplateId, derive
from ripely.ports import Claimed, Clock, Finished, Outbox, Retry, WebhookCaller, WebhookError
from ripely.render.mime import wire_address
from ripely.runtime.dispatch import NOTICE, retry_at
from ripely.runtime.webhook import signed_request

CLAIM_MAX = 200
CALLS_AT_ONCE_MAX = 8
CALL_ATTEMPTS_MAX = 8
_OK = range(200, 300)
_MESSENGERS_WORD = "transactional"


class Effects(msgspec.Struct, frozen=True):
    """What performing effects needs of the world."""

    outbox: Outbox
    caller: WebhookCaller
    webhook_key: bytes
    clock: Clock


class _Work(msgspec.Struct):
    ids: list[EffectId] = []
    tasks: list[CreateTask] = []
    notices: list[NotifyPerson] = []
    messages: list[SendMessage] = []
    events: list[Event] = []
    retries: list[Retry] = []


def perform_once(effects: Effects) -> int:
    """Do what is due; return how many effects that were."""
    claimed = effects.outbox.claim(CLAIM_MAX)
    if not claimed:
        return 0
    now = effects.clock.now()
    work = _Work()
    calls = [one for one in claimed if isinstance(one.effect, CallWebhook)]
    for one in claimed:
        if not isinstance(one.effect, CallWebhook):
            _plan(work, one, now)
    _finish(effects.outbox, work)
    if calls:
        _call_all(effects, calls, now)
    return len(claimed)


def _plan(work: _Work, claimed: Claimed, now: datetime) -> None:
    effect = claimed.effect
    match effect:
        case CreateTask():
            work.tasks.append(effect)
        case NotifyPerson():
            work.notices.append(effect)
            if wire_address(effect.to):
                work.messages.append(_notice(effect))
        case EmitEvent():
            work.events.append(_event(effect, now))
        case SendMessage():
            work.messages.append(effect)
        case CallWebhook():
            return
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


def _event(effect: EmitEvent, now: datetime) -> Event:
    now_ms = int(now.timestamp() * 1000)
    return Event(
        id=effect.event or EventId(derive("emitted", effect.id)),
        contact=effect.target,
        name=effect.name,
        occurred_ms=min(effect.occurred_ms or effect.decided_ms, now_ms),
        received_ms=now_ms,
        properties=effect.properties,
        source=effect.source,
    )


def _call_all(effects: Effects, calls: Sequence[Claimed], now: datetime) -> None:
    with ThreadPoolExecutor(CALLS_AT_ONCE_MAX) as threads:
        answers = list(threads.map(partial(_call, effects, now), calls))
    work = _Work()
    for claimed, (status, reason, lasting) in zip(calls, answers, strict=True):
        if not lasting and claimed.attempt < CALL_ATTEMPTS_MAX:
            work.retries.append(
                Retry(claimed.effect.id, retry_at(claimed.attempt, now), reason)
            )
            continue
        work.ids.append(claimed.effect.id)
        work.events.append(_answer(claimed, status, reason, effects.clock.now()))
    _finish(effects.outbox, work)


def _call(effects: Effects, now: datetime, claimed: Claimed) -> tuple[int, str, bool]:
    """Return the status, what went wrong, and whether asking again is pointless."""
    effect = claimed.effect
    assert isinstance(effect, CallWebhook)
    headers, body = signed_request(effects.webhook_key, effect, now)
    try:
        status = effects.caller.call(effect.url, headers, body)
    except WebhookError as error:
        return 0, str(error), error.permanent
    return status, "" if status in _OK else f"answered {status}", status in _OK or status == 410


def _answer(claimed: Claimed, status: int, reason: str, now: datetime) -> Event:
    effect = claimed.effect
    now_ms = int(now.timestamp() * 1000)
    told = {"journey": effect.journey, "step": effect.step, "status": status}
    return Event(
        id=EventId(derive("answer", effect.id)),
        contact=effect.contact,
        name="webhook.failed" if reason else "webhook.answered",
        occurred_ms=now_ms,
        received_ms=now_ms,
        properties=told | ({"reason": reason} if reason else {}),
        source="dispatch",
    )


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
            )
        )
