"""Editing a journey or a segment as its document, with what is wrong and what it does beside it."""

import re

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ripely.compiler.ruleset import Published
from ripely.model.company import Publishing
from ripely.operations.publishing import drafts
from ripely.operations.publishing.history import name_of
from ripely.operations.publishing.people import Plans
from ripely.operations.publishing.revisions import Revision
from ripely.web import access
from ripely.web.drafts.panels import beside
from ripely.web.publishing import publish
from ripely.web.request import Request

_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)


@require_GET
def index(request: Request) -> HttpResponse:
    access.definitions_read(request)
    return render(request, "drafts/list.html", {"lines": drafts.lines()})


@require_POST
def begin(request: Request) -> HttpResponse:
    access.definitions_read(request)
    kind, key = request.POST.get("kind", ""), request.POST.get("key", "").strip()
    if kind not in drafts.EDITABLE or not _ID.fullmatch(key):
        messages.error(request, "An id has up to 64 letters, digits, “-”, “_” or “.”.")
        return redirect("draft-list")
    return redirect("draft-edit", kind, key)


@require_http_methods(["GET", "POST"])
def edit(request: Request, kind: str, key: str) -> HttpResponse:
    which = access.draft_read(request, kind, key)
    published = request.in_force.published
    if request.method == "POST" and _keep(request, which):
        return redirect("draft-edit", kind, key)
    text = request.POST.get("text", "") or drafts.text_of(which, published)
    around = beside(request, which, text)
    asks_first = published.company.publishing != Publishing() or "against" in request.GET
    shown = {"text": text, "name": name_of(published, kind, key), "asks_first": asks_first}
    kept = _kept(which, published, in_force=bool(around["in_force"]))
    return render(request, "drafts/edit.html", {**shown, **kept, **around})


@require_POST
def look(request: Request, kind: str, key: str) -> HttpResponse:
    which = access.draft_read(request, kind, key)
    text = request.POST.get("text", "")[: drafts.TEXT_MAX]
    return render(request, "drafts/beside.html", beside(request, which, text))


@require_POST
def drop(request: Request, kind: str, key: str) -> HttpResponse:
    drafts.drop(access.draft_read(request, kind, key))
    messages.success(request, "The draft is gone.")
    return redirect("draft-list")


@require_POST
def put_in_force(request: Request, kind: str, key: str) -> HttpResponse:
    which = access.draft_write(request, kind, key)
    kept = drafts.kept(which)
    edit_again = reverse("draft-edit", args=[kind, key])
    if kept is None or request.POST.get("stamp") not in {None, kept.stamp}:
        messages.error(request, "This draft is not the one that you looked at: read it again.")
        return redirect(edit_again)
    plans = Plans(anyway="anyway" in request.POST)

    def drafted(current: Published) -> Revision:
        return drafts.revision(kept, current, plans)

    done = publish(request, drafted, "What the draft says is in force.")
    return redirect(edit_again if done else f"{edit_again}?against=1")


def _kept(which: tuple[str, str], published: Published, *, in_force: bool) -> dict[str, object]:
    """Show the draft as it is kept; `overtaken`: a later version is in force that says something else."""
    kept, opened = drafts.kept(which), drafts.opened(which, published)
    overtaken = kept and kept.base not in {None, opened.base} and not in_force
    return {"kept": kept, "opened": opened, "overtaken": overtaken}


def _opened(said: QueryDict) -> drafts.Opened:
    base = said.get("base", "")
    number = int(base) if base.isdecimal() and len(base) < 10 else None
    return drafts.Opened(number, said.get("stamp"))


def _keep(request: Request, which: tuple[str, str]) -> bool:
    """Keep what was typed, and say so, or why not."""
    try:
        drafts.keep(
            which, request.POST.get("text", ""), request.user.email, _opened(request.POST)
        )
    except ValueError as wrong:
        messages.error(request, str(wrong))
        return False
    messages.success(request, "The draft is kept. Nothing is published by that.")
    return True
