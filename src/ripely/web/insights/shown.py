"""What the pages of insights show: the answers of history, or why there are none."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from ripely.operations.dossiers.contacts import cards_of
from ripely.operations.explaining import held
from ripely.operations.wording.names import spoken
from ripely.operations.worth import automations, timing
from ripely.ports import AskError
from ripely.web.insights import forms, plots
from ripely.web.request import Request

Shown = dict[str, object]
SPANS = (1, 7, 30, 90)


def answered(asked: Mapping[str, object], answer: Callable[[], Shown]) -> Shown:
    """Show what was asked with its answer; when history is away, say so instead."""
    try:
        return {**asked, **answer()}
    except AskError as away:
        return {**asked, "away": f"{away}"}


def by_hand(request: Request) -> Shown:
    days, minutes = forms.days_of(request.GET), forms.minutes_of(request.GET)

    def answer() -> Shown:
        found = _suggestions(request)
        return {"found": found, "hours": sum(one.hours for one in found)}

    kinds = [(act, spoken(act), f"{minutes[act]:g}") for act in minutes]
    return answered({"days": days, "kinds": kinds, "changed": bool(request.GET)}, answer)


def suggested(request: Request, key: str) -> str | None:
    """Return the documents of a suggestion. Raises `AskError`."""
    found = (one.documents for one in _suggestions(request) if one.journey.id == key)
    return next(found, None)


def _suggestions(request: Request) -> Sequence[automations.Suggestion]:
    days, minutes = forms.days_of(request.GET), forms.minutes_of(request.GET)
    app, journeys = request.app, request.names.journeys.values()
    return automations.suggestions(app.warehouse, app.clock.now(), journeys, days, minutes)


def times_between(request: Request) -> Shown:
    per, first, app = forms.per_of(request.GET), "first" in request.GET, request.app
    wanted = request.GET.get("of", "")

    def answer() -> Shown:
        found = timing.timings(app.warehouse, app.clock.now(), per, first=first)
        usual = found[0] if found else None
        chosen = next((one for one in found if one.subject == wanted), usual)
        if chosen is None:
            return {"found": found}
        drawn = {"drawing": plots.drawing(chosen), "points": plots.table(chosen.curve)}
        return {"found": found, "chosen": chosen, **drawn}

    asked = {"per": per, "first": first, "kinds": timing.PER}
    least = {"purchases_min": timing.BUYERS_MIN, "again_min": timing.AGAIN_MIN}
    return answered({**asked, **least}, answer)


def held_back(request: Request) -> Shown:
    days, by, app = forms.days_of(request.GET, 7), forms.by_of(request.GET), request.app
    now = app.clock.now()
    since = now - timedelta(days=days)

    def answer() -> Shown:
        lines = held.held(app.warehouse, since, now)
        choice = forms.choice_of({"what": _first(lines), **request.GET.dict()})
        people, n = held.people(app.warehouse, since, now, choice)
        cards = cards_of({one.contact for one in people})
        totals = [
            (what, words, sum(one.times for one in lines if one.what == what))
            for what, words in held.WHATS.items()
        ]
        counted = held.by([one for one in lines if one.what == choice.what], by)
        return {
            "totals": totals,
            "counted": [(item, held.SORTS.get(item, ""), times) for item, times in counted],
            "most": max((times for _, times in counted), default=1),
            "chosen": held.SORTS.get(choice.reason, ""),
            "people": [(one, cards.get(one.contact)) for one in people],
            "n": n,
            "choice": choice,
            "words": held.WHATS[choice.what],
        }

    asked = {
        "days": days,
        "spans": SPANS,
        "by": by,
        "parts": forms.PARTS,
    }
    return answered(asked, answer)


def _first(lines: Sequence[held.Line]) -> str:
    """Open the page at something that happened."""
    happened = {one.what for one in lines}
    return next((what for what in held.WHATS if what in happened), "")
