"""Reads YAML and JSON into plain values, and remembers on which line each one stood."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from ripely.model.problem import Problem

Plain = Any
"""What a parser makes of a document: texts, numbers, lists and mappings of them."""

BYTES_MAX = 1_000_000
DEPTH_MAX = 40
VALUES_MAX = 50_000

_TEXT, _NULL, _BOOL, _INT, _FLOAT = (
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "null", "bool", "int", "float")
)
_BARE = re.compile(r"[^\W\d][\w-]*")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Source(msgspec.Struct):
    """One document of a file: its value, the line of each path in it, and what is wrong with it."""

    value: Plain = None
    lines: dict[str, int] = {}
    problems: list[Problem] = []


class _Refused(Exception):  # noqa: N818  # it carries a problem for the author, it is no error of ours
    def __init__(self, code: str, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.code, self.line = code, line


def read(name: str, data: bytes) -> list[Source]:
    """Return every document of a file. What cannot be read becomes a document with a problem."""
    sources: list[Source] = []
    try:
        sources.extend(_documents(name, data))
    except _Refused as refused:
        problem = Problem(refused.code, "$", str(refused))
        sources.append(Source(None, {"$": refused.line}, [problem]))
    return sources


def join(path: str, key: str | int) -> str:
    """Return the path of a part: `$.steps.pause`, `$.cases[0]`, `$.set["first name"]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if _BARE.fullmatch(key) else f"{path}[{json.dumps(key)}]"


def _documents(name: str, data: bytes) -> Iterator[Source]:
    if len(data) > BYTES_MAX:
        raise _Refused("too_large", f"The file is larger than {BYTES_MAX // 1_000_000} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise _Refused("not_readable", "This is not text in UTF-8.", line) from None
    yield from _json(text) if name.endswith(".json") else _yaml(text)


def _json(text: str) -> Iterator[Source]:
    repeated: list[str] = []
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, repeated))
    except json.JSONDecodeError as wrong:
        sentence = f"This is not JSON: {wrong.msg} (column {wrong.colno})."
        raise _Refused("not_readable", sentence, wrong.lineno) from None
    except (RecursionError, ValueError):
        raise _Refused("too_large", "The document is nested too deep.") from None
    for number, document in enumerate(value if isinstance(value, list) else [value]):
        source = Source(None, {"$": 1}, [])
        if number == 0:
            source.problems += [_repeated("$", key) for key in repeated]
        source.value = _Reader(source).of(document)
        yield source


def _unique(pairs: list[tuple[str, Plain]], repeated: list[str]) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for key, value in pairs:
        if key in found:
            repeated.append(key)
        found.setdefault(key, value)
    return found


def _yaml(text: str) -> Iterator[Source]:
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as wrong:
        line = text[: wrong.position].count("\n") + 1
        sentence = f"The character {wrong.character!r} may not stand in YAML."
        raise _Refused("not_readable", sentence, line) from None
    try:
        while loader.check_node():
            source = Source(None, {}, [])
            source.value = _Reader(source).of(loader.get_node())
            if source.value is not None or source.problems:
                yield source
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise _Refused("not_readable", f"This is not YAML: {wrong.problem}.", line) from None
    except (OverflowError, ValueError):  # An escape like "\\UFFFFFFFF".
        sentence = "This is not YAML: it names a character that does not exist."
        raise _Refused("not_readable", sentence, loader.line + 1) from None


class _Loader(yaml.SafeLoader):
    """YAML 1.2's plain scalars: `on`, `no`, `20:00` and dates are text, as their authors mean."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    def compose_node(  # type: ignore[explicit-override]  # `override` came with Python 3.12
        self, parent: yaml.Node | None, index: Plain
    ) -> yaml.Node | None:
        self.depth += 1
        if self.depth > DEPTH_MAX:
            line = self.line + 1
            raise _Refused("too_large", f"This is nested deeper than {DEPTH_MAX} levels.", line)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _tag, _pattern, _firsts in (
    (_NULL, r"~|null|", ["~", "n", ""]),
    (_BOOL, r"true|false", ["t", "f"]),
    (_INT, r"-?(0|[1-9]\d{0,17})", list("-0123456789")),
    (_FLOAT, r"-?(0|[1-9]\d{0,17})(\.\d{1,30})([eE][-+]\d{1,3})?", list("-0123456789")),
):
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z", re.ASCII), _firsts)


class _Reader:
    """Makes plain values of YAML nodes, and of what a JSON parser made, within the limits."""

    def __init__(self, source: Source) -> None:
        self.source, self.values, self.characters, self.line = source, 0, 0, 1

    def of(self, node: Plain, path: str = "$", depth: int = 1) -> Plain:
        self.admit(node, path, depth)
        match node:
            case yaml.MappingNode(value=pairs):
                return self.mapping(pairs, path, depth)
            case dict():
                return self.mapping(list(node.items()), path, depth)
            case yaml.SequenceNode(value=items):
                return [self.of(v, join(path, n), depth + 1) for n, v in enumerate(items)]
            case list():
                return [self.of(v, join(path, n), depth + 1) for n, v in enumerate(node)]
            case yaml.ScalarNode():
                return self.scalar(node, path)
            case _:
                return self.storable(node, path)

    def admit(self, node: Plain, path: str, depth: int) -> None:
        if isinstance(node, yaml.Node):
            self.line = node.start_mark.line + 1
            self.source.lines.setdefault(path, self.line)
        # Aliases are followed anew each time, so this also bounds "a billion laughs".
        self.values += 1
        if self.values > VALUES_MAX:
            sentence = f"The document has more than {VALUES_MAX:,} values."
            raise _Refused("too_large", sentence, self.line)
        if depth > DEPTH_MAX:
            sentence = f"This is nested deeper than {DEPTH_MAX} levels."
            raise _Refused("too_large", sentence, self.line)

    def mapping(
        self, pairs: list[tuple[Plain, Plain]], path: str, depth: int
    ) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for key_node, value in pairs:
            key = self.key(key_node, path)
            if key is not None and isinstance(key_node, yaml.Node):
                self.source.lines[join(path, key)] = key_node.start_mark.line + 1
            if key in found:
                self.source.problems.append(_repeated(path, key))
            elif key is not None:
                found[key] = self.of(value, join(path, key), depth + 1)
        return found

    def key(self, node: Plain, path: str) -> str | None:
        match node:
            case str(text) | yaml.ScalarNode(value=str(text)):
                return str(self.storable(text, path))
            case _:
                self.problem("unsupported_yaml", path, "A key must be a word or a text.")
                return None

    def scalar(self, node: yaml.ScalarNode, path: str) -> Plain:
        if node.tag == _TEXT:
            return self.storable(node.value, path)
        if node.tag == _NULL:
            return None
        try:
            if node.tag in {_BOOL, _INT, _FLOAT}:
                return self.storable(json.loads(node.value), path)
        except ValueError:
            pass
        self.problem("unsupported_yaml", path, f"The tag {node.tag!r} cannot be used here.")
        return None

    def storable(self, value: Plain, path: str) -> Plain:
        self.characters += len(value) if isinstance(value, str) else 0
        if self.characters > BYTES_MAX:  # More than the file: an alias repeats a long text.
            sentence = f"The document holds more than {BYTES_MAX:,} characters."
            raise _Refused("too_large", sentence, self.line)
        if isinstance(value, str) and _UNSTORABLE.search(value):
            sentence = "This text has a character that cannot be stored."
            self.problem("unsupported_yaml", path, sentence)
            return _UNSTORABLE.sub("", value)
        if isinstance(value, int | float) and not -1e18 < value < 1e18:
            self.problem("out_of_range", path, "This number is too big.")
            return 0
        return value

    def problem(self, code: str, path: str, message: str) -> None:
        self.source.problems.append(Problem(code, path, message))


def _repeated(path: str, key: str) -> Problem:
    sentence = f'"{key}" stands here twice; keep one.'
    return Problem("repeated_key", join(path, key), sentence)
