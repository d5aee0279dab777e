"""What the runtime needs from the world. Small, and named for the domain."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import msgspec

from ripely.model.arrival import Arrival
from ripely.model.effect import CreateTask, Effect, NotifyPerson, SendMessage
from ripely.model.event import Event
from ripely.model.identity import Identity
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

    def read(
        self, partitions: Collection[int], after: int, limit: int, upto: int | None = None
    ) -> Batch:
        """Return whole chunks, about `limit` events of these partitions, none of them after `upto`.

        Nothing left: the batch has `upto == after`.
        """
        ...

    def tail(self, limit: int) -> list[Event]:
        """Return the newest events, newest first."""
        ...


class Intake(Protocol):
    """The door of the log: it settles whose an event is, and keeps it, in one transaction."""

    def take(self, arrivals: Sequence[Arrival]) -> list[ContactId]:
        """Return the contact of each arrival, in the same order, when all of them are durable."""
        ...

    def repoint(self, identities: Collection[Identity], contact: ContactId) -> None:
        """Give identities to a contact by hand, as undoing a merge must."""
        ...


class Progress(msgspec.Struct, frozen=True):
    """How much of a file is imported, in bytes and lines of it, and what came of them.

    `told_bytes` is how long the list of rejected lines is then.
    """

    end: int = 0
    lines: int = 0
    events: int = 0
    rejected: int = 0
    told_bytes: int = 0
    finished: bool = False


class Import(Protocol):
    """A file on its way in. What is in is in, whatever becomes of the process."""

    @property
    def progress(self) -> Progress: ...

    def take(self, arrivals: Sequence[Arrival], progress: Progress) -> None:
        """Keep arrivals, and how far the file is read with them, in one transaction."""
        ...


class Imports(Protocol):
    def open(self, key: str, file: str) -> AbstractContextManager[Import]:
        """Go on with an import, or begin it. Raises `ImportedElsewhereError`."""
        ...


class ImportedElsewhereError(Exception):
    """Another process imports this file right now."""


class Gate(Protocol):
    """The same door for many small requests at once: they share transactions."""

    async def put(self, arrivals: Sequence[Arrival]) -> None:
        """Return when the arrivals are durable, or raise `OverloadedError` when they are not."""
        ...


class OverloadedError(Exception):
    """Nothing was kept; it may be tried again. `refused` when trying again cannot help."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.refused = refused


class WriteKeys(Protocol):
    async def sources(self) -> Mapping[str, str]:
        """Return the keys that are good now, each with the name of what sends with it."""
        ...


class Loaded(msgspec.Struct, frozen=True):
    """Profiles found, and who of those asked for is in quarantine."""

    profiles: Mapping[ContactId, Profile]
    quarantined: frozenset[ContactId]


class Profiles(Protocol):
    """Profiles for reading, by whoever is not their writer."""

    def load(self, contacts: Collection[ContactId]) -> Loaded: ...


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


class Retry(msgspec.Struct, frozen=True):
    """Not now, but at a later moment, and why."""

    id: EffectId
    at: datetime
    reason: str


class Finished(msgspec.Struct, frozen=True):
    """Effects that are done, and what came of them: stored together, or not at all."""

    ids: Sequence[EffectId]
    tasks: Sequence[CreateTask] = ()
    notices: Sequence[NotifyPerson] = ()
    messages: Sequence[SendMessage] = ()
    events: Sequence[Event] = ()


class Outbox(Protocol):
    """Decided work that is not a message."""

    def claim(self, limit: int) -> list[Claimed]:
        """Take effects that are due, oldest first. Nobody else gets them while this dispatcher lives."""
        ...

    def finish(self, finished: Finished) -> None: ...

    def retry(self, retries: Sequence[Retry]) -> None: ...


class Outcome(msgspec.Struct, frozen=True):
    """How a message ended: `sent`, `held`, `dropped`, `refused`, `failed` or `unknown`, and why.

    From a channel also `deferred`: it was not taken and may be tried again.
    """

    id: EffectId
    outcome: str
    reason: str = ""


