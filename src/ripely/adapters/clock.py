"""The clock of the machine."""

from datetime import UTC, datetime

from typing_extensions import override

from ripely.ports import Clock


class SystemClock(Clock):
    @override
    def now(self) -> datetime:
        return datetime.now(UTC)
