"""How other systems are answered: JSON, and what is wrong as sentences with their places and a status."""

from collections.abc import Iterable, Mapping
from math import ceil

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from ripely.api.described import JSON_TYPE, Mistake, Refused
from ripely.model.ids import ContactId, contact_code
from ripely.operations.backtesting.backtests import TooManyError
from ripely.operations.explaining.one_contact import UnknownNameError
from ripely.ports import AskError
from ripely.runtime.segment import RefusedError
from ripely.web.request import Request
from ripely.web.v1 import access, reading
from ripely.web.v1.endpoint import Endpoint, File
from ripely.web.v1.saying import MistakesError


class MethodError(Exception):
    """Asked in a way that means nothing here."""

    def __init__(self, methods: Iterable[str]) -> None:
        super().__init__(f"Use {' or '.join(methods)}.")
        self.allowed = ", ".join(methods)


_REFUSALS: Mapping[type[Exception], tuple[int, str]] = {
    access.OnlyReadsError: (403, "key_only_reads"),
    access.TooOftenError: (429, "too_often"),
    TooManyError: (429, "too_many_wait"),
    MethodError: (405, "method"),
    reading.TooLargeError: (413, "too_large"),
    PermissionDenied: (401, "key_needed"),
    Http404: (404, "not_found"),
    UnknownNameError: (404, "not_found"),
    LookupError: (404, "not_found"),
    RefusedError: (400, "invalid"),
    ValueError: (400, "invalid"),
    AskError: (503, "history_away"),
}
"""With which status and code. Codes stay as they are: programs rely on them."""


def answer(request: Request, by_method: Mapping[str, Endpoint], said: Mapping[str, str]) -> HttpResponse:  # fmt: skip
    """Answer with what the endpoint of this method tells."""
    try:
        endpoint = by_method.get("GET" if request.method == "HEAD" else f"{request.method}")
        if endpoint is None:
            raise MethodError(by_method)
        return _told(endpoint, _asked(request, endpoint, said))
    except tuple(_REFUSALS) as wrong:
        return refused(wrong)


def refused(wrong: Exception) -> HttpResponse:
    status, code = next(told for kind, told in _REFUSALS.items() if isinstance(wrong, kind))
    place = wrong.path if isinstance(wrong, RefusedError) else "$"
    errors = [Mistake(place, code, f"{wrong}")]
    if isinstance(wrong, MistakesError):
        errors = [
            Mistake("$.document", one.code, f"Line {one.line}: {one.message}")
            for one in wrong.findings
        ]
    found = _json(status, Refused(errors))
    match wrong:
        case access.TooOftenError(wait_s=wait_s):
            found["Retry-After"] = f"{ceil(wait_s)}"
        case MethodError(allowed=allowed):
            found["Allow"] = allowed
        case PermissionDenied():
            found["WWW-Authenticate"] = "Bearer"
        case _:
            pass
    return found


@csrf_exempt
@login_not_required
def nothing_here(request: Request) -> HttpResponse:
    """Answer for all other addresses, as strangers know what there is from the document anyway."""
    return refused(Http404(f"There is nothing at {request.path}."))


def addresses(endpoints: Iterable[Endpoint]) -> list[URLPattern]:
    """Return the addresses of endpoints, each with all its methods."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for one in endpoints:
        by_path.setdefault(one.operation.path, {})[one.operation.method] = one
    return [_address(route, by_method) for route, by_method in by_path.items()]


def _address(route: str, by_method: Mapping[str, Endpoint]) -> URLPattern:
    @csrf_exempt
    @login_not_required
    def view(request: Request, **said: str) -> HttpResponse:
        return answer(request, by_method, said)

    name = route.replace("{", "").replace("}", "").replace("/", "-")
    return path(route.replace("{", "<str:").replace("}", ">"), view, name=f"v1-{name}")


def _asked(request: Request, endpoint: Endpoint, said: Mapping[str, str]) -> object:
    """Call what answers, with all that its types ask for."""
    operation = endpoint.operation
    if operation.keys:
        access.machine_read(request, operation.keys)
    places = {
        name: reading.read_place(name, said[name], type_)
        for name, type_ in operation.places.items()
    }
    more: dict[str, object] = {"request": request} if endpoint.of_request else {}
    if operation.query is not None:
        more["query"] = reading.read_query(request.GET, operation.query)
    elif request.GET:
        reading.refuse_all(request.GET)
    if operation.body is not None:
        needed = operation.body_needed
        body = reading.read_body(request, operation.body, needed=needed)
        more |= {} if body is None else {"body": body}
    return endpoint.answer(**places, **more)


def _told(endpoint: Endpoint, told: object) -> HttpResponse:
    if isinstance(told, File):
        return HttpResponse(told.content, content_type=told.media)
    return _json(endpoint.operation.status, _with_codes(msgspec.to_builtins(told, str_keys=True)))  # fmt: skip


def _json(status: int, content: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(content), content_type=JSON_TYPE, status=status)


def _with_codes(told: object) -> object:
    """Name contacts by their codes, as everywhere outside; nobody where they are forgotten."""
    match told:
        case dict():
            return {
                key: (contact_code(ContactId(value)) if value else None)
                if key == "contact" and isinstance(value, int)
                else _with_codes(value)
                for key, value in told.items()
            }
        case list() | tuple():
            return [_with_codes(each) for each in told]
        case _:
            return told
