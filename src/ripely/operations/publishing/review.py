"""Reads a folder of documents and says everything that is wrong with it; needs no database."""

from collections.abc import Mapping

from ripely.documents.check import check
from ripely.documents.decode import Document, decode
from ripely.documents.finding import Finding
from ripely.documents.references import Key
from ripely.model.definition import Definition
from ripely.model.problem import Problem
from ripely.model.template import Template
from ripely.render.letter import template_problems

DOCUMENTS = (".yaml", ".yml", ".json")


def review(
    files: Mapping[str, bytes], elsewhere: Mapping[Key, Definition] = {}
) -> tuple[list[Document], list[Finding]]:
    """Return the documents of a folder and what is wrong. `elsewhere` is defined without being in it."""
    documents = [
        document
        for name in sorted(files)
        if name.endswith(DOCUMENTS)
        for document in decode(name, files[name], files)
    ]
    found = [*check(documents, elsewhere), *_in_templates(documents)]
    return documents, sorted(dict.fromkeys(found))


def _in_templates(documents: list[Document]) -> list[Finding]:
    return [
        document.find(Problem("bad_template", problem.path, _sentence(problem)))
        for document in documents
        if document.sound and isinstance(document.definition, Template)
        for problem in template_problems(document.definition)
    ]


def _sentence(problem: Problem) -> str:
    """Say first which text of the template is meant: the problem tells the line in that text."""
    return f"In the {problem.path.removeprefix('$.')}: {problem.message}"
