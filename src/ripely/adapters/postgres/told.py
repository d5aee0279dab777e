"""What the fold has committed, page by page, for whoever keeps it elsewhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.packing import unpack_profile
from ripely.adapters.postgres.statements import load
from ripely.adapters.postgres.story import unpack_stories
from ripely.model.ids import ContactId
from ripely.model.profile import Profile
from ripely.ports import PARTITIONS, Folded, Page, Told

SQL = load("told")
ARCHIVIST = 0x5269_7061
"""The advisory lock of the one process that writes the archive."""
_EVERY = range(PARTITIONS)


class ArchivistLock:
    """The right to write the archive; it ends with the connection."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def take(self) -> bool:
        row = self._connection.execute(SQL["take_archive"], {"archivist": ARCHIVIST}).fetchone()
        assert row is not None
        return bool(row[0])


class _Stories(Iterable[Folded]):
    """Rows of history, each unpacked as it is come to: all at once they take ten times as much memory."""

    def __init__(self, rows: Sequence[tuple[ContactId, int, bytes]]) -> None:
        self._rows = rows

    @property
    def contacts(self) -> set[ContactId]:
        return {contact for contact, _, _ in self._rows}

    @override
    def __iter__(self) -> Iterator[Folded]:
        stories = unpack_stories(body for _, _, body in self._rows)
        for (contact, position, _), story in zip(self._rows, stories, strict=True):
            yield Folded(contact, position, story.events, story.notes)


class _Profiles(Iterable[Profile]):
    """Rows of profiles, each unpacked as it is come to."""

    def __init__(self, rows: Sequence[tuple[bytes]]) -> None:
        self._rows = rows

    @override
    def __iter__(self) -> Iterator[Profile]:
        return (unpack_profile(body) for (body,) in self._rows)


class PostgresTold(Told):
    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    @override
    def after(self, positions: Mapping[int, int], limit: int) -> Page:
        with self._pool.connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            after = {partition: positions.get(partition, 0) for partition in _EVERY}
            upto = _upto(connection, after, limit)
            if upto == after:
                return Page(after, upto, (), ())
            folded = _folded(connection, after, upto)
            return Page(after, upto, folded, _latest(connection, folded.contacts, upto))


def _upto(connection: Connection[Any], after: Mapping[int, int], limit: int) -> dict[int, int]:
    """Return how far the page goes: as far as partitions are folded, but not too far at once."""
    committed: dict[int, int] = dict(connection.execute(SQL["committed"]).fetchall())
    behind = [
        after[partition] for partition in _EVERY if committed[partition] > after[partition]
    ]
    if not behind:
        return dict(after)
    window = {"after": min(behind), "upto": max(committed.values()), "limit": limit}
    row = connection.execute(SQL["window"], window).fetchone()
    most = row[0] if row is not None and row[0] is not None else window["upto"]
    return {
        partition: max(after[partition], min(committed[partition], most))
        for partition in _EVERY
    }


def _folded(
    connection: Connection[Any], after: Mapping[int, int], upto: Mapping[int, int]
) -> _Stories:
    moved = [partition for partition in _EVERY if upto[partition] > after[partition]]
    asked = {
        "least": min(after[partition] for partition in moved),
        "most": max(upto[partition] for partition in moved),
        "afters": [after[partition] for partition in _EVERY],
        "uptos": [upto[partition] for partition in _EVERY],
    }
    with connection.cursor(binary=True) as cursor:
        return _Stories(cursor.execute(SQL["stories"], asked).fetchall())


def _latest(
    connection: Connection[Any], contacts: set[ContactId], upto: Mapping[int, int]
) -> _Profiles:
    asked = {
        "contacts": list(contacts),
        "uptos": [upto[partition] for partition in _EVERY],
    }
    with connection.cursor(binary=True) as cursor:
        return _Profiles(cursor.execute(SQL["latest"], asked).fetchall())
