"""What stands beside a document while it is written: problems, the drawing, and the ways through it."""

from ripely.model.journey import Journey
from ripely.model.segment import Segment
from ripely.operations.audience.lacking import lacking_among
from ripely.operations.backtesting.tried import last_of
from ripely.operations.outline import outline
from ripely.operations.paths.ground import with_draft
from ripely.operations.paths.report import paths_of
from ripely.operations.publishing import drafts
from ripely.operations.publishing.drafts import Checked
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import names_of
from ripely.operations.wording.triggers import say_trigger
from ripely.web.request import Request


def beside(request: Request, key: tuple[str, str], text: str) -> dict[str, object]:
    """Return all that can be said of a text as it is now."""
    checked = drafts.check(text, key, request.in_force.published)
    shown: dict[str, object] = {
        "kind": key[0],
        "key": key[1],
        "checked": checked,
        "in_force": checked.definition in request.in_force.published.definitions,
    }
    match checked.definition:
        case Journey() as journey if checked.sound:
            shown |= _of_journey(request, journey, checked)
        case Segment(when=when) if checked.sound:
            shown["words"] = say(when, request.names)
        case _:
            pass
    return shown


def _of_journey(request: Request, journey: Journey, checked: Checked) -> dict[str, object]:
    whole = with_draft(request.in_force.published, *checked.others, journey)
    names, app = names_of(whole.definitions, whole.company), request.app
    lacking = lacking_among(app.profiles, app.warehouse, app.clock.now())
    return {
        "report": paths_of(journey, whole, lacking),
        "nodes": outline(journey, names, {}),
        "tried": last_of(journey, names),
        "triggers": [say_trigger(trigger, names) for trigger in journey.triggers],
    }
