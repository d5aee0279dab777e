"""Ready-made automations: what each does, drawn and as its document, and a button that puts it in force."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.compiler.ruleset import Published
from ripely.operations import library
from ripely.operations.publishing import definitions
from ripely.operations.publishing.people import Plans
from ripely.operations.publishing.revisions import Revision
from ripely.web import access
from ripely.web.publishing import publish
from ripely.web.request import Request


@require_GET
def index(request: Request) -> HttpResponse:
    access.library_read(request)
    return render(request, "library/list.html", {"groups": library.shelf(request.names)})


@require_GET
def show(request: Request, key: str) -> HttpResponse:
    found = access.automation_read(request, key)
    current = definitions.in_force(request.app.rulesets)
    return render(
        request, "library/show.html", {"detail": library.detail(found, request.names, current)}
    )


@require_POST
def use(request: Request, key: str) -> HttpResponse:
    found = access.automation_write(request, key)
    again = "again" in request.POST

    def chosen(current: Published) -> Revision:
        return Revision(library.documents_of([found], current, again=again), Plans())

    said = f"“{found.name}” is in force. Read its messages and make them yours."
    if publish(request, chosen, said):
        return redirect("journey-show", found.journeys[0].id)
    return redirect("library-show", key)
