"""Segments: who is in, and by what rule."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ripely.operations import segments
from ripely.operations.outcomes import mailings
from ripely.web import access
from ripely.web.request import Request


@require_GET
def index(request: Request) -> HttpResponse:
    access.segments_read(request)
    return render(request, "segments/list.html", {"lines": segments.lines(request.names)})


@require_GET
def show(request: Request, key: str) -> HttpResponse:
    segment = access.segment_read(request, key)
    audience = mailings.of_segment(segment.id, request.names)
    shown = {
        "detail": segments.detail(segment, request.names),
        "audiences": [audience] if audience else [],
    }
    return render(request, "segments/show.html", shown)
