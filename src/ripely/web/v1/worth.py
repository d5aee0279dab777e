"""Whether a journey is worth it: what it would bring a month, and what was reckoned before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from ripely.api.described import JourneyName
from ripely.operations.proportions import Share
from ripely.operations.worth import promises
from ripely.operations.worth.feasibility import Case, Goal, Verdict, asked_of, judge
from ripely.operations.worth.typing_in import read_case
from ripely.operations.worth.uplift import Uplift
from ripely.runtime.segment import RefusedError
from ripely.web.request import Request
from ripely.web.v1 import access, saying
from ripely.web.v1.endpoint import READER, SERVER, get, post
from ripely.web.v1.saying import Document
from ripely.web.worth.forms import known_to


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What you know better. `figures` by name as the page shows them, shares in percent: `{"worth": 40}`."""

    document: Document = ""
    goal: Goal | None = None
    months: Annotated[int, msgspec.Meta(ge=1, le=120)] = 12
    figures: Mapping[str, float] = {}


AS_KNOWN = Figures()


class UpliftTold(msgspec.Struct, frozen=True):
    """How many more converted of those who were written to than of those like them who heard nothing.

    `low` to `high` with 95 % confidence; `plain` is the difference without matching, `covered` the share of
    those written to who have look-alikes. `hidden`: so many times as likely would something unseen
    have to make both to explain the difference; null: nothing could. Not `enough`: too few to say.
    """

    expected: float
    low: float
    high: float
    reached: Share
    alone: Share
    rate_alone: float
    plain: float
    covered: float
    hidden: float | None
    enough: bool


class DeliveredTold(msgspec.Struct, frozen=True):
    """How many more converted of those let in than of those kept out; `kept`: what was promised lies in it, null: too few."""

    promised: float
    expected: float
    low: float
    high: float
    let_in: Share
    kept_out: Share
    kept: bool | None
    words: str


class Feasibility(msgspec.Struct, frozen=True):
    """`limits` say what the figures do not tell. `delivered`: what came of the estimate kept last."""

    case: Case
    verdict: Verdict
    uplift: UpliftTold | None
    limits: Sequence[str]
    delivered: DeliveredTold | None


class Estimate(msgspec.Struct, frozen=True):
    """What was reckoned, kept to be compared later."""

    number: int
    by: str
    at: datetime
    case: Case


class Estimates(msgspec.Struct, frozen=True):
    """The latest first."""

    estimates: Sequence[Estimate]


@get("journeys/{journey}/feasibility", READER)
@post("journeys/{journey}/feasibility", READER)
def feasibility(
    request: Request, journey: JourneyName, *, body: Figures = AS_KNOWN
) -> Feasibility:
    """Reckon what a journey would bring a month, and say whether to do it. Nothing is kept."""
    drafted = saying.journey_of(request, journey, body.document)
    known = known_to(request, drafted.journey)
    case = _case(body, known.case)
    kept = promises.promises(journey)
    delivered = promises.delivered(drafted.journey, kept[0]) if kept else None
    return Feasibility(
        case=case,
        verdict=judge(case),
        uplift=None if known.uplift is None else _uplift(known.uplift),
        limits=known.limits,
        delivered=None if delivered is None else _delivered(delivered),
    )


@get("journeys/{journey}/estimates", READER)
def estimates(request: Request, journey: JourneyName) -> Estimates:
    """List the estimates that are kept of a journey."""
    saying.journey_of(request, journey, "")
    return Estimates([_estimate(one) for one in promises.promises(journey)])


@post("journeys/{journey}/estimates", SERVER, status=201)
def keep(request: Request, journey: JourneyName, *, body: Figures = AS_KNOWN) -> Estimate:
    """Keep an estimate of a journey, to be compared with what it brings."""
    drafted = saying.journey_of(request, journey, body.document)
    case = _case(body, known_to(request, drafted.journey).case)
    return _estimate(promises.keep(journey, case, access.source(request)))


def _case(said: Figures, known: Case) -> Case:
    typed = {name: f"{value:.12g}" for name, value in said.figures.items()}
    typed |= {"goal": said.goal or known.goal, "months": f"{said.months}"}
    case = read_case(typed, known)
    unknown = next((name for name in said.figures if name not in case.figures), None)
    if unknown is not None:
        names = ", ".join(asked.name for asked in asked_of(case))
        raise RefusedError(f"$.figures.{unknown}", f"There is no such figure: {names}.")
    return case


def _uplift(found: Uplift) -> UpliftTold:
    return UpliftTold(
        expected=found.expected,
        low=found.low,
        high=found.high,
        reached=found.reached,
        alone=found.alone,
        rate_alone=found.rate_alone,
        plain=found.plain,
        covered=found.covered,
        hidden=None if found.hidden == float("inf") else found.hidden,
        enough=found.enough,
    )


def _delivered(found: promises.Delivered) -> DeliveredTold:
    return DeliveredTold(
        promised=found.promised.value,
        expected=found.expected,
        low=found.low,
        high=found.high,
        let_in=found.let_in,
        kept_out=found.kept_out,
        kept=found.kept,
        words=found.words,
    )


def _estimate(kept: promises.Promise) -> Estimate:
    return Estimate(kept.number, kept.author, kept.at, kept.case)
