"""What is in force, what it was before, and the way back."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ripely.operations.outcomes import mailings
from ripely.operations.publishing import history
from ripely.web import access
from ripely.web.definitions.forms import RollbackForm
from ripely.web.publishing import preview, publish
from ripely.web.request import Request


@require_GET
def index(request: Request) -> HttpResponse:
    access.definitions_read(request)
    entries = history.entries(request.in_force.published)
    return render(request, "definitions/list.html", {"entries": entries})


@require_GET
def show(request: Request, kind: str, key: str) -> HttpResponse:
    versions = access.definition_read(request, kind, key)
    published = request.in_force.published
    shown = {
        "kind": kind,
        "key": key,
        "name": history.name_of(published, kind, key),
        "past": history.history(versions, published),
        "audiences": mailings.of_template(key, request.names) if kind == "template" else (),
    }
    return render(request, "definitions/show.html", shown)


@require_http_methods(["GET", "POST"])
def roll_back(request: Request, kind: str, key: str, number: int) -> HttpResponse:
    version = access.definition_write(request, kind, key, number)
    form = RollbackForm(request.POST if request.method == "POST" else request.GET, version)
    if request.method == "POST":
        if publish(request, form.revision, f"Version {number} is in force again."):
            return redirect("definition-show", kind, key)
        return redirect(f"{request.path}?people={form.plan}&against=1")
    published = request.in_force.published
    plan = preview(request, form.revision(published))
    change = next((c for c in plan.changes if (c.kind, c.id) == (kind, key)), None)
    shown = {"version": version, "form": form, "change": change, "errors": plan.errors}
    shown["name"] = history.name_of(published, kind, key)
    return render(request, "definitions/rollback.html", shown)
