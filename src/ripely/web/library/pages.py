"""Ready-made automations: what each does, drawn and as its document, and a button that puts it in force."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations import definitions, library
from ripely.web import access
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
    rulesets = request.app.rulesets
    current = definitions.in_force(rulesets)
    again = "again" in request.POST
    files = library.documents_of([found], current, again=again)
    outcome = definitions.apply(files, str(request.user), rulesets, current.timezone)
    if outcome.plan.errors:
        sentence = "; ".join(finding.message for finding in outcome.plan.errors)
        messages.error(request, f"Nothing was changed: {sentence}")
        return redirect("library-show", key)
    messages.success(
        request, f"“{found.name}” is in force. Read its messages and make them yours."
    )
    return redirect("journey-show", found.journeys[0].id)
