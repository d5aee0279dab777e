"""Whether definitions fit together: everything named is defined, and nothing depends on itself."""

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import msgspec

from ripely.documents.conditions import parts
from ripely.documents.nearest import suggestion
from ripely.documents.source import join
from ripely.model.action import Assign, Notify, Send, StartJourney, StopJourney, Task, Update
from ripely.model.acts import Message
from ripely.model.company import Company, Guard
from ripely.model.condition import (
    InJourney,
    InSegment,
    LifecycleIs,
    ScoreIs,
    ScoreLevel,
    ScoreTrend,
    TopPart,
    TopScore,
)
from ripely.model.definition import Definition
from ripely.model.problem import Problem
from ripely.model.score import Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnScore, OnSegment

TEAM = "team:"
"""Before the id of a team, where a person could be named as well."""
Key = tuple[str, str]
"""The kind and id of a definition."""


def key_of(definition: Definition) -> Key:
    return str(type(definition).__struct_config__.tag), definition.id


def references(definition: Definition) -> Iterator[tuple[str, Key]]:
    """Return what a definition names, each with its path."""
    for path, part in parts(definition):
        for inner, key in _named(part):
            yield path + inner, key


def check_references(definition: Definition, known: Collection[Key]) -> Iterator[Problem]:
    for path, key in references(definition):
        if key not in known:
            kind, name = key
            others = (other for its_kind, other in known if its_kind == kind)
            sentence = f'There is no {kind} "{name}"{suggestion(name, others)}'
            yield Problem("unknown_reference", path, sentence)


def check_circles(definitions: Mapping[Key, Definition]) -> Iterator[tuple[Key, Problem]]:
    """Return, for each definition that depends on itself, where it does."""
    scores = [key for key in definitions if key[0] == "score"]
    company = next((key for key in definitions if key[0] == "company"), None)
    needs = {
        key: [
            (path, named)
            for path, named in (
                *references(definition),
                *_compared(definition, scores),
                *_levels(definition, company),
            )
            if named[0] != "journey"
        ]
        for key, definition in definitions.items()
        if isinstance(definition, Segment | Score | Company)
    }
    if not _has_circle(needs):
        return
    for key, named in needs.items():
        for path, first in named:
            if way := _way(first, key, needs):
                circle = " → ".join(f'{kind} "{name}"' for kind, name in (key, *way))
                sentence = f"This depends on itself: {circle}."
                yield key, Problem("circular_reference", path, sentence)


def _has_circle(needs: Mapping[Key, list[tuple[str, Key]]]) -> bool:
    """Whether there is any circle at all: a quick look before each is looked for."""
    sorter = TopologicalSorter({key: {n for _, n in named} for key, named in needs.items()})
    try:
        sorter.prepare()
    except CycleError:
        return True
    return False


def _levels(definition: Definition, company: Key | None) -> Iterator[tuple[str, Key]]:
    """Return where a definition asks for the lifecycle, which the company's document decides."""
    for path, part in parts(definition):
        if company is not None and isinstance(part, LifecycleIs):
            yield join(path, "levels"), company


def _compared(definition: Definition, scores: Collection[Key]) -> Iterator[tuple[str, Key]]:
    """Return what a question for the highest of all scores depends on: on every one of them."""
    for path, part in parts(definition):
        if isinstance(part, TopScore) and not part.among:
            yield from ((path, score) for score in scores)


def _named(part: msgspec.Struct) -> Iterator[tuple[str, Key]]:
    match part:
        case InSegment(name) | OnSegment(id=name):
            yield ".id", ("segment", name)
        case ScoreIs(id=name) | ScoreLevel(id=name) | ScoreTrend(id=name) | TopPart(id=name):
            yield ".id", ("score", name)
        case TopScore(id=name, among=others):
            yield ".id", ("score", name)
            for number, other in enumerate(others):
                yield join(".among", number), ("score", other)
        case OnScore(id=name):
            yield ".id", ("score", name)
        case InJourney(name):
            yield ".id", ("journey", name)
        case Guard(segment=members) if members is not None:
            yield ".segment", ("segment", members)
        case Message():
            yield from _of_message(part)
        case _:
            yield from _of_action(part)


def _of_message(part: Message) -> Iterator[tuple[str, Key]]:
    if part.template:
        yield ".template", ("template", part.template)
    if part.journey:
        yield ".journey", ("journey", part.journey)


def _of_action(part: msgspec.Struct) -> Iterator[tuple[str, Key]]:
    match part:
        case Send(template=name):
            yield ".template", ("template", name)
        case Update(add_points=points):
            for score in points:
                yield join(".add_points", score), ("score", score)
        case StartJourney(journey=name) | StopJourney(journey=name):
            yield ".journey", ("journey", name)
        case Notify(to=to) if to.startswith(TEAM):
            yield ".to", ("team", to.removeprefix(TEAM))
        case Assign(team=team, score=band):
            if team is not None:
                yield ".team", ("team", team)
            if band is not None:
                yield ".score", ("score", band)
        case Task(team=team) if team is not None:
            yield ".team", ("team", team)
        case _:
            pass


def _way(start: Key, goal: Key, needs: Mapping[Key, list[tuple[str, Key]]]) -> list[Key]:
    """Return a shortest way from `start` to `goal` along what is needed, or nothing."""
    ways = {start: [start]}
    waiting = [start]
    while waiting:
        here = waiting.pop(0)
        if here == goal:
            return ways[here]
        for _, there in needs.get(here, ()):
            if there not in ways:
                ways[there] = [*ways[here], there]
                waiting.append(there)
    return []
