"""What rules can be made of: every standard event, and every trigger with an example."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ripely.operations import catalogue
from ripely.web import access
from ripely.web.request import Request

WORDS_LENGTH_MAX = 200


@require_GET
def triggers(request: Request) -> HttpResponse:
    access.catalogue_read(request)
    shown = {"words": _words(request), "found": catalogue.triggers(_words(request))}
    template = "catalogue/triggers.html#results" if request.htmx else "catalogue/triggers.html"
    return render(request, template, shown)


@require_GET
def events(request: Request) -> HttpResponse:
    access.catalogue_read(request)
    shown = {"words": _words(request), "found": catalogue.events(_words(request))}
    template = "catalogue/events.html#results" if request.htmx else "catalogue/events.html"
    return render(request, template, shown)


def _words(request: Request) -> str:
    return request.GET.get("q", "").strip()[:WORDS_LENGTH_MAX]
