"""Asking for backtests, and what they found."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ripely.operations.backtesting import backtests
from ripely.operations.backtesting.unnamed import without_addresses
from ripely.operations.publishing import gate
from ripely.web import access
from ripely.web.backtests.asking import begin
from ripely.web.backtests.forms import BacktestForm
from ripely.web.backtests.showing import download, shown
from ripely.web.report_links import token_of
from ripely.web.request import Request

APPROVED = "You have approved exactly this content."
APPROVED_OWN = "You have approved what you tried yourself: somebody else must approve it, too."


@require_http_methods(["GET", "POST"])
def ask(request: Request, key: str) -> HttpResponse:
    which, text = access.trial_read(request, key)
    form = BacktestForm(request.POST or None, initial={"journey": which, "text": text})
    if request.method == "POST" and form.is_valid():
        test = begin(request, form)
        if test is not None:
            return redirect("journey-backtest", test.pk)
    past = backtests.backtests_of(which)
    name = request.names.journey(which)
    return render(
        request,
        "backtests/ask.html",
        {"form": form, "past": past, "name": name, "key": which},
    )


@require_GET
def show(request: Request, number: int) -> HttpResponse:
    test = access.backtest_read(request, number)
    template = "backtests/show.html#progress" if request.htmx else "backtests/show.html"
    if request.htmx and test.state not in backtests.UNFINISHED:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"  # It has ended: the whole report is there now.
        return answer
    found = gate.standing(test.journey, test.content)
    more = {"token": token_of(test) if test.link else "", "standing": found}
    return render(request, template, shown(test, named=True) | more)


@require_POST
def cancel(request: Request, number: int) -> HttpResponse:
    backtests.cancel(access.backtest_read(request, number))
    return redirect("journey-backtest", number)


@require_POST
def share(request: Request, number: int) -> HttpResponse:
    test = access.backtest_read(request, number)
    shared = "share" in request.POST
    backtests.share(test, shared=shared)
    messages.success(
        request, "Whoever has the link can read it." if shared else "The link is off."
    )
    return redirect("journey-backtest", number)


@require_POST
def approve(request: Request, number: int) -> HttpResponse:
    test = access.backtest_read(request, number)
    by = request.user.email
    gate.approve(test.journey, test.content, by)
    counts = by in gate.standing(test.journey, test.content).approvals
    messages.success(request, APPROVED if counts else APPROVED_OWN)
    return redirect("journey-backtest", number)


@require_GET
def specification(request: Request, number: int, form: str) -> HttpResponse:
    return download(access.backtest_read(request, number), form)


@require_GET
@login_not_required
def shared(request: Request, token: str) -> HttpResponse:
    test = access.shared_read(token)
    page = render_to_string("backtests/shared.html", shown(test, named=False), request)
    return HttpResponse(without_addresses(page))
