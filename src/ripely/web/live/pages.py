"""What happens right now."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ripely.operations import live
from ripely.web import access
from ripely.web.numbers import whole
from ripely.web.request import Request

UNCHANGED = 204
"""htmx leaves the page as it is."""


@require_GET
def show(request: Request) -> HttpResponse:
    access.live_read(request)
    shown = {
        "stream": live.stream(request.app.log, request.names),
        "today": live.today(_midnight(request)),
    }
    return render(request, "live/show.html", shown)


@require_GET
def events(request: Request) -> HttpResponse:
    access.live_read(request)
    stream = live.stream(request.app.log, request.names, whole(request.GET.get("seen")))
    if stream is None:
        return HttpResponse(status=UNCHANGED)
    return render(request, "live/show.html#events", {"stream": stream})


@require_GET
def today(request: Request) -> HttpResponse:
    access.live_read(request)
    return render(request, "live/show.html#today", {"today": live.today(_midnight(request))})


def _midnight(request: Request) -> datetime:
    now = timezone.localtime(request.app.clock.now())
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
