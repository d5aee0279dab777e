"""Messages that came too late and wait for a person, who lets them go or drops them."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from django.db import connection, transaction

from ripely.model.effect import SendMessage
from ripely.records.hot.models import DecidedMessage
from ripely.runtime.lateness import FOR_A_PERSON, dropped, released

LATE_SHOWN = 100
ANSWERS: Mapping[str, Callable[[SendMessage], SendMessage]] = {
    "release": released,
    "drop": dropped,
}
SAID = {"release": "It is sent now.", "drop": "It is dropped."}
"""What to say to the person when an answer is noted."""

_decode = msgspec.msgpack.Decoder(SendMessage).decode


def late() -> Sequence[DecidedMessage]:
    """Return messages that wait for a person, the oldest decision first."""
    rows = DecidedMessage.objects.filter(outcome=None, next_at__gte=FOR_A_PERSON)
    return list(rows.order_by("decided_at", "id")[:LATE_SHOWN])


def answer(message: str, how: str) -> bool:
    """Give a late message back to the dispatcher with a person's word; False: it waits no more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT body FROM messages WHERE id = %s AND outcome IS NULL"
            " AND claimed_by IS NULL AND next_at >= %s FOR UPDATE",
            [message, FOR_A_PERSON],
        )
        row = cursor.fetchone()
        if row is None:
            return False
        body = msgspec.msgpack.encode(ANSWERS[how](_decode(bytes(row[0]))))
        cursor.execute(
            "UPDATE messages SET body = %s, next_at = now(), reason = '' WHERE id = %s",
            [body, message],
        )
    return True
