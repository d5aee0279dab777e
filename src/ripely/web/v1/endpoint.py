"""Endpoints: a function says by its types what it takes and tells, and from that all else is made.

Its parameters are the `request`, if it needs more of it, what stands in braces in the path, and `query` and `body`, if it has
any; its docstring says what it is for. Nothing else has to be said anywhere.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar, get_type_hints

import msgspec

from ripely.api.described import JSON_TYPE, KeyKind, Method, Operation

READER: tuple[KeyKind, ...] = ("reader",)
SERVER: tuple[KeyKind, ...] = ("server",)
EITHER: tuple[KeyKind, ...] = ("reader", "server")
_OURS = {"request", "query", "body", "return"}

Answering = TypeVar("Answering", bound=Callable[..., object])


class File(msgspec.Struct, frozen=True):
    """An answer that is no JSON."""

    content: bytes
    media: str


class Endpoint(msgspec.Struct, frozen=True):
    """What is described, and what answers; some need nothing of the `request` but what they name."""

    operation: Operation
    answer: Callable[..., object]
    of_request: bool


ENDPOINTS: list[Endpoint] = []
"""All there are: a module adds its own when it is loaded."""


def get(
    path: str, keys: tuple[KeyKind, ...], media: tuple[str, ...] = (JSON_TYPE,)
) -> Callable[[Answering], Answering]:
    """Let a function answer at an address. Without keys it answers everybody."""
    return _endpoint("GET", path, keys, media=media)


def post(
    path: str, keys: tuple[KeyKind, ...], status: int = 200
) -> Callable[[Answering], Answering]:
    return _endpoint("POST", path, keys, status=status)


def _endpoint(
    method: Method,
    path: str,
    keys: tuple[KeyKind, ...],
    *,
    status: int = 200,
    media: tuple[str, ...] = (JSON_TYPE,),
) -> Callable[[Answering], Answering]:
    def added(answer: Answering) -> Answering:
        types = get_type_hints(answer, include_extras=True)
        defaults = answer.__kwdefaults__ or {}
        operation = Operation(
            method=method,
            path=path,
            about=answer.__doc__ or "",
            tag=answer.__module__.rpartition(".")[2],
            answer=types["return"],
            keys=keys,
            places={name: one for name, one in types.items() if name not in _OURS},
            query=types.get("query"),
            body=types.get("body") if method == "POST" else None,
            body_needed="body" not in defaults,
            status=status,
            media=media,
            refusals=_refusals(method, types, keys),
        )
        ENDPOINTS.append(Endpoint(operation, answer, "request" in types))
        return answer

    return added


def _refusals(
    method: Method, types: Mapping[str, object], keys: tuple[KeyKind, ...]
) -> tuple[int, ...]:
    """Return with which statuses it may refuse."""
    may = {
        400: True,
        401: bool(keys),
        403: keys == SERVER,
        404: bool(set(types) - {"request", "query", "return"}),
        413: method == "POST" and "body" in types,
        429: bool(keys),
        503: bool(keys),
    }
    return tuple(status for status, holds in may.items() if holds)
