"""What lets contacts into journeys: each trigger, written as what the fold keeps an eye on."""

from collections.abc import Callable
from typing import Literal

import msgspec

from ripely.compiler.judged import by_people
from ripely.compiler.normalize import Kernels
from ripely.compiler.reaction import Rule
from ripely.engine.parts import part
from ripely.engine.ruleset import (
    Condition as Answer,
    ConditionTrigger,
    EventTrigger,
    Key,
    PlannedTrigger,
    ScoreTrigger,
    Watch,
)
from ripely.model.acts import Absence, Seen, Where
from ripely.model.condition import Condition, Not, TopPart, TopScore
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, PredicateId, ScoreId, SegmentId
from ripely.model.journey import Journey
from ripely.model.trigger import (
    OnAbsence,
    OnAttribute,
    OnCondition,
    OnDate,
    OnEvent,
    OnInactivity,
    OnRequest,
    OnSchedule,
    OnScore,
    OnSegment,
    Trigger,
)

ATTRIBUTE_CHANGED = "attribute.changed"
REQUESTED = "journey.requested"
ZONE = "attribute/timezone"


class Triggers:
    """Collects the triggers of all journeys. `answer` compiles a condition."""

    def __init__(self, kernels: Kernels, answer: Callable[[Condition], Answer]) -> None:
        self.kernels, self.answer = kernels, answer
        self.rules: list[Rule] = []
        self.watches: list[Watch] = []
        self.segments: dict[tuple[SegmentId, str], list[JourneyId]] = {}
        self.scores: dict[ScoreId, list[ScoreTrigger]] = {}
        self.conditions: dict[str, ConditionTrigger] = {}
        self.planned: dict[str, PlannedTrigger] = {}
        self.dates: dict[Key, list[PlannedTrigger]] = {}

    def add(self, journey: Journey) -> None:
        for number, trigger in enumerate(journey.triggers):
            self._add(journey.id, f"{journey.id}/{number}", trigger)

    def _add(self, journey: JourneyId, place: str, trigger: Trigger) -> None:
        match trigger:
            case OnEvent(event, where, nth):
                self._add_event(journey, event, where, nth)
            case OnAttribute() | OnRequest():
                event, where = _told(journey, trigger)
                self._add_event(journey, event, where, None)
            case OnSegment(segment, change):
                self.segments.setdefault((segment, change), []).append(journey)
            case OnScore():
                self._add_score(journey, f"trigger/{place}", trigger)
            case OnDate():
                self._add_planned(PlannedTrigger(place, journey, trigger))
            case OnSchedule():
                self._add_planned(PlannedTrigger(f"schedule/{place}", journey, trigger))
            case OnCondition() | OnAbsence() | OnInactivity():
                self._add_condition(journey, f"trigger/{place}", trigger)

    def _add_event(
        self, journey: JourneyId, event: str, where: tuple[Where, ...], nth: int | None
    ) -> None:
        predicate = PredicateId(0)
        if nth:  # No answer asks for what is counted for a trigger alone.
            predicate = self.kernels.track(event, where, nth + 1, nth + 2)
        reason = f"{event}, time {nth}" if nth else event
        self.rules.append(
            Rule(
                event,
                by_people(event, where),
                trigger=EventTrigger(journey, reason, nth or 0, predicate),
            )
        )

    def _add_score(self, journey: JourneyId, key: str, trigger: OnScore) -> None:
        score = part(trigger.id, trigger.of)
        if trigger.reaches is not None:
            passed = ScoreTrigger(trigger.reaches, journey)
            self.scores.setdefault(score, []).append(passed)
        elif trigger.falls_below is not None:
            passed = ScoreTrigger(trigger.falls_below, journey, below=True)
            self.scores.setdefault(score, []).append(passed)
        else:
            top = TopPart(trigger.id, trigger.of) if trigger.of else TopScore(trigger.id)
            self.conditions[key] = ConditionTrigger(
                journey, f"score {score} became the highest"
            )
            self._watch(key, "trigger", journey, self.answer(top))

    def _add_condition(
        self, journey: JourneyId, key: str, trigger: OnCondition | OnAbsence | OnInactivity
    ) -> None:
        kept, answer = self._kept(journey, trigger)
        self.conditions[key] = kept
        self._watch(key, "trigger", journey, answer)

    def _kept(
        self, journey: JourneyId, trigger: OnCondition | OnAbsence | OnInactivity
    ) -> tuple[ConditionTrigger, Answer]:
        match trigger:
            case OnCondition(when, becomes):
                reason = f"a condition {'became' if becomes else 'ceased to be'} true"
                return ConditionTrigger(journey, reason, becomes), self.answer(when)
            case OnAbsence(after, without, within):
                reason = f"{after.event} without {without.event} within {within}"
                absence = Absence(after, without, within)
                return ConditionTrigger(journey, reason), self.answer(absence)
            case OnInactivity(period):
                return ConditionTrigger(journey, f"nothing for {period}"), self._silence(period)

    def _silence(self, period: Duration) -> Answer:
        """Whoever was never seen is not silent: they have not begun."""
        answer = self.answer(Not(Seen(period)))
        silent = answer.test
        return msgspec.structs.replace(
            answer,
            test=lambda profile, now, place: (
                profile.visit.number > 0 and silent(profile, now, place)
            ),
            answer=None,
        )

    def _add_planned(self, planned: PlannedTrigger) -> None:
        self.planned[planned.key] = planned
        self.dates.setdefault(ZONE, []).append(planned)
        match planned.trigger:
            case OnDate(attribute):
                self.dates.setdefault(f"attribute/{attribute}", []).append(planned)
            case OnSchedule(audience=audience):
                answer = self.answer(audience)
                self._watch(planned.key, "schedule", planned.journey, answer)

    def _watch(
        self, key: str, kind: Literal["trigger", "schedule"], journey: JourneyId, answer: Answer
    ) -> None:
        self.watches.append(
            Watch(
                rank=0,
                key=key,
                kind=kind,
                subject=journey,
                test=answer.test,
                lapse=answer.lapse,
                keys=answer.keys,
                rises=answer.rises,
                answer=answer.answer,
            )
        )


def _told(
    journey: JourneyId, trigger: OnAttribute | OnRequest
) -> tuple[str, tuple[Where, ...]]:
    """Return the event that tells of it: what changed, or who asks."""
    match trigger:
        case OnAttribute(name, before, after):
            said = {"name": name, "from": before, "to": after}
            return ATTRIBUTE_CHANGED, tuple(
                Where(part, "equals", value)
                for part, value in said.items()
                if value is not None
            )
        case OnRequest(by):
            where = (Where("journey", "equals", journey),)
            return REQUESTED, (*where, Where("by", "in", by)) if by else where
