"""Fits plain values to a type of the vocabulary: every misfit becomes a problem, the rest survives."""

import re
from collections.abc import Mapping, Set as AbstractSet
from math import inf
from typing import Final

import msgspec
from msgspec import inspect as types

from ripely.documents.nearest import suggestion
from ripely.documents.source import Plain, join
from ripely.model.duration import Duration
from ripely.model.problem import Problem
from ripely.model.words import ClockTime, Day, Holiday, MonthDay, pattern_of

PROBLEMS_MAX = 200
"""A document with so many misfits is something else altogether; nobody reads on."""

DURATION_MAX = Duration.parse("3650d")
_DURATION_TEXT_MAX = 40
_NOUNS = {"do": "step", "if": "condition", "on": "trigger", "kind": "document"}
_UNTAGGED = {
    "Where": "test of a property", "Case": "case", "Arm": "arm", "Goal": "goal",
    "PointsFor": "rule of points for an event", "PointsWhile": "rule of points for a fact",
    "Level": "level", "Act": "kind of event", "Leave": "reason to leave", "Per": "list of parts",
    "Hours": "span of hours", "RfmBounds": "list of bounds", "Lifecycle": "lifecycle", "Cap": "cap",
    "Quiet": "list of quiet hours", "QuietHours": "span of hours", "Budget": "budget", "Absent": "time of absence", "Member": "member",
    "Publishing": "list of what publishing needs",
}  # fmt: skip


class _Gone:
    """What is left of a value that cannot be used."""


GONE: Final = _Gone()


