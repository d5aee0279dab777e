"""What is in force now, decoded and compiled once for each ruleset."""

from collections.abc import Mapping

import msgspec

from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.model.catalog import is_act
from ripely.model.ids import RulesetId
from ripely.operations.publishing.definitions import read
from ripely.operations.wording.names import Names, names_of
from ripely.ports import Rulesets


class InForce(msgspec.Struct, frozen=True):
    """The published definitions by name, and compiled, to answer "why"."""

    names: Names = Names()
    versions: Mapping[str, int] = {}
    timezone: str = ""
    rules: Ruleset | None = None
    published: Published = Published()


def in_force(rulesets: Rulesets) -> InForce:
    ruleset = rulesets.current()
    if ruleset is None:
        return InForce()
    if ruleset not in _KEPT:
        _KEPT.clear()  # a ruleset replaces the one before it, and never changes
        _KEPT[ruleset] = _prepared(ruleset, read(rulesets.documents(ruleset)))
    return _KEPT[ruleset]


_KEPT: dict[RulesetId, InForce] = {}


def _prepared(ruleset: RulesetId, published: Published) -> InForce:
    return InForce(
        names=names_of(published.definitions, published.company, published.versions),
        versions=published.versions,
        timezone=published.company.timezone,
        rules=compile_ruleset(published, ruleset, is_act),
        published=published,
    )
