"""Reads files of definitions; every mistake of shape comes back at once, and what is sound survives."""

import re
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.inspect import UnionType, type_info

from ripely.documents.encode import read_duration
from ripely.documents.finding import Finding, locate
from ripely.documents.nearest import suggestion
from ripely.documents.shape import GONE, Fitting
from ripely.documents.source import Plain, Source, read
from ripely.model.definition import Definition
from ripely.model.problem import Problem

_LANGUAGE = type_info(Definition)  # Found once: it takes milliseconds.
assert isinstance(_LANGUAGE, UnionType)
KINDS = {struct.tag: struct for struct in _LANGUAGE.types}  # type: ignore[attr-defined]
_NUMBER = re.compile(r"(\[\d+\])")
_NEIGHBOURS = {"body_file": "body", "text_file": "text"}


class Document(msgspec.Struct, frozen=True):
    """One document of a file. `definition` is what could be understood of it; it is `sound` when all was.

    `moved` says of each list that lost items where those that are left were written.
    """

    file: str
    kind: str
    id: str
    definition: Definition | None
    lines: Mapping[str, int]
    problems: tuple[Problem, ...]
    moved: Mapping[str, Sequence[int]] = {}

    @property
    def sound(self) -> bool:
        return self.definition is not None and not self.problems

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.id

    def find(self, problem: Problem) -> Finding:
        """Find a problem in the file, be it of its shape or of what was understood of it."""
        if problem not in self.problems:
            problem = Problem(problem.code, self._written(problem.path), problem.message)
        return locate(self.file, self.lines, problem)

    def _written(self, path: str) -> str:
        """Return the path of a part of the definition as the file has it."""
        found = ""
        for part in _NUMBER.split(path):
            left = self.moved.get(found) if _NUMBER.fullmatch(part) else None
            found += f"[{left[int(part[1:-1])]}]" if left else part
        return found


def decode(file: str, data: bytes, neighbours: Mapping[str, bytes] = {}) -> list[Document]:
    """Return the documents of a file. `neighbours` are the files that a template may take its text from."""
    return [_document(file, source, neighbours) for source in read(file, data)]


def _document(file: str, source: Source, neighbours: Mapping[str, bytes]) -> Document:
    fitting = Fitting()
    value = source.value
    definition = None
    if not (value is None and source.problems):
        value = _with_texts(file, value, neighbours, fitting)
        fitted = _fit(value, fitting)
        if fitted is not GONE:
            definition = msgspec.convert(fitted, Definition, dec_hook=read_duration)
    kind, name = (_word(value, "kind"), _word(value, "id"))
    problems = (*source.problems, *fitting.problems)
    return Document(file, kind, name, definition, source.lines, problems, fitting.moved)


def _fit(value: Plain, fitting: Fitting) -> Plain:
    if not isinstance(value, dict):
        sentence = (
            "A document is a list of keys, each with its value, and begins with its kind."
        )
        return fitting.problem("not_a_document", "$", sentence)
    if "kind" not in value:
        sentence = f"A document needs a kind{suggestion('', KINDS)}"
        return fitting.problem("not_a_document", "$", sentence)
    return fitting.fit(value, _LANGUAGE, "$")


def _with_texts(
    file: str, value: Plain, neighbours: Mapping[str, bytes], fitting: Fitting
) -> Plain:
    """Put the text of a neighbour file where the document names the file."""
    if not (isinstance(value, dict) and value.get("kind") == "template"):
        return value
    found = dict(value)
    for named, field in _NEIGHBOURS.items():
        if named in found:
            found[field] = _neighbour(file, found.pop(named), neighbours, f"$.{named}", fitting)
    return found


def _neighbour(
    file: str, name: Plain, neighbours: Mapping[str, bytes], path: str, fitting: Fitting
) -> str:
    folder = file[: file.rfind("/") + 1]
    try:
        return neighbours[f"{folder}{name}"].decode()
    except KeyError:
        sentence = f'There is no file "{name}" beside this one.'
    except UnicodeDecodeError:
        sentence = f'The file "{name}" is not text in UTF-8.'
    fitting.problem("missing_file", path, sentence)
    return ""


def _word(value: Plain, key: str) -> str:
    word = value.get(key) if isinstance(value, dict) else None
    return word if isinstance(word, str) else ""
