"""Arrivals into PostgreSQL: settle whose they are and append them, in one transaction.

What to ask and what to write is a generator, so that the same lines serve a connection that
waits (imports, pages) and one that does not (the collector).
"""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.arrays import numbers, texts
from ripely.adapters.postgres.chunk import APPEND_LOCK, encode
from ripely.adapters.postgres.known import Guess, Known, identities
from ripely.adapters.postgres.log import CHUNK_EVENTS_MAX
from ripely.adapters.postgres.statements import load
from ripely.engine.admission import Admission, admit
from ripely.engine.identity import Directory
from ripely.model.arrival import Arrival
from ripely.model.event import Event
from ripely.model.identity import CONTACT, Identity, contact_named
from ripely.model.ids import ContactId
from ripely.ports import Intake

SQL = load("intake")

Query = tuple[bytes, Mapping[str, Any]]
Rows = list[Any]
Steps = Generator[Sequence[Query], Sequence[Rows], list[ContactId]]
"""Yields queries to be sent together, takes their rows, returns contacts."""


def taking(arrivals: Sequence[Arrival], known: Known) -> Steps:
    guess = known.guess(arrivals)
    if guess is not None:
        ((position,),) = (yield [(SQL["append_known"], _guessed(guess))])[0]
        if position:
            known.keep(guess.epoch, guess.fresh)
            return guess.contacts
    return (yield from settling(arrivals, known))


def settling(arrivals: Sequence[Arrival], known: Known, beside: Sequence[Query] = ()) -> Steps:
    """Ask whose the arrivals are, then append; `beside` is done in the same transaction."""
    claimed = _claimed(arrivals)
    _, ((epoch,),), rows = yield [
        (SQL["begin"], {}),
        (SQL["take_turn"], {"lock": APPEND_LOCK}),
        (SQL["known"], _columns(claimed) | {"named": numbers(_named(claimed))}),
    ]
    people = Directory()
    for kind, value, contact in rows:
        people.learn((kind, value), ContactId(contact))
    before = dict(people.owners)
    admission = admit(people, arrivals)
    learned = {i: c for i, c in people.owners.items() if before.get(i) != c}
    yield [*beside, _append(admission, learned), (SQL["commit"], {})]
    known.enter(epoch + admission.moved)
    known.keep(epoch + admission.moved, admission.settled)
    return admission.contacts


def _claimed(arrivals: Sequence[Arrival]) -> set[Identity]:
    # By whole claims first: most arrivals of a visitor have the same.
    distinct = {arrival.claims for arrival in arrivals}
    distinct.update(arrival.alias for arrival in arrivals if arrival.alias)
    return {claim for claims in distinct for claim in claims}


def _guessed(guess: Guess) -> dict[str, Any]:
    fresh = identities(guess.fresh)
    return {
        "lock": APPEND_LOCK,
        "epoch": guess.epoch,
        **_columns(fresh),
        "contacts": numbers(fresh.values()),
        **_chunks(guess.events),
    }


def _append(admission: Admission, learned: Mapping[Identity, ContactId]) -> Query:
    ends = _ends(admission.merges)
    return SQL["append_settled"], {
        "losers": numbers(ends),
        "winners": numbers(ends.values()),
        **_columns(learned),
        "contacts": numbers(learned.values()),
        "moved": admission.moved,
        **_chunks(admission.events),
    }


def _ends(merges: Sequence[tuple[ContactId, ContactId]]) -> dict[ContactId, ContactId]:
    """Pair each loser with the contact that it ends up in, however many merges later."""
    ends: dict[ContactId, ContactId] = {}
    for loser, winner in reversed(merges):
        ends[loser] = ends.get(winner, winner)
    return ends


def _columns(identities: Collection[Identity]) -> dict[str, str]:
    return {
        "kinds": numbers(kind for kind, _ in identities),
        "names": texts(name for _, name in identities),
    }


def _named(claimed: Iterable[Identity]) -> list[ContactId]:
    return [contact_named(claim) for claim in claimed if claim[0] == CONTACT]


def _chunks(events: Sequence[Event]) -> dict[str, Any]:
    starts = range(0, len(events), CHUNK_EVENTS_MAX)
    chunks = [encode(events[start : start + CHUNK_EVENTS_MAX]) for start in starts]
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
            return run(connection, taking(arrivals, self._known))

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
        _append(admission, moved),
        (SQL["commit"], {}),
    ]
    return list(moved.values())


def run(connection: Connection[Any], steps: Steps) -> list[ContactId]:
    try:
        queries = next(steps)
        while True:
            queries = steps.send(_ask(connection, queries))
    except StopIteration as done:
        contacts: list[ContactId] = done.value
        return contacts
    except Exception:
        connection.rollback()
        raise


def _ask(connection: Connection[Any], queries: Sequence[Query]) -> list[Rows]:
    with connection.pipeline():
        cursors = [connection.execute(*query, prepare=True) for query in queries]
    return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
