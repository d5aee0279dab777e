"""What the pages of a backtest show, and the files that can be taken along."""

from django.http import Http404, HttpResponse

from ripely.operations import backtests
from ripely.operations.backtest_report import sections_of
from ripely.operations.names import names_of
from ripely.operations.outline import Counts, outline
from ripely.operations.specification import FORMS, write
from ripely.records.backtests.models import Backtest
from ripely.web.backtests.plots import plots_of


def shown(test: Backtest, base_url: str) -> dict[str, object]:
    published = backtests.published_of(test)
    names = names_of(published.definitions, published.company)
    found: dict[str, object] = {
        "test": test,
        "name": names.journey(test.journey),
        "asked": backtests.asked_of(test),
        "running": test.state in backtests.UNFINISHED,
        "share": min(100, round(100 * test.contacts / test.total)) if test.total else 0,
    }
    report = backtests.report_in(test)
    if report is None:
        return found
    counts = {one.step: Counts(one.waiting, one.passed) for one in report.steps}
    journey = names.journeys[test.journey]
    return found | {
        "report": report,
        "plots": plots_of(report, names),
        "sections": sections_of(report, names, base_url),
        "nodes": outline(journey, names, counts),
        "held": sum(sum(one.held.values()) for one in report.letters),
        "letters": sum(sum(one.by_day.values()) for one in report.letters),
    }


def download(test: Backtest, form: str, base_url: str) -> HttpResponse:
    if form not in FORMS or not test.report:
        raise Http404("There is no such file of this backtest.")
    body, kind = write(test, form, base_url)
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = (
        f'attachment; filename="{test.journey}-specification.{form}"'
    )
    return answer
