"""What is in force: by which ids other questions are asked."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec

from ripely.operations.names import Names
from ripely.web.request import Request
from ripely.web.v1.endpoint import EITHER, get

Kind = Literal["segment", "score", "journey", "template", "team"]


class DefinitionsAsked(msgspec.Struct, frozen=True):
    kind: Annotated[Kind | None, msgspec.Meta(description="Only those of one kind.")] = None


class DefinitionLine(msgspec.Struct, frozen=True):
    kind: Kind
    id: str
    name: str
    version: int


class Definitions(msgspec.Struct, frozen=True):
    definitions: Sequence[DefinitionLine]


@get("definitions", EITHER)
def listed(request: Request, *, query: DefinitionsAsked) -> Definitions:
    """List the segments, scores, journeys, templates and teams in force."""
    names = request.names
    found = [
        DefinitionLine(kind, key, name or key, names.versions.get(f"{kind}/{key}", 0))
        for kind, named in _kinds(names).items()
        if query.kind in {None, kind}
        for key, name in sorted(named.items())
    ]
    return Definitions(found)


def _kinds(names: Names) -> Mapping[Kind, Mapping[str, str]]:
    return {
        "segment": {key: one.name for key, one in names.segments.items()},
        "score": {key: one.name for key, one in names.scores.items()},
        "journey": {key: one.name for key, one in names.journeys.items()},
        "template": {key: one.name for key, one in names.templates.items()},
        "team": {key: one.name for key, one in names.teams.items()},
    }
