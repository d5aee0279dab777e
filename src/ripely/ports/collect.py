"""Where events come in."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol, TypeAlias

import msgspec

from ripely.model.arrival import Arrival
from ripely.model.identity import Identity
from ripely.model.ids import ContactId


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


KeyKind: TypeAlias = Literal["page", "server", "reader"]


class Source(msgspec.Struct, frozen=True):
    """What has a key: pages, whose key everybody can read, a server that keeps its own, or who only reads."""

    name: str
    kind: KeyKind = "page"

    @property
    def trusted(self) -> bool:
        return self.kind == "server"


class WriteKeys(Protocol):
    async def sources(self) -> Mapping[str, Source]:
        """Return what sends with the keys that are good now, of a server by the key's fingerprint."""
        ...
