"""What every request brings along: the product, and the definitions in force."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from ripely.operations.publishing.published import in_force
from ripely.web.app import app

Respond = Callable[[HttpRequest], HttpResponse]


def with_product(respond: Respond) -> Respond:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.app = app()  # type: ignore[attr-defined]
        request.in_force = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: in_force(app().rulesets)
        )
        request.names = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: request.in_force.names  # type: ignore[attr-defined]
        )
        if "\x00" in request.path:  # No name has one, and PostgreSQL takes none.
            raise Http404("There is no such thing, or no longer.")
        # Times are those of the company, which may have another zone than its server.
        with timezone.override(request.in_force.timezone or None):  # type: ignore[attr-defined]
            response = respond(request)
        # What is known of people stays in no cache, nor for whoever uses the browser next.
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware
