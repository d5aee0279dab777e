"""The ledger of messages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ripely.operations import messages
from ripely.web import access
from ripely.web.request import Request


@require_GET
def index(request: Request) -> HttpResponse:
    access.messages_read(request)
    outcome, after = request.GET.get("outcome", ""), request.GET.get("after", "")
    outcome = outcome if outcome in {*messages.OUTCOMES, messages.WAITING} else ""
    shown = {
        "outcome": outcome,
        "ledger": messages.ledger(outcome, after),
        "names": request.names,
    }
    if request.htmx and after:
        return render(request, "messages/list.html#rows", shown)
    return render(request, "messages/list.html", shown | {"outcomes": messages.outcomes()})
