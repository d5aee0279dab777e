"""Settings: the tracking code and the keys that it needs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations import sources
from ripely.web import access
from ripely.web.request import Request
from ripely.web.workspace.forms import KeyForm, SnippetForm

MADE = "made_key"
"""In the session, the key of a server until it has been shown."""


@require_GET
def show(request: Request) -> HttpResponse:
    access.workspace_read(request)
    keys = sources.keys()
    form = SnippetForm(request.GET, keys)
    shown = {
        "keys": keys,
        "kinds": sources.KINDS,
        "form": form,
        "snippet": form.snippet(request.app.settings.base_url),
        "settings": request.app.settings,
    }
    if request.htmx:
        return render(request, "workspace/show.html#tracking", shown)
    made = request.session.pop(MADE, None)
    return render(request, "workspace/show.html", {**shown, "made": made})


@require_POST
def create_key(request: Request) -> HttpResponse:
    access.workspace_write(request)
    form = KeyForm(request.POST)
    if form.is_valid():
        source, kind = form.cleaned_data["source"], form.cleaned_data["kind"]
        key = sources.create_key(source, kind)
        if kind != "page":
            request.session[MADE] = key
        messages.success(request, f"A key for {source} was made.")
    else:
        sentence = "Give the key a name of at most 60 characters, and say what it is for."
        messages.error(request, sentence)
    return redirect("workspace-show")


@require_POST
def revoke_key(request: Request, key: str) -> HttpResponse:
    found = access.key_write(request, key)
    sources.revoke_key(found, request.app.clock.now())
    messages.success(request, f"The key for {found.source} was revoked.")
    return redirect("workspace-show")
