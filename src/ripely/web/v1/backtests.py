"""Backtests of other systems: asked for and cancelled with the key of a server, read with either."""

from datetime import datetime
from typing import Literal

import msgspec
from django.http import Http404

from ripely.model.backtest import Asked, Reactions, State
from ripely.model.ids import ContactId, contact_code
from ripely.operations import backtests, drafts
from ripely.records.backtests.models import Backtest
from ripely.web.request import Request
from ripely.web.v1 import access
from ripely.web.v1.answering import Accepted, asked_by, machine

DAYS_MAX = 3_660


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be tried: `document` as it is written, or else the draft that is kept, or what is in force."""

    journey: str
    document: str = ""
    days: int = backtests.DAYS
    react: Literal["nobody", "usual"] = "nobody"


class Trial(msgspec.Struct, frozen=True):
    """How far a backtest is. `total` is about how many contacts there are to look at."""

    id: int
    journey: str
    content: str
    state: State
    period: Asked
    contacts: int
    total: int
    events: int
    by: str
    asked_at: datetime
    finished_at: datetime | None
    error: str


@machine
def every(request: Request) -> object:
    """List the latest, `?journey=` of one; or ask for one more."""
    asked_by(request, "GET", "POST")
    if request.method == "POST":
        source = access.trials_write(request)
        return Accepted(_trial(_begin(request, _wanted(request), source)))
    access.trials_read(request)
    journey = request.GET.get("journey", "")
    found = backtests.backtests_of(journey) if journey else backtests.latest()
    return {"backtests": [_trial(test) for test in found]}


@machine
def one(request: Request, number: int) -> object:
    asked_by(request, "GET")
    return _trial(access.trial_read(request, number))


@machine
def report(request: Request, number: int) -> object:
    asked_by(request, "GET")
    test = access.trial_read(request, number)
    found = backtests.report_in(test)
    if found is None:
        raise Http404(f"There is no report: the backtest is {test.state}.")
    return _with_codes(msgspec.to_builtins(found, str_keys=True))


@machine
def cancel(request: Request, number: int) -> object:
    asked_by(request, "POST")
    test = access.trial_write(request, number)
    backtests.cancel(test)
    test.refresh_from_db()
    return _trial(test)


def _wanted(request: Request) -> Wanted:
    try:
        wanted = msgspec.json.decode(request.body, type=Wanted)
    except msgspec.DecodeError as wrong:
        raise ValueError(f"This is not what can be asked for: {wrong}") from None
    if not 1 <= wanted.days <= DAYS_MAX:
        raise ValueError(f"`days` is from 1 to {DAYS_MAX}.")
    if len(wanted.document) > drafts.TEXT_MAX:
        raise ValueError(f"A document has up to {drafts.TEXT_MAX:,} letters.")
    return wanted


def _begin(request: Request, wanted: Wanted, source: str) -> Backtest:
    app = request.app
    text = wanted.document or drafts.known(
        ("journey", wanted.journey), request.in_force.published
    )
    if text is None:
        raise Http404(f"There is no journey “{wanted.journey}”, nor a draft of one.")
    draft = backtests.draft_of(
        {drafts.FILE: text.encode()}, app.rulesets, app.settings.timezone
    )
    for finding in draft.errors:
        raise ValueError(f"Line {finding.line}: {finding.message}")
    usual = backtests.usual_reactions() if wanted.react == "usual" else Reactions()
    asked = backtests.last_days(wanted.journey, app.clock.now(), wanted.days, usual)
    try:
        return backtests.ask(draft.published, asked, source, app.history.contacts())
    except LookupError as missing:
        raise Http404(f"{missing}") from None


def _trial(test: Backtest) -> Trial:
    return Trial(
        id=test.pk,
        journey=test.journey,
        content=test.content,
        state=msgspec.convert(test.state, State),
        period=backtests.asked_of(test),
        contacts=test.contacts,
        total=test.total,
        events=test.events,
        by=test.author,
        asked_at=test.created_at,
        finished_at=test.finished_at,
        error=test.error,
    )


def _with_codes(told: object) -> object:
    """Name contacts by their codes, as everywhere outside; nobody where they are forgotten."""
    match told:
        case dict():
            return {
                key: (contact_code(ContactId(value)) if value else None)
                if key == "contact" and isinstance(value, int)
                else _with_codes(value)
                for key, value in told.items()
            }
        case list() | tuple():
            return [_with_codes(each) for each in told]
        case _:
            return told
