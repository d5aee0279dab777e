"""The parts of what is known of an audience, each loaded after the page that it stands on."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from ripely.ports import AskError
from ripely.web import access
from ripely.web.audiences.asking import asked
from ripely.web.audiences.shown import PARTS
from ripely.web.request import Request


@require_POST
def part(request: Request, kind: str, key: str, name: str) -> HttpResponse:
    """Answer with one part. It is a POST because a document that is being written comes along."""
    kind, key = access.draft_read(request, kind, key)
    if name not in PARTS:
        raise Http404("There is no such part.")
    found = asked(request.in_force, kind, key, request.POST.get("text"))
    shown: dict[str, object] = {"asked": found}
    if found.condition is not None:
        try:
            shown |= PARTS[name](request, found, found.condition)
        except AskError as away:
            shown["away"] = f"{away}"
    return render(request, f"audiences/{name}.html", shown)
