"""The outbox and the ledger in memory. A `Claimant` stands for one dispatcher's session."""

from collections.abc import Collection, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import datetime

import msgspec
from typing_extensions import override

from ripely.adapters.memory.log import MemoryLog
from ripely.engine.erasure import begun_anew
from ripely.model.effect import (
    CreateTask,
    Effect,
    EmitEvent,
    ForgetContact,
    NotifyPerson,
    SendMessage,
)
from ripely.model.ids import ContactId, EffectId, TeamId
from ripely.ports import (
    Chosen,
    Claimed,
    Clock,
    Finished,
    Ledger,
    Outbox,
    Outcome,
    Retry,
    Settled,
    Story,
)
from ripely.ports.dispatch import FORGOTTEN

Placed = list[tuple[int, Story]]
_STATE = ("effects", "tasks", "queue", "released", "reasons", "chosen", "notices", "messages")


class Claimant:
    """Set `alive` to False and it is a dispatcher that was killed."""

    def __init__(self) -> None:
        self.alive = True


class _Entry(msgspec.Struct):
    effect: Effect
    next_at: datetime | None = None
    attempts: int = 0
    claimed_by: Claimant | None = None
    handed: bool = False
    outcome: Outcome | None = None

    def due(self, now: datetime) -> bool:
        waits = self.next_at is not None and self.next_at > now
        return self.outcome is None and self.claimed_by is None and not waits

    def take(self, claimant: Claimant) -> None:
        self.claimed_by, self.attempts = claimant, self.attempts + 1

    @property
    def left_behind(self) -> bool:
        return (
            self.outcome is None and self.claimed_by is not None and not self.claimed_by.alive
        )


class Desk:
    """What is decided and what has come of it, shared by all claimants."""

    def __init__(
        self,
        log: MemoryLog,
        clock: Clock,
        stories: MutableMapping[ContactId, Placed] | None = None,
    ) -> None:
        self.log = log
        self.stories = {} if stories is None else stories
        self.clock = clock
        self.messages: dict[EffectId, _Entry] = {}
        self.effects: dict[EffectId, _Entry] = {}
        self.tasks: dict[EffectId, CreateTask] = {}
        self.notices: dict[EffectId, NotifyPerson] = {}
        self.queue: dict[EffectId, CreateTask] = {}
        self.released: dict[EffectId, datetime] = {}
        self.reasons: dict[TeamId, str] = {}
        self.chosen: list[tuple[TeamId, Chosen]] = []
        self.done: set[EffectId] = set()

    def put(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            place = self.messages if isinstance(effect, SendMessage) else self.effects
            place.setdefault(effect.id, _Entry(effect))

    def forget(self, effect: ForgetContact) -> None:
        """Take a contact out of everything."""
        contact = effect.contact
        for place in (self.queue, self.notices):
            for key in [key for key, one in place.items() if one.contact == contact]:
                del place[key]
        for key, task in self.tasks.items():
            if task.contact == contact:
                self.tasks[key] = msgspec.structs.replace(task, title=FORGOTTEN, script="")
                self.done.add(key)
        for one in [entry.effect for entry in self.effects.values()]:
            if one.contact == contact and not isinstance(one, EmitEvent | ForgetContact):
                del self.effects[one.id]
        for message, entry in self.messages.items():
            sent = _message(entry)
            if sent.contact == contact and sent.decided_ms <= effect.decided_ms:
                entry.outcome = entry.outcome or Outcome(message, "held", FORGOTTEN)
                entry.effect = msgspec.structs.replace(sent, recipient="", facts={}, entry={})
        self._begin_history_anew(effect)

    def _begin_history_anew(self, effect: ForgetContact) -> None:
        stories = self.stories.get(effect.contact, [])
        for n, (position, story) in enumerate(stories):
            left = begun_anew(story.events, story.notes, effect.event, effect.kept)
            if left is not None:
                stories[: n + 1] = [(position, Story(*left))]
                self.log.take_out(effect.contact, position, effect.event)
                return

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Put everything back as it was when what is done inside fails."""
        before = {name: copy(value) for name, value in vars(self).items() if name in _STATE}
        told = len(self.log.chunks)
        try:
            yield
        except BaseException:
            vars(self).update(before)
            del self.log.chunks[told:]
            raise

    def outcomes(self) -> dict[EffectId, Outcome | None]:
        return {key: entry.outcome for key, entry in self.messages.items()}


class MemoryLedger(Ledger):
    def __init__(self, desk: Desk, claimant: Claimant) -> None:
        self._desk = desk
        self._me = claimant

    @override
    def claim(self, limit: int) -> list[tuple[SendMessage, int]]:
        now = self._desk.clock.now()
        due = [entry for entry in self._desk.messages.values() if entry.due(now)][:limit]
        for entry in due:
            entry.take(self._me)
        return [(_message(entry), entry.attempts) for entry in due]

    @override
    def hand_over(self, ids: Collection[EffectId]) -> frozenset[EffectId]:
        ours = [message for message in ids if self._ours(message)]
        for message in ours:
            self._desk.messages[message].handed = True
        return frozenset(ours)

    @override
    def settle(self, settled: Sequence[Settled]) -> None:
        ours = [one for one in settled if self._ours(one.outcome.id)]
        for one in ours:
            self._desk.messages[one.outcome.id].outcome = one.outcome
        if ours:
            self._desk.log.append([one.receipt for one in ours])

    @override
    def retry(self, retries: Sequence[Retry]) -> None:
        for retry in retries:
            if self._ours(retry.id):
                entry = self._desk.messages[retry.id]
                entry.claimed_by, entry.handed, entry.next_at = None, False, retry.at

    @override
    def recover(self) -> list[SendMessage]:
        left = [entry for entry in self._desk.messages.values() if entry.left_behind]
        for entry in left:
            entry.claimed_by = self._me if entry.handed else None
        return [_message(entry) for entry in left if entry.handed]

    def _ours(self, message: EffectId) -> bool:
        entry = self._desk.messages[message]
        return entry.claimed_by is self._me and entry.outcome is None


class MemoryOutbox(Outbox):
    def __init__(self, desk: Desk, claimant: Claimant) -> None:
        self._desk = desk
        self._me = claimant

    @override
    def claim(self, limit: int) -> list[Claimed]:
        for entry in self._desk.effects.values():
            if entry.left_behind:
                entry.claimed_by = None
        now = self._desk.clock.now()
        due = [entry for entry in self._desk.effects.values() if entry.due(now)][:limit]
        for entry in due:
            entry.take(self._me)
        return [Claimed(entry.effect, entry.attempts) for entry in due]

    @override
    def finish(self, finished: Finished) -> None:
        for task in finished.tasks:
            self._desk.tasks.setdefault(task.id, task)
        for notice in finished.notices:
            self._desk.notices.setdefault(notice.id, notice)
        for task in finished.queued:
            if task.id not in self._desk.tasks:
                self._desk.queue.setdefault(task.id, task)
        for effect in finished.forgotten:
            self._desk.forget(effect)
        self._desk.put(finished.messages)
        for identity in finished.ids:
            self._desk.effects.pop(identity, None)
        if finished.events:
            self._desk.log.append(finished.events)

    @override
    def retry(self, retries: Sequence[Retry]) -> None:
        for retry in retries:
            entry = self._desk.effects[retry.id]
            entry.claimed_by, entry.next_at = None, retry.at


def _message(entry: _Entry) -> SendMessage:
    assert isinstance(entry.effect, SendMessage)
    return entry.effect