class Fitting:
    """One attempt to fit a document; `problems` fills on the way.

    `moved` says of each list that lost items where those that are left were written.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.moved: dict[str, list[int]] = {}

    def fit(self, value: Plain, wanted: types.Type, path: str) -> Plain:
        """Return `value` without the parts that do not fit, or GONE."""
        if len(self.problems) >= PROBLEMS_MAX:
            return GONE
        match wanted:
            case types.StructType():
                fitted = self.struct(value, wanted, path)
            case types.UnionType():
                fitted = self.union(value, wanted, path)
            case types.VarTupleType(item_type=inner):
                fitted = self.items(value, inner, path)
            case types.TupleType(item_types=inners):
                fitted = self.just_so_many(value, inners, path)
            case types.DictType(value_type=inner):
                fitted = self.entries(value, inner, path)
            case _:
                fitted = self.word(value, wanted, path)
        return fitted

    def struct(self, value: Plain, wanted: types.StructType, path: str) -> Plain:
        if not isinstance(value, dict):
            return self.wrong(value, f"{_a(name_of(wanted))} with its keys", path)
        fields = {field.encode_name: field for field in wanted.fields}
        tag = {wanted.tag_field} if wanted.tag_field else set()
        self.unknown(value.keys() - fields.keys() - tag, value, wanted, path)
        whole = True
        fitted: dict[str, Plain] = {key: value[key] for key in tag}
        for name, field in fields.items():
            if name in value:
                fitted[name] = self.fit(value[name], field.type, join(path, name))
            elif field.required:
                sentence = f'{_a(name_of(wanted)).capitalize()} needs "{name}".'
                self.problem("missing_field", join(path, name), sentence)
            whole &= not field.required or fitted.get(name, GONE) is not GONE
        return {k: v for k, v in fitted.items() if v is not GONE} if whole else GONE

    def unknown(
        self, names: AbstractSet[str], value: Plain, wanted: types.StructType, path: str
    ) -> None:
        known = {field.encode_name for field in wanted.fields} - value.keys()
        for key in [key for key in value if key in names][:PROBLEMS_MAX]:
            sentence = f'{_a(name_of(wanted)).capitalize()} has no "{key[:60]}"'
            self.problem("unknown_field", join(path, key), sentence + suggestion(key, known))

    def union(self, value: Plain, wanted: types.UnionType, path: str) -> Plain:
        structs = [each for each in wanted.types if isinstance(each, types.StructType)]
        others = [each for each in wanted.types if not isinstance(each, types.StructType)]
        for other in others:
            trial = Fitting()
            fitted = trial.fit(value, other, path)
            if not trial.problems:
                return fitted
        if structs:
            return self.tagged(value, structs, path)
        sole = [each for each in others if not isinstance(each, types.NoneType)]
        if len(sole) == 1:
            return self.fit(value, sole[0], path)
        return self.wrong(value, "a text, a number, true or false, or a list of those", path)

    def tagged(self, value: Plain, structs: list[types.StructType], path: str) -> Plain:
        if len(structs) == 1 and structs[0].tag is None:
            return self.struct(value, structs[0], path)
        field = str(structs[0].tag_field)
        by_tag = {str(struct.tag): struct for struct in structs}
        noun = _NOUNS[field]
        if not isinstance(value, dict):
            return self.wrong(value, f'{_a(noun)} that begins with "{field}:"', path)
        if field not in value:
            sentence = f'{_a(noun).capitalize()} needs "{field}": {_or(by_tag)}.'
            return self.problem("missing_field", join(path, field), sentence)
        if self.choice(value[field], list(by_tag), join(path, field)) is GONE:
            return GONE
        return self.struct(value, by_tag[value[field]], path)

    def items(self, value: Plain, inner: types.Type, path: str) -> Plain:
        if not isinstance(value, list):
            return self.wrong(value, "a list", path)
        fitted = [self.fit(item, inner, join(path, n)) for n, item in enumerate(value)]
        left = [n for n, item in enumerate(fitted) if item is not GONE]
        if len(left) < len(fitted):
            self.moved[path] = left
        return [fitted[n] for n in left]

    def just_so_many(self, value: Plain, inners: tuple[types.Type, ...], path: str) -> Plain:
        if not isinstance(value, list) or len(value) != len(inners):
            return self.wrong(value, f"a list of {len(inners)}", path)
        fitted = [
            self.fit(item, inner, join(path, n))
            for n, (item, inner) in enumerate(zip(value, inners, strict=True))
        ]
        return GONE if GONE in fitted else fitted

    def entries(self, value: Plain, inner: types.Type, path: str) -> Plain:
        if not isinstance(value, dict):
            return self.wrong(value, "names, each with its value", path)
        fitted = {key: self.fit(item, inner, join(path, key)) for key, item in value.items()}
        return {key: item for key, item in fitted.items() if item is not GONE}

    def choice(self, value: Plain, choices: list[str], path: str) -> Plain:
        if isinstance(value, str) and value in choices:
            return value
        said = value[:60] if isinstance(value, str) else _said(value)
        sentence = f'"{said}" is not possible here{suggestion(said, choices)}'
        return self.problem("unknown_choice", path, sentence)

    def duration(self, value: Plain, path: str) -> Plain:
        try:
            text = value if isinstance(value, str) and len(value) <= _DURATION_TEXT_MAX else "?"
            if Duration.parse(text) <= DURATION_MAX:
                return value
            sentence = f"{_said(value)} is longer than ten years."
        except ValueError:
            sentence = (
                f"{_said(value)} is not a length of time like 30d, 12h, 15m or 1h 30m"
                f"{'; add the unit' if isinstance(value, int) else ''}."
            )
        return self.problem("bad_duration", path, sentence)

    def word(self, value: Plain, wanted: types.Type, path: str) -> Plain:
        match wanted:
            case types.LiteralType(values=choices):
                return self.choice(value, [str(choice) for choice in choices], path)
            case types.CustomType():
                return self.duration(value, path)
            case _:
                return self.scalar(value, wanted, path)

    def scalar(self, value: Plain, wanted: types.Type, path: str) -> Plain:
        match wanted, value:
            case types.StrType(pattern=pattern), str():
                return self.text(value, pattern, path)
            case types.IntType(), int() if not isinstance(value, bool):
                return self.number(value, wanted, path)
            case types.FloatType(), int() | float() if not isinstance(value, bool):
                return self.number(value, wanted, path)
            case (types.BoolType(), bool()) | (types.NoneType(), None):
                return value
            case _:
                return self.wrong(value, _WANTED[wanted.__class__], path)

    def text(self, value: str, pattern: str | None, path: str) -> Plain:
        if pattern and not re.search(pattern, value):
            sentence = f"{_said(value)} is not {_PATTERNED[pattern]}."
            return self.problem("bad_time", path, sentence)
        return value

    def number(self, value: float, wanted: types.IntType | types.FloatType, path: str) -> Plain:
        least = -inf if wanted.ge is None else wanted.ge
        most = inf if wanted.le is None else wanted.le
        if not least <= value <= most:
            sentence = f"{value} should lie between {least:,} and {most:,}."
            return self.problem("out_of_range", path, sentence)
        return value

    def wrong(self, value: Plain, needed: str, path: str) -> _Gone:
        return self.problem(
            "wrong_type", path, f"{_said(value)} stands where {needed} belongs."
        )

    def problem(self, code: str, path: str, message: str) -> _Gone:
        self.problems.append(Problem(code, path, message))
        return GONE


_WANTED: Mapping[type[types.Type], str] = {
    types.StrType: "a text",
    types.IntType: "a whole number",
    types.FloatType: "a number",
    types.BoolType: "true or false",
    types.NoneType: "nothing",
}


_PATTERNED = {
    pattern_of(ClockTime): "a time of day like 09:00 or 20:00",
    pattern_of(Day): "a day like 2030-01-31",
    pattern_of(MonthDay): "a day of the year like 09-01",
    pattern_of(Holiday): "a day like 2030-01-31, or a day of every year like 12-25",
}


def name_of(struct: types.StructType) -> str:
    if struct.tag_field is None:
        return _UNTAGGED[struct.cls.__name__]
    noun = _NOUNS[struct.tag_field]
    return str(struct.tag) if noun == "document" else f'"{struct.tag}" {noun}'


def _said(value: Plain) -> str:
    match value:
        case dict():
            return "A group of keys"
        case list():
            return "A list"
        case None:
            return "Nothing"
        case _:
            text = msgspec.json.encode(value).decode()
            return text if len(text) <= 60 else f"{text[:57]}..."


def _a(noun: str) -> str:
    return f"{'an' if noun.lstrip(chr(34))[0] in 'aeiou' else 'a'} {noun}"


def _or(names: Mapping[str, object]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
