"""Among which other definitions a journey is tried: those that can change anything it sees."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from ripely.documents.conditions import parts
from ripely.documents.references import Key, key_of, references
from ripely.engine.ruleset import Ruleset
from ripely.model.action import Action, Audience, Notify, Send, Task, Update
from ripely.model.acts import Message
from ripely.model.company import Company, Guard, Team
from ripely.model.condition import HasTag, TopScore
from ripely.model.definition import Definition
from ripely.model.journey import Journey, Together
from ripely.model.score import Score
from ripely.model.template import Template

Compile = Callable[[Iterable[Definition]], Ruleset]
_CHANGES = frozenset({"score.changed", "segment.entered", "segment.left"})


def narrow(
    by_key: Mapping[Key, Definition], journey: Journey, compiled: Compile
) -> list[Definition]:
    """Return the definitions that can matter to a journey: what it names, guards, and who competes with it."""
    found = _Found(by_key)
    guards = [d for d in by_key.values() if isinstance(d, Guard)]
    found.add([journey, *guards])
    found.add(d for d in by_key.values() if isinstance(d, Company | Team))
    counting = any(guard.caps or guard.budget for guard in guards)
    others = [d for d in by_key.values() if isinstance(d, Journey)]
    while True:
        asked = _asked(found.kept, compiled(found.kept).listened, counting=counting)
        if asked.everything:
            return list(by_key.values())
        more = [one for one in others if one not in found and _can_change(one, asked)]
        if not more:
            return found.kept
        found.add(more)


def actions_of(journey: Journey) -> Iterator[object]:
    """Yield what its steps do, and the steps that do nothing."""
    for step in journey.steps.values():
        yield from step.actions if isinstance(step, Together) else (step,)


class _Found:
    """What is wanted, with all that it names."""

    def __init__(self, by_key: Mapping[Key, Definition]) -> None:
        self._by_key = by_key
        self._wanted: dict[Key, Definition] = {}

    def __contains__(self, definition: Definition) -> bool:
        return key_of(definition) in self._wanted

    def add(self, definitions: Iterable[Definition]) -> None:
        waiting = list(definitions)
        while waiting:
            definition = waiting.pop()
            if definition not in self:
                self._wanted[key_of(definition)] = definition
                needs = _needs(definition, self._by_key)
                waiting += [self._by_key[key] for key in needs if key in self._by_key]

    @property
    def kept(self) -> list[Definition]:
        every = (self._wanted[key] for key in sorted(self._wanted))
        return [one for one in every if not isinstance(one, Template)]


class _Asked(msgspec.Struct, frozen=True):
    """What the rules so far see of what other journeys do: `tags` None are all of them."""

    everything: bool
    messages: bool
    journeys: bool
    tasks: bool
    tags: frozenset[str] | None


def _asked(kept: Iterable[Definition], listened: frozenset[str], *, counting: bool) -> _Asked:
    kept = list(kept)
    tags = frozenset(p.name for d in kept for _, p in parts(d) if isinstance(p, HasTag))
    # Points may go to the part of a score that a tag names.
    any_tag = _some(listened, ("tag.",)) or any(isinstance(one, Score) for one in kept)
    return _Asked(
        everything=bool(listened & _CHANGES),
        messages=counting,
        journeys=_some(listened, ("journey.",)),
        tasks=_some(listened, ("task.",)),
        tags=None if any_tag else tags,
    )


def _some(names: frozenset[str], begin: tuple[str, ...]) -> bool:
    return any(name.startswith(begin) for name in names)


def _can_change(journey: Journey, asked: _Asked) -> bool:
    """Whether it may change anything that is asked."""
    return asked.journeys or any(_is_seen(action, asked) for action in actions_of(journey))


def _is_seen(action: object, asked: _Asked) -> bool:
    match action:
        case Send():
            return asked.messages
        case Task():
            return asked.tasks
        case Notify() | Audience():
            return False
        case Update() if action == Update(
            add_tags=action.add_tags, remove_tags=action.remove_tags, then=action.then
        ):
            tags = {*action.add_tags, *action.remove_tags}
            return asked.tags is None or not asked.tags.isdisjoint(tags)
        case _:
            return isinstance(action, Action)


def _needs(definition: Definition, by_key: Mapping[Key, Definition]) -> Iterator[Key]:
    for _, key in references(definition):
        yield key
    for _, part in parts(definition):
        if isinstance(part, TopScore):
            yield from (key for key in by_key if key[0] == "score")
        if isinstance(part, Message) and part.journey:
            yield "journey", part.journey
