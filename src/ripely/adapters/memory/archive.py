"""What the fold told, and an archive of it, in memory."""

from collections.abc import Mapping, Sequence

import msgspec
from typing_extensions import override

from ripely.adapters.memory.profiles import MemoryProfiles
from ripely.model.ids import ContactId
from ripely.ports import (
    Archive,
    DecisionRow,
    EventRow,
    Folded,
    Page,
    PersonRow,
    Rows,
    Told,
    partition_of,
)

_EVENTS = msgspec.json.Decoder(EventRow)
_DECISIONS = msgspec.json.Decoder(DecisionRow)
_PEOPLE = msgspec.json.Decoder(PersonRow)


class MemoryTold(Told):
    """Tells everything at once; nobody else folds meanwhile."""

    def __init__(self, profiles: MemoryProfiles) -> None:
        self._profiles = profiles

    @override
    def after(self, positions: Mapping[int, int], limit: int) -> Page:
        upto = {partition: place[0] for partition, place in self._profiles.places.items()}
        after = {partition: positions.get(partition, 0) for partition in upto}
        folded = [
            Folded(contact, position, story.events, story.notes)
            for contact, stories in self._profiles.stories.items()
            for position, story in stories
            if position > after[partition_of(contact)]
        ]
        folded.sort(key=lambda one: (one.position, one.contact))
        profiles = self._profiles.load({one.contact for one in folded}).profiles
        return Page(after, upto, folded, list(profiles.values()))


class MemoryArchive(Archive):
    def __init__(self) -> None:
        self.at: dict[int, int] = {}
        self.events: list[EventRow] = []
        self.decisions: list[DecisionRow] = []
        self.people: list[PersonRow] = []

    @override
    def positions(self) -> Mapping[int, int]:
        return dict(self.at)

    @override
    def keep(self, rows: Rows) -> bool:
        if any(self.at.get(partition, 0) != after for partition, after in rows.after.items()):
            return False
        self.events += _EVENTS.decode_lines(b"".join(rows.events.parts))
        self.decisions += _DECISIONS.decode_lines(b"".join(rows.decisions.parts))
        self.people += _PEOPLE.decode_lines(b"".join(rows.people.parts))
        self.at.update(rows.upto)
        return True

    @override
    def compact(self) -> None:
        latest = {(row.contact, row.at_ms // 86_400_000): row for row in self.people}
        self.people = list(latest.values())

    @override
    def erase(self, contacts: Sequence[ContactId]) -> None:
        gone = set(contacts)
        self.events = [row for row in self.events if row.contact not in gone]
        self.decisions = [row for row in self.decisions if row.contact not in gone]
        self.people = [row for row in self.people if row.contact not in gone]
