"""What the operator looks at."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations import system
from ripely.web import access
from ripely.web.request import Request


@require_GET
def show(request: Request) -> HttpResponse:
    access.system_read(request)
    shown = {
        "lag": system.lag(request.app.clock.now()),
        "quarantined": system.quarantined(),
        "waiting": system.waiting(),
        "workers": system.workers(),
    }
    template = "system/show.html#state" if request.htmx else "system/show.html"
    return render(request, template, shown)


@require_POST
def take_over(request: Request) -> HttpResponse:
    access.system_write(request)
    request.app.home.move_here()
    messages.success(request, "From now on this installation sends.")
    return redirect("system-show")


@require_POST
def resume(request: Request, code: str) -> HttpResponse:
    found = access.quarantine_write(request, code)
    system.resume(request.app.log, found, request.app.clock.now())
    messages.success(request, "The parked events are being folded again.")
    return redirect("system-show")
