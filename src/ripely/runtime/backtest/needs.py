"""What surely holds of whoever enters a journey: acts that must have been done at all."""

from collections.abc import Iterator, Mapping

from ripely.documents.conditions import parts
from ripely.documents.references import Key
from ripely.model.action import EmitAct
from ripely.model.acts import Act, Did, Page
from ripely.model.condition import All, AnyOf, Condition, InSegment
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.journey import Journey
from ripely.model.segment import Segment
from ripely.model.trigger import OnAbsence, OnCondition, OnEvent, OnSegment, Trigger

MADE_BY_RULES = (
    "attribute.", "call.", "consent.", "coupon.", "deal.", "journey.", "lifecycle.", "list.", "note.",
    "owner.", "score.", "segment.", "tag.", "task.", "topic.", "webhook.",
)  # fmt: skip
"""Events that follow from rules: that history has none says nothing of whether there would be one."""


def needed_by(
    journey: Journey, definitions: Mapping[Key, Definition], span_s: int
) -> Condition | None:
    """Return what surely holds of whoever enters within so many seconds; None when nothing does."""
    made = {
        part.event
        for definition in definitions.values()
        for _, part in parts(definition)
        if isinstance(part, EmitAct)
    }
    needs = _Needs(definitions, frozenset(made), Duration(span_s))
    found = [needs.of_trigger(trigger) for trigger in journey.triggers]
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return None
    return known[0] if len(known) == 1 else AnyOf(tuple(known))


class _Needs:
    """Weakens conditions to acts that must have been done at all."""

    def __init__(
        self, definitions: Mapping[Key, Definition], made: frozenset[str], span: Duration
    ) -> None:
        self.definitions, self.made, self.span = definitions, made, span

    def of_trigger(self, trigger: Trigger) -> Condition | None:
        match trigger:
            case OnEvent(event, where):
                return self._did(Act(event, where), self.span)
            case OnSegment(id=name, change="entered"):
                return self.of_condition(InSegment(name))
            case OnCondition(when, becomes=True):
                return self.of_condition(when)
            case OnAbsence(after=act):
                return self._did(act, None)
            case _:
                return None

    def of_condition(self, condition: Condition) -> Condition | None:
        match condition:
            case Did(event, where) if _asks_for_some(condition):
                return self._did(Act(event, where), None)
            case Page(match, value) if _asks_for_some(condition):
                return Page(
                    match=match, value=value, seconds=condition.seconds, scroll=condition.scroll
                )
            case All(conditions):
                known = list(self._known(conditions))
                return All(tuple(known)) if known else None
            case AnyOf(conditions):
                known = list(self._known(conditions))
                return AnyOf(tuple(known)) if len(known) == len(conditions) else None
            case InSegment(name):
                segment = self.definitions.get(("segment", name))
                return self.of_condition(segment.when) if isinstance(segment, Segment) else None
            case _:
                return None

    def _known(self, conditions: tuple[Condition, ...]) -> Iterator[Condition]:
        for one in conditions:
            found = self.of_condition(one)
            if found is not None:
                yield found

    def _did(self, act: Act, within: Duration | None) -> Condition | None:
        if act.event in self.made or act.event.startswith(MADE_BY_RULES):
            return None
        return Did(event=act.event, where=act.where, within=within)


def _asks_for_some(condition: Did | Page) -> bool:
    if condition.at_least is None:
        return condition.at_most is None
    return condition.at_least > 0
