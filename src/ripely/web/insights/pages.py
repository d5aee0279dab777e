"""What history shows of the whole: results, repeated work, times between purchases, and what was held back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations.publishing import drafts
from ripely.ports import AskError
from ripely.web import access
from ripely.web.insights import charted, shown
from ripely.web.request import Request


@require_GET
def by_hand(request: Request) -> HttpResponse:
    access.insights_read(request)
    return render(request, "insights/by_hand.html", shown.by_hand(request))


@require_POST
def draft(request: Request, key: str) -> HttpResponse:
    """Begin the journey that a suggestion is about; what somebody has begun already, stays."""
    which = access.draft_read(request, "journey", key)
    if drafts.kept(which) is None:
        try:
            text = shown.suggested(request, key)
        except AskError as away:
            messages.error(request, f"History cannot be asked now: {away}")
            return redirect("suggestion-list")
        if text is None:
            messages.error(request, "This is not suggested any more.")
            return redirect("suggestion-list")
        drafts.keep(which, text, request.user.email)
        messages.success(request, "The draft is kept. Nothing is published by that.")
    return redirect("draft-edit", *which)


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
    told = charted.results(request) if request.htmx else charted.awaited(request)
    return render(
        request, "insights/results.html", told, status=400 if "wrong" in told else 200
    )
