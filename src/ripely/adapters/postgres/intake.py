"""Arrivals into PostgreSQL: settle whose they are and append them, in one transaction.

What to ask and what to write is a generator, so that the same lines serve a connection that
waits (imports, pages) and one that does not (the collector).
"""

from collections.abc import Collection, Generator, Mapping, Sequence
from typing import Any

import msgspec
from psycopg import Connection
from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.arrays import numbers, texts
from ripely.adapters.postgres.chunk import APPEND_LOCK, Chunk, encode
from ripely.adapters.postgres.known import Guess, Known
from ripely.adapters.postgres.log import CHUNK_EVENTS_MAX
from ripely.adapters.postgres.statements import load
from ripely.engine.admission import Admission, admit
from ripely.engine.identity import Directory
from ripely.model.arrival import Arrival
from ripely.model.event import Event
from ripely.model.identity import CONTACT, Claims, Identity, contact_named
from ripely.model.ids import ContactId
from ripely.ports import Intake

SQL = load("intake")

Query = tuple[bytes, Mapping[str, Any]]
Rows = list[Any]


class Taken(msgspec.Struct, frozen=True):
    """Whose the arrivals were: by their claims where that was known, else one by one."""

    known: Mapping[Claims, ContactId]
    asked: Sequence[ContactId] = ()

    def contacts(self, arrivals: Sequence[Arrival]) -> list[ContactId]:
        asked = iter(self.asked)
        return [self.known.get(arrival.claims) or next(asked) for arrival in arrivals]


Steps = Generator[Sequence[Query], Sequence[Rows], Taken]
"""Yields queries to be sent together, takes their rows."""


def taking(arrivals: Sequence[Arrival], known: Known, beside: Sequence[Query] = ()) -> Steps:
    """Settle whose the arrivals are and append them; `beside` is done in the same transaction.

    What can be made ready before it is our turn is: while one appends, all others wait.
    """
    guess = known.guess(arrivals)
    chunks = _addressed(arrivals, guess)
    if not guess.unsure and not beside:
        ((position,),) = (yield [(SQL["append_known"], _guessed(guess, chunks))])[0]
        if position:
            known.keep(guess.epoch, guess.contacts)
            return Taken(guess.contacts)
    epoch, people = yield from _ask_in_turn(guess)
    if epoch != guess.epoch or not _agree(people, guess):
        guess, chunks = known.nothing(arrivals), []
        people = yield from _ask_again(guess)
    before = dict(people.owners)
    admission = admit(people, guess.unsure)
    learned = {i: c for i, c in people.owners.items() if before.get(i) != c} | guess.fresh
    chunks += _chunks(admission.events)
    yield [*beside, _append(admission, learned, chunks), (SQL["commit"], {})]
    known.enter(epoch + admission.moved)
    sure = {} if admission.moved else guess.contacts
    known.keep(epoch + admission.moved, sure | admission.settled)
    return Taken(guess.contacts, admission.contacts)


def _addressed(arrivals: Sequence[Arrival], guess: Guess) -> list[Chunk]:
    find = guess.contacts.get
    return _chunks([a.addressed(contact) for a in arrivals if (contact := find(a.claims))])


def _ask_in_turn(
    guess: Guess,
) -> Generator[Sequence[Query], Sequence[Rows], tuple[int, Directory]]:
    _, ((epoch,),), rows = yield [
        (SQL["begin"], {}),
        (SQL["take_turn"], {"lock": APPEND_LOCK}),
        (SQL["known"], _asked(_claimed(guess.unsure) | guess.fresh.keys())),
    ]
    return epoch, _directory(rows)


def _ask_again(guess: Guess) -> Generator[Sequence[Query], Sequence[Rows], Directory]:
    (rows,) = yield [(SQL["known"], _asked(_claimed(guess.unsure)))]
    return _directory(rows)


def _directory(rows: Rows) -> Directory:
    people = Directory()
    for kind, value, contact in rows:
        people.learn((kind, value), ContactId(contact))
    return people


