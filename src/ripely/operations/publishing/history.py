"""What is defined, and what each definition was before."""

from collections.abc import Sequence
from datetime import datetime
from difflib import unified_diff

import msgspec

from ripely.compiler.ruleset import Published
from ripely.documents.references import key_of
from ripely.operations.publishing.versions import as_yaml
from ripely.records.definitions.models import Version

KINDS = ("journey", "segment", "score", "template", "company", "guard", "team")


class Entry(msgspec.Struct, frozen=True):
    """A definition in force."""

    kind: str
    id: str
    name: str
    version: int


class Past(msgspec.Struct, frozen=True):
    """A version, with the lines that differ from the one before it; the first one as it is."""

    number: int
    author: str
    at: datetime
    document: str
    lines: Sequence[str]
    in_force: bool


def entries(published: Published) -> Sequence[Entry]:
    """Return everything in force, by kind and name."""
    found = []
    for definition in published.definitions:
        kind, key = key_of(definition)
        number = published.versions.get(f"{kind}/{key}", 1)
        found.append(Entry(kind, key, definition.name or key, number))
    return sorted(found, key=lambda one: (_place(one.kind), one.name))


def name_of(published: Published, kind: str, key: str) -> str:
    """Return what a definition in force is called; one that is not is called by its id."""
    named = (one.name for one in entries(published) if (one.kind, one.id) == (kind, key))
    return next(named, key)


def history(versions: Sequence[Version], published: Published) -> Sequence[Past]:
    """Return the versions of a definition, the latest first."""
    texts = [as_yaml(version).splitlines() for version in versions]
    return [
        Past(
            number=version.number,
            author=version.author,
            at=version.created_at,
            document="" if before else "\n".join(text),
            lines=tuple(unified_diff(before, text, lineterm="", n=2))[2:],
            in_force=published.versions.get(f"{version.kind}/{version.document}")
            == version.number,
        )
        for version, text, before in zip(versions, texts, [*texts[1:], []], strict=True)
    ]


def _place(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
