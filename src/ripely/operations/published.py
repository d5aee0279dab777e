"""What is in force now: the published definitions, decoded once for each ruleset."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.ids import RulesetId
from ripely.operations.names import Names, names_of
from ripely.ports import Rulesets


class Published(msgspec.Struct, frozen=True):
    ruleset: RulesetId | None = None
    names: Names = Names()
    versions: Mapping[str, int] = {}
    settings: Mapping[str, Any] = {}


class _Documents(msgspec.Struct):
    definitions: list[Definition]
    versions: dict[str, int] = {}
    settings: dict[str, Any] = {}


def published(rulesets: Rulesets) -> Published:
    """Return the definitions in force; nothing yet is an empty set of them."""
    ruleset = rulesets.current()
    if ruleset is None:
        return Published()
    if ruleset not in _KEPT:
        _KEPT.clear()  # a ruleset replaces the one before it, and never changes
        _KEPT[ruleset] = _decoded(ruleset, rulesets.documents(ruleset))
    return _KEPT[ruleset]


_KEPT: dict[RulesetId, Published] = {}


def _decoded(ruleset: RulesetId, documents: bytes) -> Published:
    found = msgspec.json.decode(documents, type=_Documents, dec_hook=_from_text)
    return Published(ruleset, names_of(found.definitions), found.versions, found.settings)


def _from_text(wanted: type, value: object) -> object:
    if wanted is Duration and isinstance(value, str):
        return Duration.parse(value)
    raise NotImplementedError(f"a {wanted.__name__} is not read from {value!r}")
