"""Settings: the tracking code and the keys that it needs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations import sources
from ripely.web import access
from ripely.web.request import Request
from ripely.web.workspace.forms import KeyForm, SnippetForm


@require_GET
def show(request: Request) -> HttpResponse:
    access.workspace_read(request)
    keys = sources.keys()
    form = SnippetForm(request.GET, keys)
    shown = {
        "keys": keys,
        "key_form": KeyForm(),
        "form": form,
        "snippet": form.snippet(request.app.settings.base_url),
        "settings": request.app.settings,
    }
    template = "workspace/show.html#tracking" if request.htmx else "workspace/show.html"
    return render(request, template, shown)


@require_POST
def create_key(request: Request) -> HttpResponse:
    access.workspace_write(request)
    form = KeyForm(request.POST)
    if form.is_valid():
        key = sources.create_key(form.cleaned_data["source"])
        messages.success(request, f"A key for {key.source} was made.")
    else:
        messages.error(request, "Give the key a name of at most 60 characters.")
    return redirect("workspace-show")


@require_POST
def revoke_key(request: Request, key: str) -> HttpResponse:
    found = access.key_write(request, key)
    sources.revoke_key(found, request.app.clock.now())
    messages.success(request, f"The key for {found.source} was revoked.")
    return redirect("workspace-show")