class Settled(msgspec.Struct, frozen=True):
    """The one outcome of a message, and the event that tells it."""

    outcome: Outcome
    receipt: Event


class Ledger(Protocol):
    """Every decided message, from decision to its one outcome."""

    def claim(self, limit: int) -> list[tuple[SendMessage, int]]:
        """Take messages that are due, oldest first, each with the attempt this is.

        Nobody else gets them while this dispatcher lives.
        """
        ...

    def hand_over(self, ids: Collection[EffectId]) -> frozenset[EffectId]:
        """Say that these may leave from now on, and return those that are still ours to send."""
        ...

    def settle(self, settled: Sequence[Settled]) -> None:
        """Record outcomes and append their receipts to the log, in one transaction.

        One that is no longer ours has its outcome from somebody else: it is passed over.
        """
        ...

    def retry(self, retries: Sequence[Retry]) -> None: ...

    def recover(self) -> list[SendMessage]:
        """Take over what dispatchers left that died. Free what surely has not left; return the rest."""
        ...


class Sent(msgspec.Struct, frozen=True):
    """What a link in a mail needs to know of the message it is in."""

    contact: ContactId
    journey: str
    step: str
    template: str
    sent_ms: int


class Correspondence(Protocol):
    """Mail that has been sent, for the addresses that it calls back."""

    def find(self, message: EffectId) -> Sent | None: ...

    def count(self, template: str, what: str) -> None:
        """Count an open or a click of somebody who may be counted but not followed."""
        ...


class Rulesets(Protocol):
    """Published definitions, by content hash."""

    def publish(self, ruleset: RulesetId, documents: bytes) -> int:
        """Keep the documents, and say in the log that they hold from here on; return the position."""
        ...

    def documents(self, ruleset: RulesetId) -> bytes: ...

    def current(self) -> RulesetId | None: ...


class Sweep(msgspec.Struct, frozen=True):
    """The next contacts to be asked about rules that hold from `position` on; none: the end."""

    position: int
    ruleset: RulesetId
    previous: RulesetId
    after: int
    contacts: Sequence[ContactId]


class Sweeps(Protocol):
    """Going through all contacts after the rules changed, so that the idle ones are right too."""

    def next(self, limit: int) -> Sweep | None: ...

    def advance(self, sweep: Sweep, events: Sequence[Event]) -> None:
        """Append the events and say how far the sweep is, in one transaction. The slower of two does nothing."""
        ...


class History(Protocol):
    """What happened to each contact, as the fold accepted it."""

    def of(self, contact: ContactId, before: int, limit: int) -> list[tuple[int, Story]]:
        """Return the latest stories before a log position, newest first."""
        ...

    def scan(self) -> Iterator[tuple[ContactId, int, Story]]:
        """Every story, by contact, oldest first."""
        ...


class Delivery(msgspec.Struct, frozen=True):
    """A message as it leaves: from whom, to whom, and its bytes."""

    id: EffectId
    sender: str
    recipient: str
    content: bytes


class Channel(Protocol):
    """A way to hand messages over."""

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Try each once, and say of each how it went. One that fails stops no other."""
        ...


class WebhookCaller(Protocol):
    """Calls addresses of other systems."""

    def call(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Post, and return the status of the answer. Without one: `WebhookError`."""
        ...


class WebhookError(Exception):
    """Nobody answered, or the address may not be called (`permanent`)."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class KeptMail(msgspec.Struct, frozen=True):
    """A mail that the demo's own server received."""

    id: int
    received_at: datetime
    recipient: str
    content: bytes


class Mailbox(Protocol):
    """Where the demo's own mail server puts what it receives; only the newest stay."""

    def keep(self, recipient: str, content: bytes) -> None: ...

    def newest(self, limit: int) -> list[KeptMail]: ...

    def find(self, mail: int) -> KeptMail | None: ...


class Clock(Protocol):
    def now(self) -> datetime: ...
