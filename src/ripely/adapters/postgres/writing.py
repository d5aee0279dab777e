"""What a commit writes beside the positions: all of it in the transaction of the caller."""

from collections.abc import Sequence
from typing import Any

import msgspec
from psycopg import Connection

from ripely.adapters.postgres.statements import load
from ripely.adapters.postgres.story import pack_stories
from ripely.model.effect import Effect, SendMessage
from ripely.ports import Change, Commit, Parked

SQL = load("profiles")

_pack = msgspec.msgpack.Encoder().encode


def write(connection: Connection[Any], commit: Commit, bodies: Sequence[bytes]) -> None:
    """Write profiles (packed, in the order of the changes), history, timers, effects, cards and counters."""
    if commit.changes:
        _save(connection, commit.changes, bodies)
        _set_timers(connection, commit.changes)
        _put_effects(connection, [e for change in commit.changes for e in change.effects])
        _put_cards(connection, commit.changes)
        _count(connection, commit)
    for parked in commit.parked:
        _park(connection, parked)
    if commit.resumed:
        contacts = {"contacts": list(commit.resumed)}
        connection.execute(SQL["release"], contacts)
        connection.execute(SQL["clear_parked"], contacts)


def _save(
    connection: Connection[Any], changes: Sequence[Change], bodies: Sequence[bytes]
) -> None:
    contacts = [change.profile.contact for change in changes]
    _run(connection, "save", contacts=contacts, bodies=bodies)
    positions = [change.position for change in changes]
    stories = pack_stories([change.story for change in changes])
    _run(connection, "tell", contacts=contacts, positions=positions, bodies=stories)


def _set_timers(connection: Connection[Any], changes: Sequence[Change]) -> None:
    moved = [change for change in changes if change.due_s is not None]
    running = [(change.profile.contact, change.due_s) for change in moved if change.due_s]
    stopped = [change.profile.contact for change in moved if not change.due_s]
    if running:
        contacts, dues = zip(*running, strict=True)
        _run(connection, "set_timers", contacts=list(contacts), dues=list(dues))
    if stopped:
        _run(connection, "stop_timers", contacts=stopped)


def _put_effects(connection: Connection[Any], effects: Sequence[Effect]) -> None:
    messages = [effect for effect in effects if isinstance(effect, SendMessage)]
    others = [effect for effect in effects if not isinstance(effect, SendMessage)]
    if messages:
        _put_messages(connection, messages)
    if others:
        _run(
            connection,
            "put_effects",
            ids=[effect.id for effect in others],
            contacts=[effect.contact for effect in others],
            bodies=[_pack(effect) for effect in others],
        )


def _put_messages(connection: Connection[Any], messages: Sequence[SendMessage]) -> None:
    _run(
        connection,
        "put_messages",
        ids=[m.id for m in messages],
        contacts=[m.contact for m in messages],
        journeys=[m.journey for m in messages],
        versions=[m.version for m in messages],
        steps=[m.step for m in messages],
        channels=[m.channel for m in messages],
        templates=[m.template for m in messages],
        recipients=[m.recipient for m in messages],
        decided=[m.decided_ms for m in messages],
        bodies=[_pack(m) for m in messages],
        held=[m.held for m in messages],
        segments=[",".join(m.segments) for m in messages],
    )


def _put_cards(connection: Connection[Any], changes: Sequence[Change]) -> None:
    cards = [change.card for change in changes if change.card]
    if cards:
        _run(
            connection,
            "put_cards",
            contacts=[card.contact for card in cards],
            names=[card.name for card in cards],
            emails=[card.email for card in cards],
            phones=[card.phone for card in cards],
            companies=[card.company for card in cards],
            owners=[card.owner for card in cards],
            scores=[card.score for card in cards],
            levels=[card.level for card in cards],
            segments=[",".join(card.segments) for card in cards],
            created=[card.created_s for card in cards],
            seen=[card.seen_s for card in cards],
        )
    unlisted = [change.profile.contact for change in changes if change.unlisted]
    if unlisted:
        _run(connection, "drop_cards", contacts=unlisted)


def _count(connection: Connection[Any], commit: Commit) -> None:
    if not commit.counts:
        return
    kinds, subjects, items = zip(*commit.counts, strict=True)
    _run(
        connection,
        "count",
        lane=commit.partitions[0],
        kinds=list(kinds),
        subjects=list(subjects),
        items=list(items),
        ns=list(commit.counts.values()),
    )


def _park(connection: Connection[Any], parked: Parked) -> None:
    row = {
        "contact": parked.contact,
        "position": parked.position,
        "body": _pack(parked.events),
        "error": parked.error,
    }
    if parked.error:
        connection.execute(SQL["quarantine"], {"contact": parked.contact})
    connection.execute(SQL["park"], row)


def _run(connection: Connection[Any], statement: str, **values: object) -> None:
    connection.execute(SQL[statement], values, prepare=True)
