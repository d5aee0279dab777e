"""Backtests of other systems: asked for and cancelled with the key of a server, read with either."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.http import Http404

from ripely.model.backtest import Asked, Reactions, Report, Source, State
from ripely.operations.backtesting import backtests, specification
from ripely.operations.publishing import drafts
from ripely.records.backtests.models import Backtest
from ripely.web.request import Request
from ripely.web.v1 import access
from ripely.web.v1.endpoint import EITHER, SERVER, File, get, post
from ripely.web.v1.saying import Document, MistakesError

DAYS_MAX = 3_660
Number = Annotated[
    int, msgspec.Meta(ge=1, le=2**63 - 1, description="The number of a backtest: its `id`.")
]
_JOURNEY = msgspec.Meta(max_length=64, description="The id of a journey.")
_MEDIA = tuple(media for _, media in specification.FORMS.values())


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be tried: `document` as it is written, or else the draft that is kept, or what is in force."""

    journey: Annotated[str, _JOURNEY]
    document: Document = ""
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)] = backtests.DAYS
    react: Annotated[
        Literal["nobody", "usual"],
        msgspec.Meta(description="Who opens and clicks its letters: as many as usual do."),
    ] = "nobody"
    source: Annotated[Source, msgspec.Meta(description="Where history is read.")] = "database"


class Listed(msgspec.Struct, frozen=True):
    journey: Annotated[
        str, msgspec.Meta(max_length=64, description="Only those of one journey, by its id.")
    ] = ""
    before: (
        Annotated[
            int,
            msgspec.Meta(
                ge=1,
                le=backtests.NEWEST,
                description="Where the page before ended: its `next`.",
            ),
        ]
        | None
    ) = None


class Form(msgspec.Struct, frozen=True):
    form: Annotated[
        Literal["md", "pdf", "yaml"],
        msgspec.Meta(description="To read, to print, or the document to publish."),
    ] = "md"


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


class Trials(msgspec.Struct, frozen=True):
    """A page of them, the latest first; `next`: say it as `before` for more, null: these are all."""

    backtests: Sequence[Trial]
    next: int | None


@get("backtests", EITHER)
def every(*, query: Listed) -> Trials:
    """List the latest backtests, of one journey or of all."""
    before = query.before or backtests.NEWEST
    if query.journey:
        found = backtests.backtests_of(query.journey, before)
    else:
        found = backtests.latest(before)
    more = found[-1].pk if len(found) == backtests.SHOWN_MAX else None
    return Trials([_trial(test) for test in found], more)


@post("backtests", SERVER, status=202)
def ask(request: Request, *, body: Wanted) -> Trial:
    """Ask for one more: it is made in the background."""
    return _trial(_begin(request, body, access.source(request)))


@get("backtests/{number}", EITHER)
def one(number: Number) -> Trial:
    """Tell how far a backtest is."""
    return _trial(_found(number))


@get("backtests/{number}/report", EITHER)
def report(number: Number) -> Report:
    """Tell what a backtest found."""
    test = _found(number)
    found = backtests.report_in(test)
    if found is None:
        raise Http404(f"There is no report: the backtest is {test.state}.")
    return found


@get("backtests/{number}/specification", EITHER, media=_MEDIA)
def specified(number: Number, *, query: Form) -> File:
    """Write the exact specification of what was tried: to read, to print, or to publish."""
    test = _found(number)
    if not test.report:
        raise Http404(f"There is no report: the backtest is {test.state}.")
    return File(*specification.write(test, query.form))


@post("backtests/{number}/cancel", SERVER)
def cancel(number: Number) -> Trial:
    """End a backtest. One that has ended stays as it is."""
    test = _found(number)
    backtests.cancel(test)
    test.refresh_from_db()
    return _trial(test)


def _found(number: int) -> Backtest:
    test = backtests.find(number)
    if test is None:
        raise Http404(f"There is no backtest {number}.")
    return test


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
    if draft.errors:
        raise MistakesError(draft.errors)
    usual = backtests.usual_reactions() if wanted.react == "usual" else Reactions()
    asked = backtests.last_days(wanted.journey, app.clock.now(), wanted.days, usual)
    asked = msgspec.structs.replace(asked, source=wanted.source)
    return backtests.ask(draft.published, asked, source, app.history.contacts())


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
