"""The door of the log in memory."""

from collections.abc import Collection, Sequence

from typing_extensions import override

from ripely.engine.admission import admit
from ripely.engine.identity import Directory
from ripely.model.arrival import Arrival
from ripely.model.identity import Identity
from ripely.model.ids import ContactId
from ripely.ports import EventLog, Gate, Intake


class MemoryIntake(Intake, Gate):
    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._people = Directory()

    @override
    def take(self, arrivals: Sequence[Arrival]) -> list[ContactId]:
        if not arrivals:
            return []
        admission = admit(self._people, arrivals)
        self._log.append(admission.events)
        return admission.contacts

    @override
    def repoint(self, identities: Collection[Identity], contact: ContactId) -> None:
        for identity in identities:
            self._people.learn(identity, contact)

    @override
    async def put(self, arrivals: Sequence[Arrival]) -> None:
        self.take(arrivals)
