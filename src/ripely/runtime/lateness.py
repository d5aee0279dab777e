"""Messages whose turn comes late: they are dropped, sent all the same, or wait for a person or for the morning."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from ripely.engine.guards import TRANSACTIONAL
from ripely.engine.protection import Protection
from ripely.engine.quiet import quiet_until
from ripely.model.duration import Duration
from ripely.model.effect import SendMessage
from ripely.model.profile import Profile
from ripely.ports import Outcome, Retry

LATE_AFTER = timedelta(days=3)
"""When a message is late whose step says nothing about it."""
FOR_A_PERSON = datetime(9000, 1, 1, tzinfo=UTC)
"""Until when a message waits that a person is to release or to drop."""
WAITS = "late: waits for a person"


class QuietTimes(msgspec.Struct, frozen=True):
    """What the rules that hold now say of hours in which messages wait."""

    protection: Protection | None
    zone: ZoneInfo

    def put_back(
        self, message: SendMessage, profile: Profile | None, now: datetime
    ) -> Retry | None:
        """Let a message wait whose quiet hours have begun since it was decided."""
        if self.protection is None or profile is None or message.purpose == TRANSACTIONAL:
            return None
        now_s = int(now.timestamp())
        until_s = quiet_until(self.protection, profile, message.channel, now_s, self.zone)
        if not until_s:
            return None
        at = datetime.fromtimestamp(min(until_s, int(FOR_A_PERSON.timestamp())), UTC)
        return Retry(message.id, at, "quiet hours")


NO_QUIET = QuietTimes(None, ZoneInfo("UTC"))


def if_late(message: SendMessage, now: datetime) -> Outcome | Retry | None:
    """Say what becomes of a message that was not handed over in its time; None: it is sent."""
    now_ms = int(now.timestamp() * 1_000)
    ends_ms = message.late_ms or message.decided_ms + int(LATE_AFTER.total_seconds()) * 1_000
    if message.late == "send" or now_ms <= ends_ms:
        return None
    if message.late == "hold":
        return Retry(message.id, FOR_A_PERSON, WAITS)
    since = Duration((now_ms - message.decided_ms) // 1_000).rough()
    return Outcome(message.id, "expired", f"late: decided {since} ago")


def released(message: SendMessage) -> SendMessage:
    """Return a late message as a person lets it go."""
    return msgspec.structs.replace(message, late="send")


def dropped(message: SendMessage) -> SendMessage:
    """Return a late message as a person wants it not to go."""
    return msgspec.structs.replace(message, held="late: dropped by a person")
