"""Rulesets, compiled when first needed and kept."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import msgspec

from ripely.compiler.guards import compile_guards
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.model.catalog import is_act
from ripely.model.company import Company, Team
from ripely.model.duration import Duration
from ripely.model.ids import RulesetId
from ripely.model.template import Template
from ripely.ports import Rulesets
from ripely.runtime.lateness import NO_QUIET, QuietTimes

NO_RULES = RulesetId("")
_decode = msgspec.json.Decoder(Published, dec_hook=lambda _, text: Duration.parse(text)).decode


def open_rules(rulesets: Rulesets) -> Callable[[RulesetId], Ruleset]:
    """Return a look-up that compiles each ruleset once. The empty id stands for no definitions at all."""
    compiled: dict[RulesetId, Ruleset] = {}

    def rules_of(identity: RulesetId) -> Ruleset:
        if identity not in compiled:
            published = (
                Published() if identity == NO_RULES else _decode(rulesets.documents(identity))
            )
            compiled[identity] = compile_ruleset(published, identity, is_act)
        return compiled[identity]

    return rules_of


def published_of(documents: bytes) -> Published:
    return _decode(documents)


def templates_of(documents: bytes) -> list[Template]:
    """Return the templates among published definitions."""
    return [found for found in _decode(documents).definitions if isinstance(found, Template)]


def open_quiet_times(rulesets: Rulesets) -> Callable[[], QuietTimes]:
    """Return a look-up of the quiet hours that hold now, read once for each ruleset."""
    known: dict[RulesetId, QuietTimes] = {}

    def quiet_times() -> QuietTimes:
        current = rulesets.current()
        if current is None:
            return NO_QUIET
        if current not in known:
            published = _decode(rulesets.documents(current))
            company = published.company
            guards = compile_guards(published.definitions, company)
            known.clear()
            known[current] = QuietTimes(guards, ZoneInfo(company.timezone))
        return known[current]

    return quiet_times


def staff_of(documents: bytes) -> tuple[Company, list[Team]]:
    """Return the company and the teams of published definitions."""
    published = _decode(documents)
    return published.company, [d for d in published.definitions if isinstance(d, Team)]
