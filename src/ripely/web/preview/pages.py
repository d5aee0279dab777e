"""Walking one person through a journey or its draft. The address holds every choice, and nothing is written."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from ripely.model.journey import Journey
from ripely.operations.preview.choices import ChoiceError, read_setting, write_setting
from ripely.operations.preview.opening import UnknownPersonError, as_story
from ripely.operations.preview.people import PERSONAS
from ripely.operations.publishing.gate import record_preview
from ripely.web import access
from ripely.web.preview.forms import choice_of, setting_of
from ripely.web.preview.letters import POLICY, send_letters
from ripely.web.preview.opened import Opened, opened, shown
from ripely.web.request import Request

_WRONG = (ChoiceError, UnknownPersonError)


@require_GET
def show(request: Request, key: str) -> HttpResponse:
    journey = access.preview_read(request, key)
    page: dict[str, object] = {"journey": journey, "personas": PERSONAS}
    if "at" in request.GET:
        try:
            page |= {"at": request.GET["at"], **shown(opened(request, journey, request.GET))}
        except _WRONG as wrong:
            messages.error(request, str(wrong))
            return redirect("journey-preview", key)
    return render(request, "preview/show.html", page)


@require_POST
def begin(request: Request, key: str) -> HttpResponse:
    access.preview_read(request, key)
    try:
        setting = setting_of(request.POST, request.app.clock.now())
    except ChoiceError as wrong:
        messages.error(request, str(wrong))
        return redirect("journey-preview", key)
    return _at(key, write_setting(setting))


@require_POST
def choose(request: Request, key: str) -> HttpResponse:
    access.preview_read(request, key)
    try:
        setting = read_setting(request.POST.get("at", ""))
        back = "back" in request.POST
        after = setting.back() if back else setting.then(choice_of(request.POST))
    except ChoiceError as wrong:
        messages.error(request, str(wrong))
        return redirect("journey-preview", key)
    return _at(key, write_setting(after))


@require_GET
@xframe_options_sameorigin
def letter(request: Request, key: str, number: int) -> HttpResponse:
    journey = access.preview_read(request, key)
    letters = _opened(request, journey, request.GET).walk.letters
    html = next((one.html for one in letters if one.number == number), "")
    return HttpResponse(html, headers={"Content-Security-Policy": POLICY})


@require_POST
def done(request: Request, key: str) -> HttpResponse:
    journey = access.preview_read(request, key)
    found = _opened(request, journey, request.POST)
    if found.walk.ended:
        record_preview(journey, request.user.email)
        messages.success(request, "The preview of exactly this content is recorded.")
    else:
        messages.error(request, "Walk to the end of the journey first.")
    return _at(key, request.POST.get("at", ""))


@require_POST
def send(request: Request, key: str) -> HttpResponse:
    journey = access.preview_read(request, key)
    send_letters(request, _opened(request, journey, request.POST))
    # To the head of the page: there it says where they went.
    return _at(key, request.POST.get("at", ""), "")


@require_GET
def story(request: Request, key: str) -> HttpResponse:
    journey = access.preview_read(request, key)
    found = _opened(request, journey, request.GET)
    text = as_story(found.walk, found.draft, found.whole)
    name = f'attachment; filename="{journey.id}.txt"'
    headers = {"Content-Disposition": name}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def _opened(request: Request, journey: Journey, said: QueryDict) -> Opened:
    try:
        return opened(request, journey, said)
    except _WRONG as wrong:
        raise Http404(str(wrong)) from wrong


def _at(key: str, token: str, anchor: str = "#now") -> HttpResponse:
    return redirect(f"{reverse('journey-preview', args=[key])}?at={token}{anchor}")
