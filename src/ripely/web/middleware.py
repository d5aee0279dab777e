"""What every request brings along: the product, and the definitions in force."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from ripely.operations.published import in_force
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
        return respond(request)

    return middleware
