"""The rules that a journey is played on: itself, and what it refers to."""

from collections.abc import Mapping

import msgspec

from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.documents.references import Key, key_of, references
from ripely.engine.ruleset import Ruleset
from ripely.model.action import Update
from ripely.model.catalog import is_act
from ripely.model.company import Company, Guard
from ripely.model.definition import Definition
from ripely.model.ids import RulesetId, TemplateId
from ripely.model.journey import Journey, Together
from ripely.model.score import Score
from ripely.model.segment import Segment
from ripely.model.template import Template
from ripely.model.trigger import OnRequest
from ripely.operations.paths.cast import MONDAY
from ripely.operations.paths.causes import Ground


def with_draft(published: Published, *drafts: Definition) -> Published:
    """Return what would be in force with these drafts."""
    new = {key_of(draft): draft for draft in drafts}
    stay = [one for one in published.definitions if key_of(one) not in new]
    return msgspec.structs.replace(published, definitions=(*stay, *drafts), older=(), people={})


def needed(journey: Journey, published: Published) -> Published:
    """Return what decides a way through a journey: all it refers to, the company and its guards."""
    known = {key_of(one): one for one in published.definitions}
    found: dict[Key, Definition] = {}
    waiting: list[Definition] = [
        journey,
        *(one for one in published.definitions if _is_for_all(one)),
    ]
    while waiting:
        one = waiting.pop()
        key = key_of(one)
        if key not in found:
            found[key] = one
            waiting += [known[to] for _, to in references(one) if to in known]
    return msgspec.structs.replace(
        published, definitions=tuple(found.values()), older=(), people={}
    )


def _is_for_all(definition: Definition) -> bool:
    """Whether it counts for whoever comes. The guards of a segment are looked at apart."""
    match definition:
        case Guard(segment=members):
            return members is None
        case _:
            return isinstance(definition, Company)


def compiled(published: Published) -> Ruleset:
    return compile_ruleset(published, RulesetId("draft"), is_act)


def by_hand(journey: Journey, *, anyone: bool) -> Journey:
    """Return the same journey, that lets in whoever is put in; `anyone`: whatever its filter says."""
    asked = (*journey.triggers, OnRequest(("hand",)))
    kept = None if anyone else journey.filter
    return msgspec.structs.replace(journey, triggers=asked, filter=kept, paused=False)


def ground_of(published: Published, journey: Journey) -> Ground:
    found = published.definitions
    copied = {
        name: source.removeprefix("entry.")
        for step in journey.steps.values()
        for action in (step.actions if isinstance(step, Together) else (step,))
        if isinstance(action, Update)
        for name, source in action.copy.items()
        if source.startswith("entry.")
    }
    return Ground(
        segments={one.id: one for one in found if isinstance(one, Segment)},
        scores={one.id: one for one in found if isinstance(one, Score)},
        journeys={one.id: one for one in found if isinstance(one, Journey)},
        today=MONDAY,
        copied=copied,
    )


def templates_of(published: Published) -> Mapping[TemplateId, Template]:
    return {one.id: one for one in published.definitions if isinstance(one, Template)}
