"""Contacts: the list, and the dossier of one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations.dossiers import contacts, starting, timeline
from ripely.operations.wording.moments import KINDS
from ripely.runtime.segment import RefusedError
from ripely.web import access
from ripely.web.contacts.forms import wanted_of
from ripely.web.contacts.panels import panels
from ripely.web.live.pages import UNCHANGED
from ripely.web.numbers import whole
from ripely.web.request import Request


@require_GET
def index(request: Request) -> HttpResponse:
    access.contacts_read(request)
    wanted = wanted_of(request.GET)
    found = contacts.find(wanted)
    shown = {"wanted": wanted, "found": found, "names": request.names}
    if request.htmx and wanted.after:
        return render(request, "contacts/list.html#rows", shown)
    template = "contacts/list.html#results" if request.htmx else "contacts/list.html"
    return render(request, template, shown)


@require_GET
def show(request: Request, code: str) -> HttpResponse:
    known = access.contact_read(request, code)
    page = timeline.page_of(
        request.app.history, known.profile.contact, request.names, _kind(request)
    )
    shown = {"page": page, "show": _kind(request), "kinds": KINDS, **panels(request, known)}
    shown["startable"] = starting.startable(request.names)
    template = "contacts/show.html#timeline" if request.htmx else "contacts/show.html"
    return render(request, template, shown)


@require_GET
def older(request: Request, code: str) -> HttpResponse:
    known = access.contact_read(request, code)
    before = whole(request.GET.get("before"), timeline.NEWEST)
    page = timeline.page_of(
        request.app.history, known.profile.contact, request.names, _kind(request), before
    )
    shown = {
        "page": page,
        "show": _kind(request),
        "contact": known.profile.contact,
        "appended": True,
    }
    return render(request, "contacts/show.html#older", shown)


@require_GET
def pulse(request: Request, code: str) -> HttpResponse:
    """What is new since the page was opened; mostly nothing."""
    known = access.contact_read(request, code)
    contact, history = known.profile.contact, request.app.history
    if timeline.newest(history, contact) == whole(request.GET.get("newest")):
        return HttpResponse(status=UNCHANGED)
    floor = whole(request.GET.get("floor"))
    page = timeline.since(history, contact, request.names, _kind(request), floor)
    shown = {"page": page, "show": _kind(request), **panels(request, known)}
    return render(request, "contacts/pulse.html", shown)


@require_POST
def start(request: Request, code: str) -> HttpResponse:
    contact = access.contact_write(request, code).profile.contact
    journey, now = request.POST.get("journey", ""), request.app.clock.now()
    try:
        starting.start(
            request.app.intake, request.names, journey, contact, now, f"{request.user}"
        )
    except RefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Asked for: {request.names.journey(journey)}.")
    return redirect("contact-show", code)


def _kind(request: Request) -> str:
    kind = request.GET.get("show", "")
    return kind if kind in KINDS else ""
