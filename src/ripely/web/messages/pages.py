"""The ledger of messages."""

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations import late, messages
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
    guarded = messages.held_since(request.app.clock.now())
    more = {"outcomes": messages.outcomes(), "guarded": guarded, "late": late.late()}
    return render(request, "messages/list.html", shown | more)


@require_POST
def answer_late(request: Request, key: str) -> HttpResponse:
    access.message_write(request)
    how = request.POST.get("answer", "")
    if how not in late.ANSWERS:
        return HttpResponseBadRequest("Release the message, or drop it.")
    if late.answer(key, how):
        flashes.success(request, late.SAID[how])
    else:
        flashes.error(request, "This message waits for nobody any more.")
    return redirect("message-list")
