"""Drafts: documents as somebody is writing them, checked among what is published, and kept without publishing."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from ripely.compiler.ruleset import Published
from ripely.documents.encode import to_yaml
from ripely.documents.finding import Finding
from ripely.documents.references import Key, key_of
from ripely.model.definition import Definition
from ripely.operations.publishing.people import Plans
from ripely.operations.publishing.review import review
from ripely.operations.publishing.revisions import Revision
from ripely.records.definitions.models import Draft

FILE = "draft.yaml"
EDITABLE = frozenset({"journey", "segment"})
TEXT_MAX = 200_000


class Checked(msgspec.Struct, frozen=True):
    """A draft as far as it can be understood. `definition` is the one it is about, when it is sound."""

    findings: Sequence[Finding]
    definition: Definition | None
    others: tuple[Definition, ...] = ()

    @property
    def sound(self) -> bool:
        return self.definition is not None and all(one.warning for one in self.findings)


class Line(msgspec.Struct, frozen=True):
    """A draft in the list."""

    kind: str
    key: str
    author: str
    at: datetime


def check(text: str, key: Key, published: Published) -> Checked:
    """Check the documents of a draft, the one it is about among them, beside what is published."""
    known = {key_of(one): one for one in published.definitions}
    documents, findings = review({FILE: text.encode()}, known)
    found = {one.key: one.definition for one in documents if one.definition is not None}
    if key not in found:
        line = Finding(
            FILE, 1, "$", "not_a_document", f"This says nothing of {key[0]} “{key[1]}”."
        )
        findings = findings or [line]
    others = tuple(one for name, one in found.items() if name != key)
    return Checked(findings, found.get(key), others)


def text_of(key: Key, published: Published) -> str:
    """Return the draft of a document; without one, what is published; or the beginning of a new one."""
    found = known(key, published)
    return _BEGINNINGS[key[0]].format(key=key[1]) if found is None else found


def known(key: Key, published: Published) -> str | None:
    """Return the draft of a document; without one, what is published."""
    draft = kept(key)
    if draft is not None:
        return draft.text
    return next((to_yaml(one) for one in published.definitions if key_of(one) == key), None)


def kept(key: Key) -> Draft | None:
    return Draft.objects.filter(kind=key[0], document=key[1]).first()


class Opened(msgspec.Struct, frozen=True):
    """What somebody saw when they began to write: the version in force (0: none), and the draft by its stamp."""

    base: int | None = None
    stamp: str | None = None


def opened(key: Key, published: Published) -> Opened:
    draft = kept(key)
    return Opened(published.versions.get("/".join(key), 0), draft.stamp if draft else "")


def keep(key: Key, text: str, author: str, opened: Opened = Opened()) -> None:  # noqa: B008 - It never changes.
    """Keep all of a draft. Raises `ValueError` with a sentence where that cannot be."""
    if len(text) > TEXT_MAX:
        raise ValueError(f"A draft has up to {TEXT_MAX:,} letters: this one is not kept.")
    if "\x00" in text:
        raise ValueError("This text has a character that cannot be stored.")
    with transaction.atomic():
        before = Draft.objects.select_for_update().filter(kind=key[0], document=key[1]).first()
        stamp = before.stamp if before else ""
        if before and before.text != text and opened.stamp not in {None, stamp}:
            raise ValueError(
                f"{before.author} has kept another text since you opened this one: keep yours once more"
                " to replace it, or open the page again to read theirs."
            )
        said = {"text": text, "author": author, "base": opened.base}
        Draft.objects.update_or_create(kind=key[0], document=key[1], defaults=said)


def revision(draft: Draft, current: Published, plans: Plans) -> Revision:
    """Return what a draft would publish: nothing, where its document has changed since it was begun from it."""
    seen = dict(current.versions)
    if draft.base is not None:
        seen[f"{draft.kind}/{draft.document}"] = draft.base
    return Revision({FILE: draft.text.encode()}, msgspec.structs.replace(plans, seen=seen))


def drop(key: Key) -> None:
    Draft.objects.filter(kind=key[0], document=key[1]).delete()


def lines() -> Sequence[Line]:
    return [
        Line(one.kind, one.document, one.author, one.updated_at) for one in Draft.objects.all()
    ]


_BEGINNINGS = {
    "journey": """kind: journey
id: {key}
name: A new journey
triggers:
  - on: event
    event: order.completed
start: first
steps:
  first: {{do: wait, for: 1d, then: call}}
  call: {{do: task, title: Call and say thank you}}
""",
    "segment": """kind: segment
id: {key}
name: A new segment
when: {{if: did, event: order.completed, within: 30d}}
""",
}
