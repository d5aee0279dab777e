"""What one event does to a contact, while it is being decided."""

from collections.abc import Iterable, Mapping

from ripely.engine.ruleset import Key, Risers, Ruleset, Watch
from ripely.model.effect import Effect
from ripely.model.event import DERIVED, Event
from ripely.model.ids import EventId, JourneyId, ScoreId, derive
from ripely.model.note import Note
from ripely.model.profile import Enrollment, Fact, Profile
from ripely.model.transition import Transition


class Draft:
    """A transition in the making: the one thing that the phases change."""

    __slots__ = (
        "admitted",
        "changed",
        "effects",
        "entries",
        "event",
        "events",
        "heard",
        "joining",
        "notes",
        "now_ms",
        "now_s",
        "profile",
        "rules",
        "scored",
        "stale",
        "starts",
        "told",
        "told_before",
    )

    def __init__(self, rules: Ruleset, profile: Profile) -> None:
        self.rules = rules
        self.profile = profile
        self.effects: list[Effect] = []
        self.events: list[Event] = []
        self.notes: list[Note] = []
        self.stale: set[int] = set()  # Ranks of watches to be answered again.
        self.changed: set[Key] = set()  # What changed since waiting journeys last looked.
        self.entries: list[tuple[JourneyId, str]] = []  # Journeys triggered, and by what.
        # Journeys that begin with data of their own: by another one, or by a change.
        self.starts: list[tuple[JourneyId, str, dict[str, object]]] = []
        self.heard: list[tuple[Key, Event]] = []  # Events that journeys wait for.
        self.joining: list[Enrollment] = []  # Places in journeys that an absorbed contact had.
        self.scored: dict[ScoreId, int] = {}  # Scores before, since journeys last looked.
        self.told: list[Event] = []  # Changes that rules ask for as events, to be taken yet.
        self.told_before = 0
        self.admitted: set[JourneyId] = set()  # Journeys that this event has let in to.
        self.event: Event
        self.now_s = 0
        self.now_ms = 0

    def begin(self, event: Event) -> None:
        """Turn to an event. Time never runs backwards for a contact."""
        self.event = event
        self.admitted.clear()
        self.told_before = 0
        now_ms, profile = event.received_ms, self.profile
        now_s = now_ms // 1000
        if now_s < profile.now_s:
            now_s = profile.now_s
            now_ms = now_s * 1000
        self.now_s = profile.now_s = now_s
        self.now_ms = now_ms

    def note(self, kind: str, subject: str, reason: str = "", value: int = 0) -> None:
        self.notes.append(Note(kind, subject, reason, value, self.now_ms))

    def tell(self, name: str, properties: Mapping[str, Fact]) -> None:
        """Make an event of a change, when any rule asks for such events."""
        if name not in self.rules.listened:
            return
        identity = derive(name, str(self.event.id), str(self.told_before))
        self.told_before += 1
        self.told.append(
            Event(
                EventId(identity),
                self.profile.contact,
                name,
                self.now_ms,
                self.now_ms,
                dict(properties),
                DERIVED,
            )
        )

    def happen(self, identity: EventId, name: str, properties: Mapping[str, Fact]) -> Event:
        """Make an event that a journey asks for; it is taken like any other, whoever listens."""
        contact, now_ms = self.profile.contact, self.now_ms
        event = Event(identity, contact, name, now_ms, now_ms, dict(properties), DERIVED)
        self.told.append(event)
        return event

    def touch(self, key: Key) -> None:
        """Say that a fact changed: conditions that depend on it must be answered again."""
        self.changed.add(key)
        ranks = self.rules.watchers.get(key)
        if ranks is not None:
            self.stale.update(ranks)

    def rise(self, key: Key) -> None:
        """Say that there is more of something: asked again is only who may answer otherwise by that."""
        self.changed.add(key)
        risers = self.rules.risers.get(key)
        if risers is not None:
            self.ask(risers)

    def ask(self, risers: Risers) -> None:
        stale = self.stale
        if risers.always:
            stale.update(risers.always)
        if risers.segments:
            segments = self.profile.segments
            for rank, segment, holding in risers.segments:
                if (segment in segments) != holding:
                    stale.add(rank)
        if risers.facts:
            facts = self.profile.facts
            for rank, fact, holding in risers.facts:
                if (fact in facts) != holding:
                    stale.add(rank)

    def recheck(self, watches: Iterable[Watch]) -> None:
        self.stale.update(watch.rank for watch in watches)

    def rest(self) -> None:
        """Let nothing follow from what has changed: the contact has just ended."""
        self.stale.clear()
        self.changed.clear()
        self.entries.clear()
        self.starts.clear()
        self.heard.clear()
        self.scored.clear()
        self.told.clear()

    def done(self) -> Transition:
        return Transition(self.profile, self.effects, self.events, self.notes)