def _agree(people: Directory, guess: Guess) -> bool:
    """Whether those taken for new are new, or at least the contacts they would make."""
    return all(people.owners.get(i, contact) == contact for i, contact in guess.fresh.items())


def _claimed(arrivals: Sequence[Arrival]) -> set[Identity]:
    # By whole claims first: most arrivals of a visitor have the same.
    distinct = {arrival.claims for arrival in arrivals}
    distinct.update(arrival.alias for arrival in arrivals if arrival.alias)
    return {claim for claims in distinct for claim in claims}


def _guessed(guess: Guess, chunks: Sequence[Chunk]) -> dict[str, Any]:
    return {
        "lock": APPEND_LOCK,
        "epoch": guess.epoch,
        **_columns(guess.fresh),
        "contacts": numbers(guess.fresh.values()),
        **_bodies(chunks),
    }


def _append(
    admission: Admission, learned: Mapping[Identity, ContactId], chunks: Sequence[Chunk]
) -> Query:
    ends = _ends(admission.merges)
    return SQL["append_settled"], {
        "losers": numbers(ends),
        "winners": numbers(ends.values()),
        **_columns(learned),
        "contacts": numbers(learned.values()),
        "moved": admission.moved,
        **_bodies(chunks),
    }


def _ends(merges: Sequence[tuple[ContactId, ContactId]]) -> dict[ContactId, ContactId]:
    """Pair each loser with the contact that it ends up in, however many merges later."""
    ends: dict[ContactId, ContactId] = {}
    for loser, winner in reversed(merges):
        ends[loser] = ends.get(winner, winner)
    return ends


def _asked(claimed: Collection[Identity]) -> dict[str, str]:
    named = (contact_named(claim) for claim in claimed if claim[0] == CONTACT)
    return _columns(claimed) | {"named": numbers(named)}


def _columns(identities: Collection[Identity]) -> dict[str, str]:
    return {
        "kinds": numbers(kind for kind, _ in identities),
        "names": texts(name for _, name in identities),
    }


def _chunks(events: Sequence[Event]) -> list[Chunk]:
    starts = range(0, len(events), CHUNK_EVENTS_MAX)
    return [encode(events[start : start + CHUNK_EVENTS_MAX]) for start in starts]


def _bodies(chunks: Sequence[Chunk]) -> dict[str, Any]:
    return {
        "lanes": numbers(chunk.lanes for chunk in chunks),
        "counts": numbers(chunk.events for chunk in chunks),
        "bodies": [chunk.body for chunk in chunks],
    }


class PostgresIntake(Intake):
    """For callers that may wait: imports, pages, commands."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool
        self._known = Known()

    @override
    def take(self, arrivals: Sequence[Arrival]) -> list[ContactId]:
        if not arrivals:
            return []
        with self._pool.connection() as connection:
            taken = run(connection, taking(arrivals, self._known))
        return taken.contacts(arrivals)

    @override
    def repoint(self, identities: Collection[Identity], contact: ContactId) -> None:
        moved = dict.fromkeys(identities, contact)
        with self._pool.connection() as connection:
            run(connection, _repointing(moved))


def _repointing(moved: Mapping[Identity, ContactId]) -> Steps:
    admission = Admission([], [], {}, [], moved=True)
    yield [
        (SQL["begin"], {}),
        (SQL["take_turn"], {"lock": APPEND_LOCK}),
        _append(admission, moved, ()),
        (SQL["commit"], {}),
    ]
    return Taken({})


def run(connection: Connection[Any], steps: Steps) -> Taken:
    try:
        queries = next(steps)
        while True:
            queries = steps.send(_ask(connection, queries))
    except StopIteration as done:
        taken: Taken = done.value
        return taken
    except Exception:
        connection.rollback()
        raise


def _ask(connection: Connection[Any], queries: Sequence[Query]) -> list[Rows]:
    with connection.pipeline():
        cursors = [connection.execute(*query, prepare=True) for query in queries]
    return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
