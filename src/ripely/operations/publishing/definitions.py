"""Publishing: documents in, problems or a new ruleset out; only what changed becomes a new version."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from typing import Literal

import msgspec
from django.db import connection, transaction

from ripely.compiler.ruleset import Published, compile_ruleset, ruleset_id
from ripely.documents.decode import Document
from ripely.documents.encode import from_json, read_duration, to_json, to_yaml, write_duration
from ripely.documents.finding import Finding, locate
from ripely.documents.references import Key, key_of
from ripely.model.catalog import is_act
from ripely.model.definition import Definition
from ripely.model.ids import JourneyId, RulesetId
from ripely.model.journey import Journey
from ripely.model.problem import Problem
from ripely.operations.publishing.gate import findings_of, override, refusals
from ripely.operations.publishing.people import (
    EVERYBODY_MOVES,
    Fate,
    Plans,
    fates,
    misfits,
    with_people,
)
from ripely.operations.publishing.review import review
from ripely.operations.publishing.versions import numbered
from ripely.ports import Rulesets

_ONE_AT_A_TIME = "LOCK TABLE definitions_version IN SHARE ROW EXCLUSIVE MODE"

State = Literal["added", "changed", "unchanged", "missing", "removed"]
"""`missing` is in force without being in the documents, and stays; `removed` goes."""


class Change(msgspec.Struct, frozen=True):
    """What publishing would do to one definition, with the lines of its YAML that differ.

    `people` is what would become of those inside a journey.
    """

    kind: str
    id: str
    state: State
    lines: tuple[str, ...] = ()
    people: tuple[Fate, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """What publishing would do. With errors among the findings, it does nothing."""

    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    definitions: tuple[Definition, ...] = ()

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.warning]


class Outcome(msgspec.Struct, frozen=True):
    """What publishing did: nothing when there were errors, or when nothing is new."""

    plan: Plan
    ruleset: RulesetId | None = None
    position: int | None = None
    versions: Mapping[str, int] = {}

    def also(self, findings: Sequence[Finding]) -> "Outcome":
        """Return the same with what was found besides."""
        plan = msgspec.structs.replace(self.plan, findings=(*self.plan.findings, *findings))
        return msgspec.structs.replace(self, plan=plan)


def diff(
    files: Mapping[str, bytes],
    rulesets: Rulesets,
    plans: Plans = EVERYBODY_MOVES,
    *,
    prune: bool = False,
) -> Plan:
    return _plan(files, in_force(rulesets), plans, prune=prune)


def apply(
    files: Mapping[str, bytes],
    author: str,
    rulesets: Rulesets,
    timezone: str,
    plans: Plans = EVERYBODY_MOVES,
    *,
    prune: bool = False,
) -> Outcome:
    """Publish what changed. Several at once take turns, so that versions follow one another.

    What was passed over is recorded with it, or not at all.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ONE_AT_A_TIME)
        before, current = rulesets.current(), in_force(rulesets)
        plan = _plan(files, current, plans, prune=prune)
        refused = list(refusals(current, plan.definitions, author))
        if refused and not plans.anyway:
            findings = (*plan.findings, *findings_of(refused))
            plan = msgspec.structs.replace(plan, findings=findings)
        if plan.errors:
            return Outcome(plan)
        versions = numbered(plan.definitions, author)
        published = with_people(Published(plan.definitions, versions, timezone), current, plans)
        documents = encode(published)
        ruleset = ruleset_id(documents)
        if ruleset == before:
            return Outcome(plan, ruleset, None, versions)
        compile_ruleset(published, ruleset, is_act)  # What cannot run is not published.
        override([*refused, *plans.passed], author)
        # The last act: when the log does not take it, the versions are not kept either.
        position = rulesets.publish(ruleset, documents)
    return Outcome(plan, ruleset, position, versions)


