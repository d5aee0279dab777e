"""Rows of a table as calls of the Segment protocol, by a mapping that says what each column means."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

import msgspec
import yaml

from ripely.model.duration import Duration
from ripely.model.identity import EMAIL, PHONE, Claims, canonical_email, canonical_phone

Type = Literal["auto", "text", "number", "boolean"]

_PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?")
_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})
# What columns are usually called, lower case and without anything but letters and digits.
_USUAL = {
    "type": ("type",),
    "event": ("event", "eventname", "eventtype", "action"),
    "user_id": ("userid", "user", "customerid"),
    "anonymous_id": ("anonymousid", "visitorid", "cookieid"),
    "email": ("email", "emailaddress", "mail"),
    "phone": ("phone", "phonenumber"),
    "timestamp": ("timestamp", "time", "datetime", "date", "occurredat", "createdat"),
    "message_id": ("messageid", "eventid"),
}


class MappingError(Exception):
    """The mapping says something that cannot be followed; the message says what."""


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a value comes from: a column, the same for every row, or made of the line's number."""

    column: str | None = None
    constant: str | None = None
    line_number: str | None = None

    def of(self, row: Mapping[str, str], number: int) -> str:
        if self.column is not None:
            return row[self.column].strip()
        if self.line_number is not None:
            return f"{self.line_number}{number}"
        return self.constant or ""


class Moment(Cell, frozen=True, forbid_unknown_fields=True):
    """When it happened: `format` as in strptime, `timezone` for moments that name none themselves.

    What is made of no column is `step` later on each line.
    """

    format: str | None = None
    timezone: str = "UTC"
    step: str = "0s"


