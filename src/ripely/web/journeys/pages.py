"""Journeys with live counters."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations import journeys, messages, pauses
from ripely.operations.audience.lacking import lacking_among
from ripely.operations.outcomes import experiments
from ripely.operations.paths.report import paths_of
from ripely.operations.publishing import revisions, versions
from ripely.web import access
from ripely.web.numbers import whole
from ripely.web.publishing import publish
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
        "detail": journeys.detail(journey, request.names, request.in_force.versions),
        "overdue": pauses.overdue(journey, request.app.clock.now()),
        "results": experiments.results(journey),
        "guarded": messages.held_in(journey, request.app.clock.now()),
    }
    if request.htmx:
        return render(request, "journeys/show.html#drawing", shown)
    documents = versions.versions_of("journey", key)
    chosen = versions.chosen(documents, whole(request.GET.get("version")))
    text = versions.as_yaml(chosen) if chosen else ""
    shown |= {"versions": documents, "chosen": chosen, "document": text}
    return render(request, "journeys/show.html", shown)


@require_GET
def paths(request: Request, key: str) -> HttpResponse:
    journey = access.journey_read(request, key)
    app = request.app
    lacking = lacking_among(app.profiles, app.warehouse, app.clock.now())
    report = paths_of(journey, request.in_force.published, lacking)
    ends = request.GET.get("ends", "")
    chosen = [one for one in report.paths if ends in {"", one.ends}]
    shown = {"journey": journey, "report": report, "paths": chosen, "ends": ends}
    return render(request, "journeys/paths.html", shown)


@require_POST
def pause(request: Request, key: str) -> HttpResponse:
    access.journey_write(request, key)
    publish(request, partial(revisions.paused, journey=key), "Nobody enters, and nobody moves.")
    return redirect("journey-show", key)


@require_POST
def resume(request: Request, key: str) -> HttpResponse:
    access.journey_write(request, key)
    resumed = partial(revisions.paused, journey=key, pause=False)
    publish(request, resumed, "The journey goes on.")
    return redirect("journey-show", key)


@require_POST
def declare_winner(request: Request, key: str) -> HttpResponse:
    access.journey_write(request, key)
    step, arm = request.POST.get("step", ""), request.POST.get("arm", "")
    won = partial(revisions.won, journey=key, step=step, arm=arm)
    publish(request, won, f"From now on everybody goes the way “{arm}”.")
    return redirect("journey-show", key)
