"""The pages for what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(
        request, "errors/problem.html", {"code": 403, "reason": str(exception)}, status=403
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(
        request, "errors/problem.html", {"code": 404, "reason": _reason(exception)}, status=404
    )


def failed(_request: HttpRequest) -> HttpResponse:
    # Nothing that needs the database: it may be what failed.
    return HttpResponse(
        "Something went wrong on our side. It has been logged; please try again.",
        content_type="text/plain",
        status=500,
    )


def _reason(exception: Exception) -> str:
    """What we said ourselves; Django's own reason lists addresses and helps nobody."""
    said = exception.args[0] if exception.args else ""
    return said if isinstance(said, str) else ""
