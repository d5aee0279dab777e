"""Whether one definition makes sense by itself."""

import re
from collections.abc import Iterator

from ripely.documents.company import check_company
from ripely.documents.conditions import check_part, parts
from ripely.documents.flow import check_journey
from ripely.documents.nearest import nearest
from ripely.documents.scores import check_part_of_score, check_score
from ripely.documents.source import join
from ripely.model.acts import Act, Aggregate, Did, Occasion
from ripely.model.catalog import BY_NAME
from ripely.model.company import Company, Guard, Team
from ripely.model.definition import Definition
from ripely.model.journey import Journey
from ripely.model.problem import Problem
from ripely.model.score import PointsFor, Score
from ripely.model.trigger import OnEvent

ID = re.compile(r"[\w.-]{1,64}", re.ASCII)


def validate(definition: Definition) -> list[Problem]:
    """Return everything in the definition that cannot be meant, in the order of the document."""
    return list(_problems(definition))


def _problems(definition: Definition) -> Iterator[Problem]:
    yield from _id("$.id", definition.id)
    if isinstance(definition, Journey):
        for step in definition.steps:
            yield from _id(join("$.steps", step), step)
        yield from check_journey(definition)
    if isinstance(definition, Score):
        yield from check_score(definition)
        for name in definition.general:
            yield from _event(join("$.general", name), name)
    if isinstance(definition, Company | Guard | Team):
        yield from check_company(definition)
    for path, part in parts(definition):
        yield from check_part(path, part)
        yield from check_part_of_score(path, part)
        match part:
            case (
                Did(event=name)
                | Act(event=name)
                | Aggregate(event=name)
                | Occasion(event=name)
                | OnEvent(event=name)
            ):
                yield from _event(join(path, "event"), name)
            case PointsFor(on=name):
                yield from _event(join(path, "on"), name)
            case _:
                pass


def _id(path: str, name: str) -> Iterator[Problem]:
    if not ID.fullmatch(name):
        sentence = (
            f'"{name[:64]}" is no name for this: use up to 64 letters, digits, "-", "_" or ".".'
        )
        yield Problem("bad_id", path, sentence)


def _event(path: str, name: str) -> Iterator[Problem]:
    if name not in BY_NAME:
        guess = nearest(name, BY_NAME)
        hint = f'; did you mean "{guess}"?' if guess else "; good if your site sends it."
        yield Problem("unknown_event", path, f'"{name}" is no standard event{hint}')
