"""What every call of a browser carries besides what it says, and how calls travel: as the tracker does it."""

import http.client
from collections.abc import Sequence
from datetime import datetime
from random import Random
from urllib.parse import urlsplit

import msgspec

from ripely.demo.company import WRITE_KEY
from ripely.demo.population import Person, random_id
from ripely.demo.visit import Call

ANSWER_SECONDS_MAX = 10


class Collector:
    """One connection to a collector, opened again when it breaks."""

    def __init__(self, base_url: str) -> None:
        place = urlsplit(base_url).netloc
        self._connection = http.client.HTTPConnection(place, timeout=ANSWER_SECONDS_MAX)

    def send(self, calls: Sequence[Call], now: datetime) -> bool:
        """Say whether the collector has them. Who simulates does not insist: the visit goes on."""
        body = {"writeKey": WRITE_KEY, "sentAt": written(now), "batch": calls}
        return self._ask("POST", "/v1/batch", msgspec.json.encode(body), {}) is not None

    def visit(self, person: Person, path: str) -> http.client.HTTPResponse | None:
        """Fetch an address as this person's browser would."""
        return self._ask("GET", path, None, {"User-Agent": person.browser})

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse | None:
        """Return a good answer, its body read already, or nothing."""
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return None
        return answer if answer.status < 400 else None


def stamp(call: Call, person: Person, chance: Random, at: datetime) -> Call:
    """Return the call as this person's browser would make it."""
    page = msgspec.convert(call.get("context", {}), dict[str, object])
    context = page | {
        "locale": person.locale,
        "timezone": person.timezone,
        "userAgent": person.browser,
        "library": {"name": "ripely.demo"},
    }
    return call | {
        "messageId": random_id(chance),
        "anonymousId": person.anonymous_id,
        "timestamp": written(at),
        "context": context,
    }


def written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
