"""How questions of other systems are answered: JSON, and what is wrong as one sentence with its status."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ripely.operations.whys import UnknownNameError
from ripely.ports import AskError
from ripely.web.request import Request

Rest = ParamSpec("Rest")
_STATUS = {
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
            return _json(200, answer(request, *rest, **named))
        except tuple(_STATUS) as wrong:
            status = next(n for kind, n in _STATUS.items() if isinstance(wrong, kind))
            error = {"path": "$", "message": f"{wrong}"}
            return _json(status, {"success": False, "errors": [error]})

    return csrf_exempt(login_not_required(view))


def _json(status: int, content: object) -> HttpResponse:
    body = msgspec.json.encode(content, enc_hook=str)
    return HttpResponse(body, content_type="application/json", status=status)
