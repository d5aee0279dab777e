"""Forgetting a contact who asks for it."""

from datetime import datetime

from ripely.engine.merge import ERASED
from ripely.model.arrival import Arrival
from ripely.model.identity import Claims
from ripely.model.ids import ContactId, EventId, derive
from ripely.ports import Intake


def forget(intake: Intake, claims: Claims, now: datetime, by: str) -> ContactId:
    """Have whoever is known by this forgotten everywhere, and return who that is. It cannot be undone."""
    now_ms = round(now.timestamp() * 1000)
    identity = EventId(derive(ERASED, repr(claims), str(now_ms)))
    (contact,) = intake.take([Arrival(claims, identity, ERASED, now_ms, now_ms, {}, by)])
    return contact
