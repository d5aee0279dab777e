"""Sweeps over profiles in memory."""

from collections.abc import Sequence

from typing_extensions import override

from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.profiles import MemoryProfiles
from ripely.model.event import Event
from ripely.model.ids import RulesetId
from ripely.ports import Sweep, Sweeps


class MemorySweeps(Sweeps):
    def __init__(self, profiles: MemoryProfiles, log: MemoryLog) -> None:
        self._profiles, self._log = profiles, log
        self._progress: dict[int, int | None] = {}

    @override
    def next(self, limit: int) -> Sweep | None:
        folded = min(position for position, _ in self._profiles.places.values())
        previous = RulesetId("")
        for position, chunk in enumerate(self._log.chunks[:folded], 1):
            if isinstance(chunk, str):
                after = self._progress.setdefault(position, -1)
                if after is not None:
                    known = sorted(c for c in self._profiles.bodies if c > after)
                    return Sweep(position, chunk, previous, after, known[:limit])
                previous = chunk
        return None

    @override
    def waits(self, events_max: int) -> bool:
        folded = min(position for position, _ in self._profiles.places.values())
        ahead = (
            len(chunk) for chunk in self._log.chunks[folded:] if not isinstance(chunk, str)
        )
        return sum(ahead) >= events_max

    @override
    def advance(self, sweep: Sweep, events: Sequence[Event]) -> None:
        if self._progress.get(sweep.position) == sweep.after:
            self._progress[sweep.position] = sweep.contacts[-1] if sweep.contacts else None
            self._log.append(events)
