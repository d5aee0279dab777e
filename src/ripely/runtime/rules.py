"""Rulesets, compiled when first needed and kept."""

from collections.abc import Callable

import msgspec

from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.model.catalog import is_act
from ripely.model.duration import Duration
from ripely.model.ids import RulesetId
from ripely.model.template import Template
from ripely.ports import Rulesets

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


def templates_of(documents: bytes) -> list[Template]:
    """Return the templates among published definitions."""
    return [found for found in _decode(documents).definitions if isinstance(found, Template)]
