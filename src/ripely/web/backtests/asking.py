"""From the form to a backtest that waits for its turn."""

from ripely.documents.finding import Finding
from ripely.model.backtest import Reactions
from ripely.operations.backtesting import backtests
from ripely.operations.publishing.drafts import FILE
from ripely.records.backtests.models import Backtest
from ripely.web.backtests.forms import BacktestForm
from ripely.web.request import Request


def begin(request: Request, form: BacktestForm) -> Backtest | None:
    """Ask for it; None when something is wrong, which the form then says."""
    said, app = form.cleaned_data, request.app
    files = {FILE: said["text"].encode()}
    draft = backtests.draft_of(files, app.rulesets, app.settings.timezone)
    for finding in draft.errors:
        form.add_error("text", _sentence(finding))
    if draft.errors:
        return None
    if said["journey"] not in draft.named:
        form.add_error("text", f"This says nothing of the journey “{said['journey']}”.")
        return None
    usual = backtests.usual_reactions() if said["react"] == "usual" else Reactions()
    asked = backtests.last_days(said["journey"], app.clock.now(), said["days"], usual)
    author = request.user.email
    try:
        return backtests.ask(draft.published, asked, author, app.history.contacts())
    except backtests.TooManyError as wrong:
        form.add_error("text", str(wrong))
        return None


def _sentence(finding: Finding) -> str:
    return f"Line {finding.line}: {finding.message}"