def in_force(rulesets: Rulesets) -> Published:
    """Return what is published now."""
    ruleset = rulesets.current()
    return Published() if ruleset is None else read(rulesets.documents(ruleset))


def encode(published: Published) -> bytes:
    return msgspec.json.encode(published, enc_hook=write_duration, order="deterministic")


def read(documents: bytes) -> Published:
    return msgspec.json.decode(documents, type=Published, dec_hook=read_duration)


def _plan(files: Mapping[str, bytes], current: Published, plans: Plans, *, prune: bool) -> Plan:
    old = {key_of(definition): definition for definition in current.definitions}
    documents, findings = review(files, {} if prune else old)
    named = {document.key for document in documents}
    stay = {} if prune else {key: one for key, one in old.items() if key not in named}
    new = {d.key: d.definition for d in documents if d.definition is not None}
    after = {**stay, **new}
    findings += [*_misfits(documents, old, plans), *_resumed(documents, old)]
    changes = [
        _change(key, old.get(key), new.get(key), plans, prune=prune)
        for key in sorted(old | new)
    ]
    findings += _overtaken(changes, current, plans)
    return Plan(tuple(findings), tuple(changes), tuple(after[key] for key in sorted(after)))


def _change(
    key: Key, old: Definition | None, new: Definition | None, plans: Plans, *, prune: bool
) -> Change:
    if old == new:
        return Change(*key, "unchanged")
    if new is None and not prune:
        return Change(*key, "missing")
    state: State = "added" if old is None else "removed" if new is None else "changed"
    people: tuple[Fate, ...] = ()
    if isinstance(old, Journey):
        after = new if isinstance(new, Journey) else None
        people = tuple(fates(old, after, plans.of(old.id)))
    return Change(*key, state, _lines(old, new) if state == "changed" else (), people)


def _resumed(documents: Sequence[Document], old: Mapping[Key, Definition]) -> Iterator[Finding]:
    """Find the journeys that somebody has paused, and that the documents say nothing of it."""
    for document in documents:
        before, after = old.get(document.key), document.definition
        was = isinstance(before, Journey) and before.paused
        if was and isinstance(after, Journey) and not after.paused:
            sentence = 'This journey is paused now, and goes on with this; say "paused: true" to keep it so.'
            yield document.find(Problem("resumes", "$.paused", sentence))


def _overtaken(
    changes: Sequence[Change], current: Published, plans: Plans
) -> Iterator[Finding]:
    """Find the documents that somebody else has published since they were looked at."""
    for change in changes:
        key = f"{change.kind}/{change.id}"
        if plans.seen is None or change.state not in {"added", "changed", "removed"}:
            continue
        seen, number = plans.seen.get(key, 0), current.versions.get(key, 0)
        if number != seen:
            was = f"version {seen}" if seen else "none"
            now = f"version {number} of it is" if number else "none of it is"
            sentence = f"Somebody else has published “{change.id}” meanwhile: {now} in force, and {was} was. Look at it again."
            yield locate(key, {}, Problem("overtaken", "$", sentence))


def _misfits(
    documents: Sequence[Document], old: Mapping[Key, Definition], plans: Plans
) -> list[Finding]:
    by_journey: dict[JourneyId, Document] = {}
    changed: dict[JourneyId, tuple[Journey, Journey]] = {}
    for document in documents:
        before, after = old.get(document.key), document.definition
        if isinstance(before, Journey) and isinstance(after, Journey) and before != after:
            by_journey[after.id], changed[after.id] = document, (before, after)
    return [
        by_journey[journey].find(Problem("missing_target", "$.steps", sentence))
        for journey, sentence in misfits(changed, plans)
    ]


def _lines(old: Definition | None, new: Definition | None) -> tuple[str, ...]:
    before = "" if old is None else to_yaml(old)
    # Both in the one order that is stored, so that only what differs is shown.
    after = "" if new is None else to_yaml(from_json(to_json(new)))
    return tuple(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
