"""Why, about one contact, on a page: one question, or what comes next."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ripely.operations import asked, whys
from ripely.web import access
from ripely.web.contacts.panels import panels
from ripely.web.request import Request


@require_GET
def ask(request: Request, code: str) -> HttpResponse:
    known = access.contact_read(request, code)
    app = request.app
    about = asked.subject(known.profile, app.history, request.in_force, app.clock.now())
    said = [(kind, request.GET[kind]) for kind in whys.ABOUT if kind in request.GET]
    try:
        told = whys.tell(about, *said[0]) if said else None
    except whys.UnknownNameError as wrong:
        raise Http404(f"{wrong}") from None
    coming = told.next if told else whys.next_of(about)
    shown = {"told": told, "coming": coming, **panels(request, known)}
    return render(request, "contacts/asked.html", shown)
