"""What is asked in an address or a body becomes a type, or a sentence about the first place that is wrong."""

import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import QueryDict
from msgspec import inspect

from ripely.runtime.segment import RefusedError, mended, plainly
from ripely.web.request import Request

Read = TypeVar("Read")
BODY_BYTES_MAX = 1_000_000
_UNKNOWN = re.compile(r"unknown field (.+)\.$")


class TooLargeError(Exception):
    """There is more in it than is read."""


def read_query(said: QueryDict, type_: type[Read]) -> Read:
    """Read the parameters of an address. Raises `RefusedError` with the place of the first mistake."""
    fields = _fields(type_)
    for name, values in said.lists():
        if name not in fields:
            known = ", ".join(fields)
            raise RefusedError(f"?{name[:64]}", f"There is no such parameter, only {known}.")
        if len(values) > 1:
            raise RefusedError(f"?{name}", "Say it once.")
    plain = {name: f"{value}".replace("\x00", "") for name, value in said.items() if value}
    try:
        return msgspec.convert(plain, type_, strict=False)
    except msgspec.ValidationError as wrong:
        raise _refused(wrong, "?", plain, fields) from None


def refuse_all(said: QueryDict) -> None:
    """Where an address takes no parameters, say so. Raises `RefusedError`."""
    for name in said:
        raise RefusedError(f"?{name[:64]}", "There is no such parameter. There is none here.")


def read_body(request: Request, type_: object, *, needed: bool) -> object:
    """Read the body, if there is one. Raises `RefusedError` or `TooLargeError`."""
    try:
        body = request.body
    except RequestDataTooBig:
        body = b" " * (BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        raise TooLargeError(f"A request may have {BODY_BYTES_MAX // 1000:,} kB.")
    if not body and not needed:
        return None
    try:
        return msgspec.json.decode(mended(body), type=type_)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        raise _refused(wrong, "$", {}, {}) from None


def read_place(name: str, said: str, type_: object) -> object:
    """Read what stands in the address itself. Raises `LookupError`: what has no such name is not there."""
    try:
        return msgspec.convert(said, type_, strict=False)
    except msgspec.ValidationError:
        raise LookupError(f"There is no {name} “{said[:40]}”.") from None


def _refused(
    wrong: Exception,
    root: str,
    said: Mapping[str, str],
    fields: Mapping[str, inspect.Type],
) -> RefusedError:
    found = plainly(wrong)
    name = found.path.removeprefix(".")
    choices = _choices(fields.get(name))
    if choices:
        sentence = f"“{said[name][:40]}” is none of {', '.join(choices)}."
        return RefusedError(f"{root}{name}", sentence)
    place = f"{root}{name}" if root == "?" else f"{root}{found.path}"
    unknown = _UNKNOWN.search(f"{found}")
    if unknown is not None:
        return RefusedError(f"{place}.{unknown[1]}", "There is no such field.")
    return RefusedError(place, f"{found}")


def _fields(type_: object) -> Mapping[str, inspect.Type]:
    info = inspect.type_info(type_)
    assert isinstance(info, inspect.StructType)
    return {field.encode_name: field.type for field in info.fields}


def _choices(type_: inspect.Type | None) -> tuple[str, ...]:
    """Return what there is to choose from; nothing where it can be anything."""
    if isinstance(type_, inspect.Metadata):
        return _choices(type_.type)
    if isinstance(type_, inspect.UnionType):
        return next(filter(None, map(_choices, type_.types)), ())
    return tuple(map(str, type_.values)) if isinstance(type_, inspect.LiteralType) else ()
