"""What is in force, and what documents would change: nothing is published here."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from django.http import Http404

from ripely.documents.encode import to_yaml
from ripely.documents.finding import Finding
from ripely.documents.references import key_of
from ripely.operations.publishing import drafts
from ripely.operations.publishing.definitions import Change, State, diff
from ripely.operations.publishing.people import Fate
from ripely.operations.wording.names import Names
from ripely.web.request import Request
from ripely.web.v1.endpoint import EITHER, get, post

Kind = Literal["segment", "score", "journey", "template", "team"]
DefinitionKind = Annotated[
    str, msgspec.Meta(max_length=32, description="As its document says: `journey`.")
]
DefinitionId = Annotated[
    str, msgspec.Meta(max_length=64, description="The id of a definition.")
]


class DefinitionsAsked(msgspec.Struct, frozen=True):
    kind: Annotated[Kind | None, msgspec.Meta(description="Only those of one kind.")] = None


class DefinitionLine(msgspec.Struct, frozen=True):
    kind: Kind
    id: str
    name: str
    version: int


class Definitions(msgspec.Struct, frozen=True):
    definitions: Sequence[DefinitionLine]


class Definition(msgspec.Struct, frozen=True):
    """A definition as its `document` in YAML."""

    kind: str
    id: str
    version: int
    document: str


class Documents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One document or several, in YAML with `---` between them, or in JSON."""

    document: Annotated[str, msgspec.Meta(min_length=1, max_length=drafts.TEXT_MAX)]


class FindingTold(msgspec.Struct, frozen=True):
    """What is wrong, or with a `warning` may be; at which `line`, and where in the document."""

    code: str
    warning: bool
    line: int
    path: str
    message: str


class ChangeTold(msgspec.Struct, frozen=True):
    """What publishing would do: the `lines` that differ, and what would become of those inside a journey."""

    kind: str
    id: str
    state: State
    lines: Sequence[str]
    people: Sequence[Fate]


class Checked(msgspec.Struct, frozen=True):
    """`sound`: it could be published, as far as the documents themselves say."""

    sound: bool
    findings: Sequence[FindingTold]
    changes: Sequence[ChangeTold]


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


@get("definitions/{kind}/{id}", EITHER)
def one(request: Request, kind: DefinitionKind, id: DefinitionId) -> Definition:  # noqa: A002  as it is told
    """Show a definition in force as its document."""
    published = request.in_force.published
    found = next((d for d in published.definitions if key_of(d) == (kind, id)), None)
    if found is None:
        raise Http404(f"There is no {kind} “{id}” in force.")
    return Definition(kind, id, published.versions.get(f"{kind}/{id}", 0), to_yaml(found))


@post("definitions/check", EITHER)
def check(request: Request, *, body: Documents) -> Checked:
    """Say everything that is wrong in documents, and what publishing them would change. Nothing is published."""
    plan = diff({drafts.FILE: body.document.encode()}, request.app.rulesets)
    changes = [_change(one) for one in plan.changes if one.state in {"added", "changed"}]
    return Checked(not plan.errors, [_finding(one) for one in plan.findings], changes)


def _change(one: Change) -> ChangeTold:
    return ChangeTold(one.kind, one.id, one.state, one.lines, one.people)


def _finding(one: Finding) -> FindingTold:
    return FindingTold(one.code, one.warning, one.line, one.path, one.message)


def _kinds(names: Names) -> Mapping[Kind, Mapping[str, str]]:
    return {
        "segment": {key: one.name for key, one in names.segments.items()},
        "score": {key: one.name for key, one in names.scores.items()},
        "journey": {key: one.name for key, one in names.journeys.items()},
        "template": {key: one.name for key, one in names.templates.items()},
        "team": {key: one.name for key, one in names.teams.items()},
    }
