"""What a backtest runs: the journey among the rules that can matter to it, and nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo

import msgspec

from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.documents.conditions import parts
from ripely.documents.references import Key, key_of, references
from ripely.engine.reliving import Span, paused
from ripely.engine.ruleset import Ruleset
from ripely.model.action import Action, Audience, EmitAct, Notify, Send
from ripely.model.acts import Message
from ripely.model.backtest import Asked
from ripely.model.catalog import is_act
from ripely.model.company import Company, Guard, Team
from ripely.model.condition import Condition, TopScore
from ripely.model.definition import Definition
from ripely.model.ids import RulesetId
from ripely.model.journey import Journey, Together
from ripely.model.template import Template
from ripely.model.trigger import OnEvent
from ripely.runtime.backtest.needs import MADE_BY_RULES, needed_by

RULES = RulesetId("backtest")
_CHANGES = frozenset({"score.changed", "segment.entered", "segment.left"})


class Course(msgspec.Struct, frozen=True):
    """A journey and its span.

    `starts_by` are the events of which one must happen to whoever enters, `needed` what must hold
    of them at the end; None: anything.
    """

    asked: Asked
    journey: Journey
    span: Span
    templates: frozenset[str]
    teams: Mapping[str, Team]
    company: Company
    starts_by: frozenset[str] | None
    needed: Condition | None

    @property
    def zone(self) -> tzinfo:
        return self.span.rules.zone


def course_of(published: Published, asked: Asked) -> Course:
    """Prepare a journey of these definitions, the draft among them. Raises `LookupError`."""
    by_key = {key_of(definition): definition for definition in published.definitions}
    journey = by_key.get(("journey", asked.journey))
    if journey is None:
        raise LookupError(f"There is no journey “{asked.journey}”.")
    assert isinstance(journey, Journey)
    live = msgspec.structs.replace(journey, paused=False)
    by_key["journey", asked.journey] = live
    kept = narrow(by_key, live)
    rules = _compile(published, kept)
    if rules.listened & _CHANGES:
        kept = list(by_key.values())
        rules = _compile(published, kept)
    since_s, until_s, company = asked.since_s, asked.until_s, published.company
    before = paused(rules, asked.journey)
    return Course(
        asked=asked,
        journey=live,
        span=Span(asked.journey, before, rules, since_s, until_s, asked.reactions),
        templates=frozenset(send.template for send in sends_of(live)),
        teams={str(team.id): team for team in kept if isinstance(team, Team)},
        company=company,
        starts_by=_starts_by(live, kept),
        needed=needed_by(live, by_key, until_s - since_s + company.late_entry),
    )


def narrow(by_key: Mapping[Key, Definition], journey: Journey) -> list[Definition]:
    """Return the definitions that can matter to a journey: what it names, guards, and who competes with it."""
    guards = [d for d in by_key.values() if isinstance(d, Guard)]
    counting = any(guard.caps or guard.budget for guard in guards)
    others = [d for d in by_key.values() if isinstance(d, Journey)]
    waiting: list[Definition] = [journey, *guards]
    waiting += [one for one in others if _can_matter(one, counting=counting)]
    waiting += [d for d in by_key.values() if isinstance(d, Company | Team)]
    wanted: dict[Key, Definition] = {}
    while waiting:
        definition = waiting.pop()
        if key_of(definition) in wanted:
            continue
        wanted[key_of(definition)] = definition
        waiting += [by_key[key] for key in _needs(definition, by_key) if key in by_key]
    return [wanted[key] for key in sorted(wanted) if not isinstance(wanted[key], Template)]


def sends_of(journey: Journey) -> Iterator[Send]:
    for step in journey.steps.values():
        for action in step.actions if isinstance(step, Together) else (step,):
            if isinstance(action, Send):
                yield action


def _needs(definition: Definition, by_key: Mapping[Key, Definition]) -> Iterator[Key]:
    for _, key in references(definition):
        yield key
    for _, part in parts(definition):
        if isinstance(part, TopScore):
            yield from (key for key in by_key if key[0] == "score")
        if isinstance(part, Message) and part.journey:
            yield "journey", part.journey


def _can_matter(journey: Journey, *, counting: bool) -> bool:
    """Whether it may change anything that another journey sees."""
    for step in journey.steps.values():
        for action in step.actions if isinstance(step, Together) else (step,):
            if isinstance(action, Send) and not counting:
                continue
            if isinstance(action, Action) and not isinstance(action, Notify | Audience):
                return True
    return False


def _compile(published: Published, kept: Iterable[Definition]) -> Ruleset:
    return compile_ruleset(
        Published(tuple(kept), published.versions, published.timezone), RULES, is_act
    )


def _starts_by(journey: Journey, kept: Iterable[Definition]) -> frozenset[str] | None:
    made = {
        part.event
        for definition in kept
        for _, part in parts(definition)
        if isinstance(part, EmitAct)
    }
    names: set[str] = set()
    for trigger in journey.triggers:
        if not isinstance(trigger, OnEvent):
            return None
        if trigger.event in made or trigger.event.startswith((*MADE_BY_RULES, "visit.")):
            return None
        names.add(trigger.event)
    return frozenset(names)
