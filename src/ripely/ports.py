"""What the runtime needs from the world. Small, and named for the domain."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from ripely.model.effect import Effect, SendMessage
from ripely.model.event import Event
from ripely.model.ids import ContactId, EffectId, RulesetId
from ripely.model.note import Note
from ripely.model.profile import Profile

PARTITIONS = 16


def partition_of(contact: ContactId) -> int:
    return contact % PARTITIONS


class Batch(msgspec.Struct, frozen=True):
    """Events of some partitions after one log position up to another, in log order.

    `rules` is set when the log says that another ruleset holds from `upto` on; a batch ends there.
    """

    after: int
    upto: int
    events: tuple[tuple[int, Event], ...]
    rules: RulesetId | None = None


class Story(msgspec.Struct, frozen=True, array_like=True):
    """What one batch meant to one contact: accepted events, derived ones among them, and notes."""

    events: list[Event]
    notes: list[Note]


class Change(msgspec.Struct):
    """One contact's part of a commit. `due_s` 0 means: no timer; None: as it was."""

    profile: Profile
    position: int
    story: Story
    effects: list[Effect]
    due_s: int | None
    card: "Card | None"


class Card(msgspec.Struct, frozen=True):
    """What lists and search show of an identified contact; written when it changes."""

    contact: ContactId
    name: str
    email: str
    phone: str
    company: str
    owner: str
    score: int
    level: str
    segments: list[str]
    created_s: int
    seen_s: int


class Parked(msgspec.Struct, frozen=True):
    """Events of a contact in quarantine, and on its first day there the error that put it there."""

    contact: ContactId
    position: int
    events: list[Event]
    error: str = ""


class Commit(msgspec.Struct, frozen=True):
    """Everything one batch changed. Stored whole, or not at all."""

    partitions: tuple[int, ...]
    upto: int
    ruleset: RulesetId
    changes: Sequence[Change] = ()
    parked: Sequence[Parked] = ()
    resumed: Sequence[ContactId] = ()
    counts: Mapping[tuple[str, str, str], int] = {}


class EventLog(Protocol):
    def append(self, events: Sequence[Event]) -> int:
        """Keep events for good, in one step, and return their position. An answer means durable."""
        ...

    def read(self, partitions: Collection[int], after: int, limit: int) -> Batch:
        """Return whole chunks, about `limit` events of these partitions; none left: `upto == after`."""
        ...

    def tail(self, limit: int) -> list[Event]:
        """Return the newest events, newest first."""
        ...


class Loaded(msgspec.Struct, frozen=True):
    """Profiles found, and who of those asked for is in quarantine."""

    profiles: Mapping[ContactId, Profile]
    quarantined: frozenset[ContactId]


class ProfileStore(Protocol):
    """State of the fold, and the claim on partitions: only their holder may commit them."""

    def claim(self) -> Mapping[int, tuple[int, RulesetId]]:
        """Take a fair share of the partitions; return those held, each with its position and ruleset."""
        ...

    def load(self, contacts: Collection[ContactId]) -> Loaded: ...

    def parked(self, contact: ContactId) -> list[tuple[int, Event]]: ...

    def commit(self, commit: Commit) -> None: ...


class Timers(Protocol):
    def fire(self, now: datetime, limit: int) -> int:
        """Move due timers into the log as `timer.fired`, in one transaction; return how many."""
        ...


class Claimed(msgspec.Struct, frozen=True):
    """An effect taken from the outbox by one dispatcher, and the attempt this is (from 1)."""

    effect: Effect
    attempt: int


class Outbox(Protocol):
    """Decided work that is not a message."""

    def claim(self, limit: int) -> list[Claimed]: ...

    def done(self, ids: Collection[EffectId]) -> None: ...

    def retry(self, effect: EffectId, at: datetime, reason: str) -> None: ...


class Outcome(msgspec.Struct, frozen=True):
    """How a message ended: `sent`, `held`, `dropped`, `refused`, `failed` or `unknown`, and why."""

    id: EffectId
    outcome: str
    reason: str = ""


class Ledger(Protocol):
    """Every decided message, from decision to its one outcome."""

    def claim(self, limit: int) -> list[tuple[SendMessage, int]]:
        """Take undelivered messages, oldest first, each with the attempt this is. Nobody else gets them."""
        ...

    def settle(self, outcomes: Sequence[Outcome], receipts: Sequence[Event]) -> None:
        """Record outcomes and append their receipts to the log, in one transaction."""
        ...

    def retry(self, message: EffectId, at: datetime, reason: str) -> None: ...

    def recover(self) -> int:
        """Give messages left by a dispatcher that died the outcome `unknown`; return how many."""
        ...


class Rulesets(Protocol):
    """Published definitions, by content hash."""

    def publish(self, ruleset: RulesetId, documents: bytes) -> int:
        """Keep the documents, and say in the log that they hold from here on; return the position."""
        ...

    def documents(self, ruleset: RulesetId) -> bytes: ...

    def current(self) -> RulesetId | None: ...


class History(Protocol):
    """What happened to each contact, as the fold accepted it."""

    def of(self, contact: ContactId, before: int, limit: int) -> list[tuple[int, Story]]:
        """Return the latest stories before a log position, newest first."""
        ...

    def scan(self) -> Iterator[tuple[ContactId, int, Story]]:
        """Every story, by contact, oldest first."""
        ...


class Channel(Protocol):
    """A way to hand messages over; receipts come back as events."""

    def send(self, messages: Sequence[tuple[SendMessage, bytes]]) -> list[Outcome]: ...


class Clock(Protocol):
    def now(self) -> datetime: ...
