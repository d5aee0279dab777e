"""What history shows of the whole: results, repeated work, times between purchases, and what was held back."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ripely.web import access
from ripely.web.insights import charted, shown
from ripely.web.request import Request


@require_GET
def by_hand(request: Request) -> HttpResponse:
    access.insights_read(request)
    return render(request, "insights/by_hand.html", shown.by_hand(request))


@require_GET
def timing(request: Request) -> HttpResponse:
    access.insights_read(request)
    return render(request, "insights/timing.html", shown.times_between(request))


@require_GET
def held_back(request: Request) -> HttpResponse:
    access.insights_read(request)
    return render(request, "insights/held.html", shown.held_back(request))


@require_GET
def results(request: Request) -> HttpResponse:
    access.insights_read(request)
    told = charted.results(request)
    return render(
        request, "insights/results.html", told, status=400 if "wrong" in told else 200
    )
