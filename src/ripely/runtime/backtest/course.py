"""What a backtest runs: the journey among the rules that can matter to it, and nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo

import msgspec

from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.documents.conditions import parts
from ripely.documents.references import key_of
from ripely.engine.reliving import Span, paused
from ripely.engine.ruleset import Ruleset
from ripely.model.action import EmitAct, Send
from ripely.model.backtest import Asked
from ripely.model.catalog import is_act
from ripely.model.company import Company, Team
from ripely.model.condition import Condition
from ripely.model.definition import Definition
from ripely.model.ids import RulesetId
from ripely.model.journey import Journey
from ripely.model.trigger import OnEvent
from ripely.runtime.backtest.among import actions_of, narrow
from ripely.runtime.backtest.needs import MADE_BY_RULES, needed_by

RULES = RulesetId("backtest")


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
    kept = narrow(by_key, live, lambda some: _compile(published, some))
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


def sends_of(journey: Journey) -> Iterator[Send]:
    for action in actions_of(journey):
        if isinstance(action, Send):
            yield action


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
