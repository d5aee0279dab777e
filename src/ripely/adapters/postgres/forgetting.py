"""Contacts that are forgotten, taken out of everything but the archive, which takes them out by itself.

History begins anew at once, with all else, in one transaction. The log is cleaned afterwards, chunk by
chunk: what stays of a chunk stays at its position, and nobody else's events are even unpacked.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from psycopg import Connection
from typing_extensions import override

from ripely.adapters.postgres.chunk import APPEND_LOCK, cut
from ripely.adapters.postgres.dispatcher import Dispatcher
from ripely.adapters.postgres.statements import load
from ripely.adapters.postgres.story import pack_stories, unpack_story
from ripely.engine.erasure import begun_anew, since_forgotten
from ripely.model.effect import Effect, EmitEvent, ForgetContact
from ripely.model.event import DERIVED, RULES_CHANGED, Event
from ripely.model.identity import PERSONAL
from ripely.model.ids import ContactId
from ripely.model.note import Note
from ripely.ports import Story, Traces, partition_of
from ripely.ports.dispatch import FORGOTTEN

SQL = load("forgetting")
STORIES_A_TRACE_MAX = 100
CHUNKS_AT_ONCE = 20
ERASERS = 0x5269_7066
"""The advisory lock of the one who changes chunks of the log: nobody else ever does."""
_FOREVER = 2**63 - 1
_UNTOLD = frozenset({RULES_CHANGED, "contact.resumed"})
"""Events that may be in the log and in no story, so that none is looked for."""

_pack = msgspec.msgpack.Encoder().encode
_effect = msgspec.msgpack.Decoder(Effect).decode


class Trace(msgspec.Struct, frozen=True, array_like=True):
    """One batch of a contact: so many `events` of it are in the log, the last at `position`, all behind `after`.

    With `until` only those before the event of that id are meant.
    """

    position: int
    after: int
    events: int
    until: int = 0


_traces = msgspec.msgpack.Decoder(list[Trace]).decode


def forget(connection: Connection[Any], forgotten: Sequence[ForgetContact]) -> None:
    """Do it in the transaction of the caller, which others may have to wait for to append."""
    for effect in forgotten:
        _begin_history_anew(connection, effect)
    contacts = {"contacts": [effect.contact for effect in forgotten]}
    waiting = connection.execute(SQL["waiting"], contacts).fetchall()
    until_ms = {effect.contact: effect.decided_ms for effect in forgotten}
    gone = [identity for identity, body in waiting if _ends(_effect(body), until_ms)]
    connection.execute(SQL["drop_waiting"], {"ids": gone})
    connection.execute(SQL["forget_mails"], contacts)
    columns = {"until_ms": [effect.decided_ms for effect in forgotten], "forgotten": FORGOTTEN}
    connection.execute(SQL["forget_messages"], contacts | columns)
    connection.execute(SQL["take_turn"], {"lock": APPEND_LOCK})
    connection.execute(SQL["fingerprint"], {**contacts, "kinds": sorted(PERSONAL)})
    connection.execute(SQL["forget_identities"], contacts)
    connection.execute(SQL["begin_epoch"])


def _ends(effect: Effect, until_ms: Mapping[ContactId, int]) -> bool:
    """Whether an effect decided before is dropped: all but what tells other contacts, and this very work."""
    if isinstance(effect, EmitEvent | ForgetContact):
        return False
    return effect.decided_ms <= until_ms[effect.contact]


def _begin_history_anew(connection: Connection[Any], effect: ForgetContact) -> None:
    """Let history begin with the event of the erasure, and keep where in the log the rest is."""
    stories = _backwards(connection, effect.contact)
    for position, story in stories:
        left = begun_anew(story.events, story.notes, effect.event, effect.kept)
        if left is None:
            continue
        place = {"contact": effect.contact, "position": position}
        (body,) = pack_stories([Story(*left)])
        _leave_traces(connection, effect, position, story, stories)
        connection.execute(SQL["begin_anew"], place | {"body": body})
        connection.execute(SQL["cut_history"], place)
        return


def _leave_traces(
    connection: Connection[Any],
    effect: ForgetContact,
    position: int,
    story: Story,
    earlier: Iterator[tuple[int, Story]],
) -> None:
    before = [event.id for event in story.events].index(effect.event)
    notes = len(story.notes) - len(since_forgotten(story.notes, effect.event))
    events, until = _told(story.events[:before], story.notes[:notes]), int(effect.event)
    some: list[Trace] = []
    for further, older in earlier:
        some.append(Trace(position, further, events, until))
        if len(some) == STORIES_A_TRACE_MAX:
            _leave(connection, effect.contact, some)
            some = []
        position, events, until = further, _told(older.events, older.notes), 0
    _leave(connection, effect.contact, [*some, Trace(position, 0, events, until)])


def _leave(connection: Connection[Any], contact: ContactId, some: Sequence[Trace]) -> None:
    row = {"contact": contact, "position": some[0].position, "body": _pack(some)}
    connection.execute(SQL["leave_trace"], row)


def _told(events: Sequence[Event], notes: Sequence[Note]) -> int:
    """Return how many events of the log a story comes from, repeats among them."""
    own = sum(event.source != DERIVED and event.name not in _UNTOLD for event in events)
    return own + sum(
        note.kind == "event.repeated" and note.subject not in _UNTOLD for note in notes
    )


def _backwards(connection: Connection[Any], contact: ContactId) -> Iterator[tuple[int, Story]]:
    before = _FOREVER
    while True:
        asked = {"contact": contact, "before": before, "limit": STORIES_A_TRACE_MAX}
        rows = connection.execute(SQL["latest"], asked).fetchall()
        for position, body in rows:
            yield position, unpack_story(body)
        if len(rows) < STORIES_A_TRACE_MAX:
            return
        before = rows[-1][0]


class PostgresTraces(Traces):
    def __init__(self, dispatcher: Dispatcher) -> None:
        self._connection = dispatcher.connection

    @override
    def remove(self) -> int:
        with self._connection.transaction():
            row = self._connection.execute(
                SQL["take_trace"], {"erasers": ERASERS}, prepare=True
            ).fetchone()
            if row is None:
                return 0
            contact, position, body = row
            some = _traces(body)
            asked = {"positions": [trace.position for trace in some]}
            latest = dict(self._connection.execute(SQL["chunks"], asked).fetchall())
            for trace in some:
                self._clean(contact, trace, latest.get(trace.position, b""))
            self._connection.execute(
                SQL["drop_trace"], {"contact": contact, "position": position}
            )
        return len(some)

    def _clean(self, contact: ContactId, trace: Trace, latest: bytes) -> None:
        """Take the events of a batch out, going back as far as it takes to find them all."""
        left, until = trace.events, trace.until
        for position, body in self._chunks(contact, trace, latest):
            if not left and not until:
                return
            found = cut(body, contact, until)
            if found is None:
                continue
            until = 0
            left -= sum(event.name not in _UNTOLD for event in found.events)
            if found.events:
                row = {"position": position, "body": found.body, "gone": len(found.events)}
                self._connection.execute(SQL["rewrite_chunk"], row)

    def _chunks(
        self, contact: ContactId, trace: Trace, latest: bytes
    ) -> Iterator[tuple[int, bytes]]:
        if latest:
            yield trace.position, latest
        before, lane = trace.position, 1 << partition_of(contact)
        while True:
            asked = {"after": trace.after, "before": before, "lane": lane, "limit": CHUNKS_AT_ONCE}  # fmt: skip
            rows = self._connection.execute(SQL["chunks_before"], asked).fetchall()
            yield from rows
            if len(rows) < CHUNKS_AT_ONCE:
                return
            before = rows[-1][0]
