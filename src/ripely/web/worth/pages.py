"""Whether a journey is worth it: a form that history fills in, with the verdict beside it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations.audience.audiences import Ground
from ripely.operations.worth import fatigue, promises
from ripely.operations.worth.feasibility import GOALS, judge
from ripely.ports import AskError
from ripely.web import access
from ripely.web.request import Request
from ripely.web.worth.forms import fields, known_to, typed, written


@require_GET
def show(request: Request, key: str) -> HttpResponse:
    journey = access.journey_read(request, key)
    kept = promises.promises(key)
    shown: dict[str, object] = {"journey": journey, "kept": kept, "goals": GOALS}
    if not request.htmx:
        return render(request, "worth/show.html", {**shown, "awaited": True})
    try:
        known = known_to(request, journey)
    except AskError as away:
        return render(request, "worth/show.html", {**shown, "away": f"{away}"})
    case = kept[0].case if kept and "afresh" not in request.GET else known.case
    delivered = promises.delivered(journey, kept[0]) if kept else None
    shown |= {"known": known, "case": case, "fields": fields(case), "as_known": written(case)}
    shown |= {"verdict": judge(case), "delivered": delivered}
    return render(request, "worth/show.html", shown)


@require_POST
def reckon(request: Request, key: str) -> HttpResponse:
    access.journey_read(request, key)
    try:
        case = typed(request.POST)
    except ValueError as wrong:
        return render(request, "worth/verdict.html", {"wrong": f"{wrong}"})
    return render(request, "worth/verdict.html", {"verdict": judge(case), "case": case})


@require_GET
def forecast(request: Request, key: str) -> HttpResponse:
    journey = access.journey_read(request, key)
    ground = Ground(request.app.warehouse, request.names, request.app.clock.now())
    try:
        found = fatigue.forecasts(journey, ground)
    except AskError as away:
        return render(request, "worth/forecast.html", {"away": f"{away}"})
    shown = {"found": found, "nothing": "" if found else fatigue.NOTHING}
    return render(request, "worth/forecast.html", shown)


@require_POST
def keep(request: Request, key: str) -> HttpResponse:
    access.journey_read(request, key)
    try:
        promise = promises.keep(key, typed(request.POST), request.user.email)
    except ValueError as wrong:
        return HttpResponseBadRequest(f"{wrong}")
    messages.success(request, f"Kept as estimate {promise.number}, to be compared later.")
    return redirect("journey-worth", key)
