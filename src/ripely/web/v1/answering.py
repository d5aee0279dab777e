"""How questions of other systems are answered: JSON, and what is wrong as one sentence with its status."""

from collections.abc import Callable, Mapping
from functools import wraps
from math import ceil
from typing import Concatenate, ParamSpec

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ripely.operations.backtests import TooManyError
from ripely.operations.whys import UnknownNameError
from ripely.ports import AskError
from ripely.web.request import Request
from ripely.web.v1.access import OnlyReadsError, TooOftenError

Rest = ParamSpec("Rest")


class Accepted(msgspec.Struct, frozen=True):
    """It will be done: what is known of it so far."""

    content: object


class MethodError(Exception):
    """Asked in a way that means nothing here."""


def asked_by(request: Request, *methods: str) -> None:
    """Raises `MethodError`, unless the request is one of these."""
    if request.method not in methods:
        raise MethodError(f"Use {' or '.join(methods)}.")


_STATUS: Mapping[type[Exception], int] = {
    OnlyReadsError: 403,
    TooOftenError: 429,
    TooManyError: 429,
    MethodError: 405,
    PermissionDenied: 401,
    Http404: 404,
    UnknownNameError: 404,
    ValueError: 400,
    AskError: 503,
}


def machine(
    answer: Callable[Concatenate[Request, Rest], object],
) -> Callable[Concatenate[Request, Rest], HttpResponse]:
    """Make a view for machines of what returns an answer: no signing in, a key instead."""

    @wraps(answer)
    def view(request: Request, /, *rest: Rest.args, **named: Rest.kwargs) -> HttpResponse:
        try:
            told = answer(request, *rest, **named)
        except tuple(_STATUS) as wrong:
            return _refused(wrong)
        if isinstance(told, Accepted):
            return _json(202, told.content)
        return _json(200, told)

    return csrf_exempt(login_not_required(view))


def _refused(wrong: Exception) -> HttpResponse:
    status = next(n for kind, n in _STATUS.items() if isinstance(wrong, kind))
    error = {"path": "$", "message": f"{wrong}"}
    refused = _json(status, {"success": False, "errors": [error]})
    if isinstance(wrong, TooOftenError):
        refused["Retry-After"] = f"{ceil(wrong.wait_s)}"
    return refused


def _json(status: int, content: object) -> HttpResponse:
    body = msgspec.json.encode(content, enc_hook=str)
    return HttpResponse(body, content_type="application/json", status=status)
