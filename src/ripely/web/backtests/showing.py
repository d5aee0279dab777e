"""What the pages of a backtest show, and the files that can be taken along."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse

from ripely.operations.backtesting import backtests
from ripely.operations.backtesting.report import Part, numbered, parts_of
from ripely.operations.backtesting.specification import FORMS, write
from ripely.operations.backtesting.unnamed import unnamed
from ripely.operations.dossiers.contacts import cards_of
from ripely.operations.outline import Counts, outline
from ripely.operations.wording.names import names_of
from ripely.records.backtests.models import Backtest
from ripely.web.backtests.plots import plots_of


def shown(test: Backtest, *, named: bool) -> dict[str, object]:
    """Return what a page shows; people are `named` to whoever signs in, and numbered to others."""
    published, report = backtests.published_of(test), backtests.report_in(test)
    if report is not None and not named:
        published, report = unnamed(published, report)
    names = names_of(published.definitions, published.company)
    found: dict[str, object] = {
        "test": test,
        "name": names.journey(test.journey),
        "asked": backtests.asked_of(test),
        "running": test.state in backtests.UNFINISHED,
        "share": min(100, round(100 * test.contacts / test.total)) if test.total else 0,
    }
    if report is None:
        return found
    counts = {one.step: Counts(one.waiting, one.passed) for one in report.steps}
    journey = names.journeys[test.journey]
    return found | {
        "report": report,
        "plots": plots_of(report, names),
        **_told(parts_of(report, names), named=named),
        "nodes": outline(journey, names, counts),
        "held": sum(sum(one.held.values()) for one in report.letters),
        "letters": sum(sum(one.by_day.values()) for one in report.letters),
    }


def _told(parts: Sequence[Part], *, named: bool) -> dict[str, object]:
    if not named:
        return {"sections": numbered(parts)}
    cards = cards_of({one for part in parts for line in part.lines for one in line.people})
    people = [
        [(line.text, [(one, cards.get(one)) for one in line.people]) for line in part.lines]
        for part in parts
    ]
    return {"parts": [(part.title, lines) for part, lines in zip(parts, people, strict=True)]}


def download(test: Backtest, form: str) -> HttpResponse:
    if form not in FORMS or not test.report:
        raise Http404("There is no such file of this backtest.")
    body, kind = write(test, form)
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = (
        f'attachment; filename="{test.journey}-specification.{form}"'
    )
    return answer