class Fact(Cell, frozen=True, forbid_unknown_fields=True):
    type: Type = "auto"


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mapping as it is written: a text alone names a column."""

    type: str | Cell | None = None
    event: str | Cell | None = None
    user_id: str | Cell | None = None
    anonymous_id: str | Cell | None = None
    email: str | Cell | None = None
    phone: str | Cell | None = None
    timestamp: str | Moment | None = None
    message_id: str | Cell | None = None
    properties: dict[str, str | Fact] | None = None
    traits: dict[str, str | Fact] = {}


class Row(msgspec.Struct, frozen=True):
    """A row as a call, what it tells of the contact apart, and whose it is."""

    call: dict[str, object]
    identify: dict[str, object] | None
    claims: Claims


class Columns:
    """Reads rows whose header is known. Make it with `Columns.of`."""

    def __init__(
        self,
        header: Sequence[str],
        cells: Mapping[str, Cell],
        properties: Mapping[str, Fact],
        traits: Mapping[str, Fact],
    ) -> None:
        self._header = header
        self._cells = cells
        self._properties = properties
        self._traits = traits

    @classmethod
    def of(cls, header: Sequence[str], table: Table) -> Self:
        """Match a mapping with a header; what the mapping leaves open goes by the usual names."""
        named = {field: getattr(table, field) for field in _USUAL}
        cells = {
            field: cell
            for field, said in named.items()
            if (cell := _cell(said if said is not None else _usual(header, field), field))
        }
        traits = {name: _fact(said) for name, said in table.traits.items()}
        used = {cell.column for cell in (*cells.values(), *traits.values())}
        properties = (
            {name: Fact(column=name) for name in header if name not in used}
            if table.properties is None
            else {name: _fact(said) for name, said in table.properties.items()}
        )
        columns = cls(header, cells, properties, traits)
        columns.check()
        return columns

    def check(self) -> None:
        """Raise `MappingError` where the mapping asks for what the table has not."""
        facts = (*self._properties.values(), *self._traits.values())
        for cell in (*self._cells.values(), *facts):
            if cell.column is not None and cell.column not in self._header:
                known = ", ".join(self._header)
                raise MappingError(f"there is no column {cell.column!r}, only {known}")
        if "timestamp" not in self._cells:
            raise MappingError("it must say what `timestamp` is: no column is called so")
        if not {"user_id", "anonymous_id", "email", "phone"} & set(self._cells):
            raise MappingError(
                "it must say whose the rows are: user_id, anonymous_id, email or phone"
            )
        if not {"type", "event"} & set(self._cells):
            raise MappingError("it must say what happened: `event`, or `type`")

    def row(self, values: Sequence[str], number: int) -> Row:
        """Read one row, or raise `ValueError` with a sentence."""
        if len(values) != len(self._header):
            raise ValueError(f"{len(values)} cells where the header has {len(self._header)}.")
        row = dict(zip(self._header, values, strict=True))
        said = {field: cell.of(row, number) for field, cell in self._cells.items()}
        moment = self._cells["timestamp"]
        assert isinstance(moment, Moment)
        who = {"userId": said.get("user_id", ""), "anonymousId": said.get("anonymous_id", "")}
        head: dict[str, object] = {name: value for name, value in who.items() if value}
        head["timestamp"] = _moment(said["timestamp"], moment, number)
        traits = _facts(self._traits, row, number)
        identify = {**head, "type": "identify", "traits": traits} if traits else None
        return Row(self._call(head, said, row, number), identify, _claims(said))

    def _call(
        self,
        head: Mapping[str, object],
        said: Mapping[str, str],
        row: Mapping[str, str],
        n: int,
    ) -> dict[str, object]:
        kind = said.get("type") or "track"
        facts = "traits" if kind in {"identify", "group"} else "properties"
        call = {**head, "type": kind, facts: _facts(self._properties, row, n)}
        if said.get("event"):
            call["event"] = said["event"]
        if said.get("message_id"):
            call["messageId"] = said["message_id"]
        return call


def read_mapping(text: str) -> Table:
    """Read a mapping written in YAML, or raise `MappingError` with a sentence."""
    try:
        table = msgspec.convert(yaml.load(text, yaml.BaseLoader) or {}, Table, strict=False)  # noqa: S506 - it makes nothing but text.
    except (yaml.YAMLError, msgspec.ValidationError) as wrong:
        raise MappingError(str(wrong)) from None
    if isinstance(table.timestamp, Moment):
        try:
            Duration.parse(table.timestamp.step)
            ZoneInfo(table.timestamp.timezone)
        except (ValueError, KeyError, OSError) as wrong:
            raise MappingError(f"timestamp: {wrong}") from None
    return table


def _usual(header: Sequence[str], field: str) -> str | None:
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(header)}
    return next((plain[name] for name in _USUAL[field] if name in plain), None)


def _cell(said: str | Cell | None, field: str) -> Cell | None:
    if not isinstance(said, str):
        return said
    return Moment(column=said) if field == "timestamp" else Cell(column=said)


def _fact(said: str | Fact) -> Fact:
    return Fact(column=said) if isinstance(said, str) else said


def _claims(said: Mapping[str, str]) -> Claims:
    email = canonical_email(said.get("email", ""))
    phone = canonical_phone(said.get("phone", ""))
    return tuple((kind, value) for kind, value in ((EMAIL, email), (PHONE, phone)) if value)


def _facts(facts: Mapping[str, Fact], row: Mapping[str, str], number: int) -> dict[str, object]:
    """Return what is said; an empty cell says nothing."""
    return {
        name: _typed(text, fact.type, name)
        for name, fact in facts.items()
        if (text := fact.of(row, number))
    }


def _typed(text: str, type_: Type, name: str) -> object:
    plain = text.lower()
    match type_:
        case "number":
            return _number(text, name)
        case "boolean" if plain in _TRUE or plain in _FALSE:
            return plain in _TRUE
        case "boolean":
            raise ValueError(f"{name}: {text!r} is neither yes nor no.")
        case "auto" if _PLAIN_NUMBER.fullmatch(text):
            return _number(text, name)
        case _:
            return text


def _number(text: str, name: str) -> int | float:
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        raise ValueError(f"{name}: {text!r} is no number.") from None


def _moment(text: str, said: Moment, number: int) -> str:
    if not text:
        raise ValueError("There is no timestamp.")
    try:
        moment = datetime.strptime(text, said.format) if said.format else _iso(text)  # noqa: DTZ007 - the zone follows.
    except ValueError:
        raise ValueError(f"The timestamp {text!r} is not written as expected.") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(said.timezone))
    if said.column is None:
        aware += timedelta(seconds=Duration.parse(said.step) * number)
    return aware.astimezone(UTC).isoformat()


def _iso(text: str) -> datetime:
    if (
        text.replace(".", "", 1).isdigit() and len(text) > 8
    ):  # Seconds or milliseconds since 1970.
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    return datetime.fromisoformat(text)
