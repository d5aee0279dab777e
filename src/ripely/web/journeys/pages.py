"""Journeys with live counters."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ripely.operations import journeys, versions
from ripely.web import access
from ripely.web.numbers import whole
from ripely.web.request import Request


@require_GET
def index(request: Request) -> HttpResponse:
    access.journeys_read(request)
    lines = journeys.lines(request.names, request.in_force.versions)
    template = "journeys/list.html#lines" if request.htmx else "journeys/list.html"
    return render(request, template, {"lines": lines})


@require_GET
def show(request: Request, key: str) -> HttpResponse:
    journey = access.journey_read(request, key)
    shown: dict[str, object] = {
        "detail": journeys.detail(journey, request.names, request.in_force.versions)
    }
    if request.htmx:
        return render(request, "journeys/show.html#drawing", shown)
    documents = versions.versions_of("journey", key)
    chosen = versions.chosen(documents, whole(request.GET.get("version")))
    text = versions.as_yaml(chosen) if chosen else ""
    shown |= {"versions": documents, "chosen": chosen, "document": text}
    return render(request, "journeys/show.html", shown)
