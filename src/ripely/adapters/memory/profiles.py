"""The state of the fold in dicts, packed as a database would keep it."""

from collections.abc import Collection, Iterator, Mapping

import msgspec
from typing_extensions import override

from ripely.model.effect import Effect
from ripely.model.event import Event
from ripely.model.ids import ContactId, EffectId, RulesetId
from ripely.model.profile import Profile
from ripely.ports import (
    PARTITIONS,
    Card,
    Change,
    Commit,
    History,
    Loaded,
    Parked,
    ProfileStore,
    Story,
    UnstorableError,
    partition_of,
)

_pack = msgspec.msgpack.Encoder().encode
_profile = msgspec.msgpack.Decoder(Profile).decode


class MemoryProfiles(ProfileStore):
    """One worker that holds every partition."""

    def __init__(self) -> None:
        self.places = dict.fromkeys(range(PARTITIONS), (0, RulesetId("")))
        self.bodies: dict[ContactId, bytes] = {}
        self.outbox: dict[EffectId, Effect] = {}
        self.timers: dict[ContactId, int] = {}
        self.stories: dict[ContactId, list[tuple[int, Story]]] = {}
        self.cards: dict[ContactId, Card] = {}
        self.tallies: dict[tuple[str, str, str], int] = {}
        self.quarantine: dict[ContactId, list[Parked]] = {}

    @override
    def claim(self) -> Mapping[int, tuple[int, RulesetId]]:
        return self.places

    @override
    def load(self, contacts: Collection[ContactId]) -> Loaded:
        found = {c: _profile(self.bodies[c]) for c in contacts if c in self.bodies}
        return Loaded(found, frozenset(c for c in contacts if c in self.quarantine))

    @override
    def parked(self, contact: ContactId) -> list[tuple[int, Event]]:
        kept = self.quarantine.get(contact, [])
        return [(parked.position, event) for parked in kept for event in parked.events]

    @override
    def commit(self, commit: Commit) -> None:
        if wrong := self.refused(commit):
            raise UnstorableError(wrong)
        for change in commit.changes:
            self._save(change)
        for key, n in commit.counts.items():
            self.tallies[key] = self.tallies.get(key, 0) + n
        for contact in commit.resumed:
            del self.quarantine[contact]
        for parked in commit.parked:
            self.quarantine.setdefault(parked.contact, []).append(parked)
        self.places.update(dict.fromkeys(commit.partitions, (commit.upto, commit.ruleset)))

    @override
    def refused(self, commit: Commit) -> str:
        try:
            _pack([change.profile for change in commit.changes])
        except OverflowError as wrong:
            return str(wrong)
        return ""

    def _save(self, change: Change) -> None:
        contact = change.profile.contact
        self.bodies[contact] = _pack(change.profile)
        self.stories.setdefault(contact, []).append((change.position, change.story))
        for effect in change.effects:
            self.outbox.setdefault(effect.id, effect)
        if change.due_s:
            self.timers[contact] = change.due_s
        elif change.due_s is not None:
            self.timers.pop(contact, None)
        if change.card:
            self.cards[contact] = change.card
        if change.unlisted:
            self.cards.pop(contact, None)


class MemoryHistory(History):
    def __init__(self, profiles: MemoryProfiles) -> None:
        self._stories = profiles.stories

    @override
    def of(self, contact: ContactId, before: int, limit: int) -> list[tuple[int, Story]]:
        told = [placed for placed in self._stories.get(contact, []) if placed[0] < before]
        return told[::-1][:limit]

    @override
    def contacts(self) -> int:
        return len(self._stories)

    @override
    def newer(self, position: int, limit: int) -> list[ContactId]:
        told = self._stories.items()
        return [c for c, stories in told if stories[-1][0] > position][:limit]

    @override
    def scan(
        self,
        partitions: Collection[int] | None = None,
        contacts: Collection[ContactId] | None = None,
    ) -> Iterator[tuple[ContactId, int, Story]]:
        for contact in sorted(self._stories):
            if contacts is not None and contact not in contacts:
                continue
            if partitions is not None and partition_of(contact) not in partitions:
                continue
            for position, story in self._stories[contact]:
                yield contact, position, story
