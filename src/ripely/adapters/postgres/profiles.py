"""The state of the fold in PostgreSQL: one msgpack a contact, everything of a batch in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import psycopg
from psycopg import Connection
from typing_extensions import override

from ripely.adapters.postgres.packing import pack_profile, unpack_profile
from ripely.adapters.postgres.partitions import Partitions
from ripely.adapters.postgres.statements import load
from ripely.adapters.postgres.writing import write
from ripely.model.event import Event
from ripely.model.ids import ContactId, RulesetId
from ripely.ports import Commit, Loaded, ProfileStore, UnstorableError

SQL = load("profiles")
CACHED_MAX = 100_000
# OverflowError: a number that no 64 bits hold.
_UNSTORABLE = (OverflowError, psycopg.DataError, psycopg.errors.ProgramLimitExceeded)

_events = msgspec.msgpack.Decoder(list[Event]).decode


class NotOursError(Exception):
    """Another worker has moved the partition: this one's work must not be committed."""


class PostgresProfiles(ProfileStore):
    """One worker's view. Profiles read or written stay in memory, packed: nobody else writes them."""

    def __init__(self, connection: Connection[Any]) -> None:
        """Take a connection in autocommit that is used for nothing else."""
        self._connection = connection
        self._partitions = Partitions(connection)
        self._cache: dict[ContactId, bytes] = {}

    @override
    def claim(self) -> Mapping[int, tuple[int, RulesetId]]:
        if self._partitions.balance():
            self._cache.clear()
        return self._partitions.places

    @override
    def load(self, contacts: Collection[ContactId]) -> Loaded:
        cached = self._cache
        missing = [contact for contact in contacts if contact not in cached]
        quarantined: set[ContactId] = set()
        bodies = {contact: cached[contact] for contact in contacts if contact in cached}
        for contact, body, stopped in self._fetch(missing) if missing else ():
            if stopped:
                quarantined.add(contact)
            if body:
                bodies[contact] = body
        profiles = {contact: unpack_profile(body) for contact, body in bodies.items()}
        return Loaded(profiles, frozenset(quarantined))

    @override
    def parked(self, contact: ContactId) -> list[tuple[int, Event]]:
        rows = self._connection.execute(SQL["parked"], {"contact": contact}).fetchall()
        return [(position, event) for position, body in rows for event in _events(body)]

    @override
    def commit(self, commit: Commit) -> None:
        try:
            bodies = [pack_profile(change.profile) for change in commit.changes]
            with self._connection.transaction():
                self._advance(commit)
                with self._connection.pipeline():
                    write(self._connection, commit, bodies)
        except _UNSTORABLE as wrong:
            self._cache.clear()
            raise UnstorableError(str(wrong)) from wrong
        except BaseException:
            self._cache.clear()
            raise
        self._partitions.advance(commit.partitions, commit.upto, commit.ruleset)
        self._remember(commit, bodies)

    @override
    def refused(self, commit: Commit) -> str:
        try:
            with self._connection.transaction(force_rollback=True), self._connection.pipeline():
                write(
                    self._connection, commit, [pack_profile(c.profile) for c in commit.changes]
                )
        except _UNSTORABLE as wrong:
            return str(wrong)
        return ""

    def _fetch(self, contacts: Sequence[ContactId]) -> list[Any]:
        with self._connection.cursor(binary=True) as cursor:
            return cursor.execute(SQL["load"], {"contacts": contacts}, prepare=True).fetchall()

    def _advance(self, commit: Commit) -> None:
        """Move the positions, or find that somebody else has."""
        after = {self._partitions.places[partition][0] for partition in commit.partitions}
        assert len(after) == 1, "partitions of one batch stand at one position"
        moved = self._connection.execute(
            SQL["advance"],
            {
                "upto": commit.upto,
                "ruleset": commit.ruleset,
                "partitions": list(commit.partitions),
                "after": after.pop(),
            },
            prepare=True,
        )
        if moved.rowcount != len(commit.partitions):
            raise NotOursError(commit.partitions)

    def _remember(self, commit: Commit, bodies: Sequence[bytes]) -> None:
        cache = self._cache
        if len(cache) + len(bodies) > CACHED_MAX:
            cache.clear()
        for change, body in zip(commit.changes, bodies, strict=True):
            cache[change.profile.contact] = body
        for parked in commit.parked:
            cache.pop(parked.contact, None)
