"""Where a journey and others that are in force get into each other's way."""

from collections.abc import Iterator, Mapping, Sequence

from ripely.compiler.ruleset import Published
from ripely.documents.source import join
from ripely.model.action import EmitAct, StartJourney, Update
from ripely.model.company import Cap, Guard
from ripely.model.condition import (
    AttributeIs,
    Condition,
    HasTag,
    HasTopic,
    InJourney,
    InList,
    walk,
)
from ripely.model.effect import SendMessage
from ripely.model.ids import StepId
from ripely.model.journey import Journey, Together
from ripely.model.segment import Segment
from ripely.model.trigger import (
    OnAttribute,
    OnCondition,
    OnEvent,
    OnRequest,
    OnSegment,
    Trigger,
)
from ripely.operations.paths.cast import sends
from ripely.operations.paths.exploring import Explored, explore
from ripely.operations.paths.finding import Weakness
from ripely.operations.wording.names import Names
from ripely.operations.wording.phrases import long_duration
from ripely.operations.wording.triggers import say_trigger

RIVALS_MAX = 20
"""So many other journeys that begin with the same are looked at."""
Mark = tuple[str, str]
"""Something that a journey changes and rules ask about: a kind and a name, as ("tag", "vip")."""


def conflicts(
    journey: Journey, explored: Explored, published: Published, names: Names
) -> Iterator[Weakness]:
    others = [one for _, one in published.journeys if one.id != journey.id and not one.paused]
    changed = [*changes(journey)]
    rivals = 0
    for other in others:
        shared = _shared(journey, other)
        if shared is not None and rivals < RIVALS_MAX:
            rivals += 1
            yield from _rivals(journey, explored, other, shared, published, names)
        yield from _back_and_forth(journey, other, changed, names.segments)
        yield from _ended_by(other, changed)


def changes(journey: Journey) -> Iterator[tuple[StepId, Mark]]:
    """Return what the steps of a journey change that rules can ask about."""
    for name, step in journey.steps.items():
        for action in step.actions if isinstance(step, Together) else (step,):
            match action:
                case StartJourney(journey=started):
                    yield name, ("journey", started)
                case EmitAct(event=event):
                    yield name, ("event", event)
                case Update():
                    yield from ((name, mark) for mark in _updated(action))
                case _:
                    pass


def _updated(action: Update) -> Iterator[Mark]:
    attributes = (*action.set, *action.set_dates, *action.add, *action.multiply, *action.copy)
    yield from (("attribute", name) for name in attributes)
    yield from (("tag", tag) for tag in (*action.add_tags, *action.remove_tags))
    yield from (("list", name) for name in (*action.join_lists, *action.leave_lists))
    yield from (("topic", name) for name in (*action.join_topics, *action.leave_topics))


def _shared(journey: Journey, other: Journey) -> Trigger | None:
    """Return a trigger that lets the same person into both."""
    for one in journey.triggers:
        for another in other.triggers:
            if one == another and not isinstance(one, OnRequest):
                return one
            if isinstance(one, OnEvent) and isinstance(another, OnEvent):
                wide = not one.where or not another.where
                if one.event == another.event and wide and one.nth == another.nth:
                    return one
    return None


def _rivals(
    journey: Journey,
    explored: Explored,
    other: Journey,
    shared: Trigger,
    published: Published,
    names: Names,
) -> Iterator[Weakness]:
    if not [*sends(journey)] or not [*sends(other)]:
        return
    theirs = explore(other, published)
    cap = _exceeded(published, [explored, theirs])
    when = f"Begins together with “{other.name}”, when {say_trigger(shared, names)}"
    if cap is not None:
        most = f"{cap.at_most} in {long_duration(cap.within)}"
        sentence = f"{when}: together they write more than the cap of {most} lets through, so some is held."
        yield Weakness("warning", "conflict_cap", "$.triggers", sentence)
    else:
        sentence = f"{when}: both write to the same people."
        yield Weakness("hint", "conflict_trigger", "$.triggers", sentence)


def _exceeded(published: Published, both: Sequence[Explored]) -> Cap | None:
    """Return a cap that both together pass, and neither alone."""
    caps = [cap for one in published.definitions if isinstance(one, Guard) for cap in one.caps]
    for cap in caps:
        counts = [_most_within(explored, cap.within) for explored in both]
        if all(counts) and max(counts) <= cap.at_most < sum(counts):
            return cap
    return None


def _most_within(explored: Explored, within_s: int) -> int:
    """Return the most letters that anybody gets so soon after the entry."""
    most = 0
    for path in explored.paths:
        entered_s = path.marks[0].at_s
        sent = [
            one
            for scene in path.scenes
            if entered_s <= scene.at_s < entered_s + within_s
            for one in scene.effects
            if isinstance(one, SendMessage) and not one.held
        ]
        most = max(most, len(sent))
    return most


def _back_and_forth(
    journey: Journey,
    other: Journey,
    changed: Sequence[tuple[StepId, Mark]],
    segments: Mapping[str, Segment],
) -> Iterator[Weakness]:
    begins = set(_begun_by(other, segments))
    answers = {mark for _, mark in changes(other)} & {*_begun_by(journey, segments)}
    if not answers:
        return
    for step, mark in changed:
        if mark in begins:
            sentence = f"This begins “{other.name}”, which begins this journey again."
            yield Weakness("warning", "conflict_circle", join("$.steps", step), sentence)
            return


def _ended_by(other: Journey, changed: Sequence[tuple[StepId, Mark]]) -> Iterator[Weakness]:
    """Return the steps that make people leave another journey, or reach its goal."""
    asked: list[tuple[str, Condition]] = [
        (f"makes people leave “{other.name}”", rule.condition)
        for rule in other.leave
        if rule.condition is not None
    ]
    if other.goal is not None:
        asked.append((f"brings people to the goal of “{other.name}”", other.goal.condition))
    for step, mark in changed:
        for what, condition in asked:
            if mark in {*_asked(condition)}:
                sentence = f"This {what}, for those who are in both."
                yield Weakness("hint", "conflict_end", join("$.steps", step), sentence)


def _begun_by(journey: Journey, segments: Mapping[str, Segment]) -> Iterator[Mark]:
    yield "journey", journey.id
    for trigger in journey.triggers:
        match trigger:
            case OnEvent(event=event, where=where):
                yield "event", event
                for test in where:
                    kind = event.partition(".")[0]
                    if test.property in {"tag", "list", "topic"} and isinstance(
                        test.value, str
                    ):
                        yield kind, test.value
            case OnAttribute(name=name):
                yield "attribute", name
            case OnSegment(id=segment) if segment in segments:
                yield from _asked(segments[segment].when)
            case OnCondition(when):
                yield from _asked(when)
            case _:
                pass


def _asked(condition: Condition) -> Iterator[Mark]:
    """Return the facts that a condition asks about, and that a step can change."""
    for part in walk(condition):
        match part:
            case HasTag(name):
                yield "tag", name
            case AttributeIs(name):
                yield "attribute", name
            case InList(name):
                yield "list", name
            case HasTopic(name):
                yield "topic", name
            case InJourney(name):
                yield "journey", name
            case _:
                pass
