"""All problems of a folder of documents at once, in the order in which a person would look."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from ripely.documents.decode import Document
from ripely.documents.finding import Finding
from ripely.documents.references import Key, check_circles, check_references
from ripely.documents.scores import check_scores_asked
from ripely.documents.validate import validate
from ripely.model.definition import Definition
from ripely.model.problem import Problem
from ripely.model.score import Score

_SURE = frozenset({
    "bad_id", "contradiction", "bad_pattern", "wrong_value", "unknown_event", "bad_url",
    "bad_zone", "bad_day",
    "out_of_range", "unknown_reference", "circular_reference", "bad_levels",
})  # fmt: skip
"""Problems that hold even when parts of their document could not be understood."""


def check(
    documents: Sequence[Document], elsewhere: Mapping[Key, Definition] = {}
) -> list[Finding]:
    """Return what is wrong. `elsewhere` holds what is defined without being in these documents."""
    found = [document.find(problem) for document, problem in _problems(documents, elsewhere)]
    return sorted(dict.fromkeys(found))


def _problems(
    documents: Sequence[Document], elsewhere: Mapping[Key, Definition]
) -> Iterator[tuple[Document, Problem]]:
    first = _first_of_each(documents)
    known = {*elsewhere, *first}
    for document in documents:
        yield from ((document, problem) for problem in document.problems)
        if document.definition is not None:
            yield from _sense(document, document.definition, known)
        if document.id and first[document.key] is not document:
            where = first[document.key]
            sentence = (
                f'There already is a {document.kind} "{document.id}" in {where.file},'
                f" line {where.lines.get('$', 1)}."
            )
            yield document, Problem("duplicate_id", "$.id", sentence)
    definitions = {k: d.definition for k, d in first.items() if d.definition is not None}
    others = {key: one for key, one in elsewhere.items() if key not in first}
    scores = {
        name: d for (_, name), d in {**others, **definitions}.items() if isinstance(d, Score)
    }
    for key, definition in definitions.items():
        yield from ((first[key], problem) for problem in check_scores_asked(definition, scores))
    for key, problem in check_circles({**others, **definitions}):
        if key in first:
            yield first[key], problem


def _sense(
    document: Document, definition: Definition, known: Collection[Key]
) -> Iterator[tuple[Document, Problem]]:
    for problem in (*validate(definition), *check_references(definition, known)):
        if _is_sure(document, problem):
            yield document, problem


def _is_sure(document: Document, problem: Problem) -> bool:
    """Whether a problem would also be there if what could not be understood had been."""
    if document.sound or problem.code in _SURE:
        return True
    misfits = {_part(misfit.path) for misfit in document.problems}
    part = "$.steps" if problem.path == "$.start" else _part(problem.path)
    return part != "$" and part not in misfits


def _part(path: str) -> str:
    """Return the part of the document that a path leads into: `$.steps` of `$.steps.pause.for`."""
    return ".".join(re.split(r"[.\[]", path, maxsplit=2)[:2])


def _first_of_each(documents: Sequence[Document]) -> dict[Key, Document]:
    first: dict[Key, Document] = {}
    for document in documents:
        if document.id:
            first.setdefault(document.key, document)
    return first
