"""Questions of other systems about history: results, why, what was held, timing, work by hand, and whether it is worth it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import Http404

from ripely.model.journey import Journey
from ripely.operations import asked, automations, held, timing, whys
from ripely.operations.overall import overall
from ripely.web.insights import forms
from ripely.web.request import Request
from ripely.web.v1 import access
from ripely.web.v1.answering import machine
from ripely.web.v1.reckoning import foretold, reckoned


@machine
def why(request: Request, key: str) -> object:
    """Answer about one contact: `?segment=`, `?score=`, `?journey=` or `?message=`; else what comes next."""
    access.machine_read(request)
    app = request.app
    known = asked.subject_of(app.profiles, app.history, request.in_force, key, app.clock.now())
    if known is None:
        raise Http404(f"Nobody is known by {key}.")
    said = [(about, request.GET[about]) for about in whys.ABOUT if about in request.GET]
    if said:
        return [whys.tell(known, about, name) for about, name in said]
    return {"next": whys.next_of(known)}


@machine
def held_back(request: Request) -> object:
    access.machine_read(request)
    days, now, warehouse = (
        forms.days_of(request.GET, 7),
        request.app.clock.now(),
        request.app.warehouse,
    )
    lines = held.held(warehouse, now - timedelta(days=days), now)
    people, n = held.people(
        warehouse, now - timedelta(days=days), now, forms.choice_of(request.GET)
    )
    return {"lines": lines, "people": people, "people_in_all": n}


@machine
def results(request: Request) -> object:
    """Tell what all sources tell of a time, as the page does: `days`, or `from` and `to`; `by`; `touch`."""
    access.machine_read(request)
    app = request.app
    zone = ZoneInfo(request.names.company.timezone or app.settings.timezone)
    return overall(app.warehouse, request.GET, app.clock.now(), zone).told()


@machine
def times_between(request: Request) -> object:
    access.machine_read(request)
    app, per = request.app, forms.per_of(request.GET)
    first = "first" in request.GET
    return {"timings": timing.timings(app.warehouse, app.clock.now(), per, first=first)}


@machine
def by_hand(request: Request) -> object:
    access.machine_read(request)
    days, minutes = forms.days_of(request.GET), forms.minutes_of(request.GET)
    app, journeys = request.app, request.names.journeys.values()
    found = automations.suggestions(app.warehouse, app.clock.now(), journeys, days, minutes)
    return {"suggestions": [one.told() for one in found]}


@machine
def feasibility(request: Request, key: str) -> object:
    """Reckon a journey; figures are sent as the page shows them. Nothing is kept: a reader only reads."""
    access.machine_read(request)
    return reckoned(request, _journey(request, key))


@machine
def forecast(request: Request, key: str) -> object:
    access.machine_read(request)
    return foretold(request, _journey(request, key))


def _journey(request: Request, key: str) -> Journey:
    journey = request.names.journeys.get(key)
    if journey is None:
        raise Http404(f"There is no journey “{key}” in force.")
    return journey
