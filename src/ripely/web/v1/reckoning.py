"""Reckons a journey for another system, from what history knows and what is sent."""

import msgspec

from ripely.model.journey import Journey
from ripely.operations import promises
from ripely.operations.audiences import Ground
from ripely.operations.fatigue import forecasts
from ripely.operations.feasibility import judge
from ripely.operations.typing_in import read_case
from ripely.web.request import Request
from ripely.web.worth.forms import known_to


def reckoned(request: Request, journey: Journey) -> dict[str, object]:
    """Return the case, its verdict, and what was delivered. Raises ValueError with a sentence."""
    known, said = known_to(request, journey), _said(request)
    case = read_case({name: f"{value}" for name, value in said.items()}, known.case)
    kept = promises.promises(journey.id)
    return {
        "case": case,
        "verdict": judge(case),
        "uplift": known.uplift,
        "limits": known.limits,
        "delivered": promises.delivered(journey, kept[0]) if kept else None,
    }


def foretold(request: Request, journey: Journey) -> dict[str, object]:
    """Return who would leave after one message, channel by channel. Raises `AskError`."""
    ground = Ground(request.app.warehouse, request.names, request.app.clock.now())
    return {"forecasts": [one.told() for one in forecasts(journey, ground)]}


def _said(request: Request) -> dict[str, object]:
    if request.method != "POST":
        return {}
    try:
        return msgspec.json.decode(request.body, type=dict[str, object])
    except msgspec.DecodeError:
        raise ValueError("The body is no JSON object of figures.") from None
