"""What the fold reads and writes: profiles, history, timers, rules."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from ripely.model.effect import Effect
from ripely.model.event import Event
from ripely.model.ids import ContactId, RulesetId
from ripely.model.note import Note
from ripely.model.profile import Profile


class Story(msgspec.Struct, frozen=True, array_like=True):
    """What one batch meant to one contact: accepted events, derived ones among them, and notes."""

    events: list[Event]
    notes: list[Note]


class Unreadable(Story, frozen=True):
    """A story that is damaged where it is stored: it tells nothing, but why that is."""

    why: str


class Change(msgspec.Struct):
    """One contact's part of a commit. `due_s` 0 means: no timer; None: as it was.

    `card` is None when it is as it was, too; `unlisted` says that there is none any more.
    """

    profile: Profile
    position: int
    story: Story
    effects: list[Effect]
    due_s: int | None
    card: "Card | None"
    unlisted: bool = False


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


class Loaded(msgspec.Struct, frozen=True):
    """Profiles found, and who of those asked for is in quarantine."""

    profiles: Mapping[ContactId, Profile]
    quarantined: frozenset[ContactId]


class Profiles(Protocol):
    """Profiles for reading, by whoever is not their writer."""

    def load(self, contacts: Collection[ContactId]) -> Loaded: ...


class UnstorableError(Exception):
    """Something in a commit cannot be stored, now or ever; nothing of it was."""


class ProfileStore(Protocol):
    """State of the fold, and the claim on partitions: only their holder may commit them."""

    def claim(self) -> Mapping[int, tuple[int, RulesetId]]:
        """Take a fair share of the partitions; return those held, each with its position and ruleset."""
        ...

    def load(self, contacts: Collection[ContactId]) -> Loaded: ...

    def parked(self, contact: ContactId) -> list[tuple[int, Event]]: ...

    def commit(self, commit: Commit) -> None:
        """Store it all. Raises `UnstorableError`."""
        ...

    def refused(self, commit: Commit) -> str:
        """Return why a commit cannot be stored, or nothing; nothing of it is stored either way."""
        ...


class Timers(Protocol):
    def fire(self, now: datetime, limit: int) -> int:
        """Move due timers into the log as `timer.fired`, in one transaction; return how many."""
        ...


class Rulesets(Protocol):
    """Published definitions, by content hash."""

    def publish(self, ruleset: RulesetId, documents: bytes) -> int:
        """Keep the documents, and say in the log that they hold from here on; return the position."""
        ...

    def documents(self, ruleset: RulesetId) -> bytes: ...

    def current(self) -> RulesetId | None: ...

    def markers(self) -> list[tuple[int, RulesetId]]:
        """Return what was ever published, oldest first: the log position after which it holds, and what."""
        ...


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

    def waits(self, events_max: int) -> bool:
        """Whether so many events, or more, are in the log and not folded yet."""
        ...

    def advance(self, sweep: Sweep, events: Sequence[Event]) -> None:
        """Append the events and say how far the sweep is, in one transaction. The slower of two does nothing."""
        ...


class History(Protocol):
    """What happened to each contact, as the fold accepted it. A damaged story is `Unreadable`, and the rest goes on."""

    def of(self, contact: ContactId, before: int, limit: int) -> list[tuple[int, Story]]:
        """Return the latest stories before a log position, newest first."""
        ...

    def contacts(self) -> int:
        """How many contacts there are, about."""
        ...

    def newer(self, position: int, limit: int) -> list[ContactId]:
        """Return contacts of whom something is told after a log position."""
        ...

    def scan(
        self,
        partitions: Collection[int] | None = None,
        contacts: Collection[ContactId] | None = None,
    ) -> Iterator[tuple[ContactId, int, Story]]:
        """Every story, or those of the contacts of some partitions, or of some contacts: by contact, oldest first."""
        ...
