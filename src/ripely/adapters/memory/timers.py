"""Timers beside profiles in memory."""

from datetime import datetime

from typing_extensions import override

from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.profiles import MemoryProfiles
from ripely.model.event import timer_fired
from ripely.ports import Timers


class MemoryTimers(Timers):
    def __init__(self, profiles: MemoryProfiles, log: MemoryLog) -> None:
        self._profiles, self._log = profiles, log

    @override
    def fire(self, now: datetime, limit: int) -> int:
        timers = self._profiles.timers
        due = sorted((at, who) for who, at in timers.items() if at <= now.timestamp())[:limit]
        for _, contact in due:
            del timers[contact]
        self._log.append([timer_fired(contact, at) for at, contact in due])
        return len(due)
