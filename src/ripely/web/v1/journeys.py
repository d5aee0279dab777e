"""Journeys, known before they are switched on: every way through them, and whom they would cost."""

from collections.abc import Sequence

import msgspec

from ripely.api.described import JourneyName
from ripely.model.words import ChannelKind
from ripely.operations.audience.audiences import Ground
from ripely.operations.audience.lacking import lacking_among
from ripely.operations.outcomes import experiments
from ripely.operations.paths.ground import with_draft
from ripely.operations.paths.report import Report, paths_of
from ripely.operations.worth.fatigue import Past, forecasts
from ripely.web.request import Request
from ripely.web.v1 import saying
from ripely.web.v1.endpoint import EITHER, READER, get, post
from ripely.web.v1.saying import IN_FORCE, Written


class WayTold(msgspec.Struct, frozen=True):
    """One way: so many `converted` of those who went it, with what they brought; `low` to `high` with 95 % confidence.

    `chance`: of a difference as large as this from the first way by chance alone, null: nothing can
    be said yet; `sure`: it is small.
    """

    name: str
    people: int
    converted: int
    rate: float
    low: float
    high: float
    value: float
    chance: float | None
    sure: bool


class ExperimentTold(msgspec.Struct, frozen=True):
    """An experiment, or (without a `step`) the goal among those let in beside those kept out."""

    step: str
    ways: Sequence[WayTold]
    winner: str
    leader: str


class Experiments(msgspec.Struct, frozen=True):
    experiments: Sequence[ExperimentTold]


class Paths(Report, frozen=True):
    """Every way through a journey, and what the ways show.

    `complete`: no path was left out for a limit; `put_in`: nobody was found whom a trigger lets in.
    """


class ForecastLine(msgspec.Struct, frozen=True):
    """Of a slice of contacts: how likely one message makes one of them leave or complain, `low` to `high`."""

    messages: str
    answered: str
    people: int
    past: Past
    rate: float
    low: float
    high: float
    lost: float


class ForecastTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one message by a channel would cost in contacts. Where not `enough` is known, no more than `past` is told.

    `worst` are slices worth leaving out, and `filter` is the filter that leaves them out.
    """

    channel: ChannelKind
    enough: bool
    words: str
    past: Past
    at_once: bool | None = None
    people: int | None = None
    lost: float | None = None
    range: tuple[float, float] | None = None
    complaints: float | None = None
    slices: Sequence[ForecastLine] = ()
    advice: str = ""
    left_out: int | None = None
    saved: float | None = None
    worst: Sequence[ForecastLine] = ()
    filter: str = ""


class Forecasts(msgspec.Struct, frozen=True):
    """Empty where the journey sends nothing that one could leave."""

    forecasts: Sequence[ForecastTold]


@get("journeys/{journey}/paths", EITHER)
@post("journeys/{journey}/paths", EITHER)
def paths(request: Request, journey: JourneyName, *, body: Written = IN_FORCE) -> Paths:
    """Tell every way through a journey with its times and letters, and what they show."""
    drafted, app = saying.journey_of(request, journey, body.document), request.app
    whole = with_draft(drafted.published, *drafted.others, drafted.journey)
    lacking = lacking_among(app.profiles, app.warehouse, app.clock.now())
    found = paths_of(drafted.journey, whole, lacking)
    return Paths(*msgspec.structs.astuple(found))


@get("journeys/{journey}/experiments", READER)
def compared(request: Request, journey: JourneyName) -> Experiments:
    """Tell what the experiments of a journey, and those kept out of it, have come to."""
    found = experiments.results(saying.journey_of(request, journey, "").journey)
    told = [
        ExperimentTold(one.step, [_way(way) for way in one.ways], one.winner, one.leader)
        for one in found
    ]
    return Experiments(told)


@get("journeys/{journey}/forecast", READER)
@post("journeys/{journey}/forecast", READER)
def forecast(request: Request, journey: JourneyName, *, body: Written = IN_FORCE) -> Forecasts:
    """Foretell how many would leave or complain after one message, and whom to leave out."""
    drafted = saying.journey_of(request, journey, body.document)
    ground = Ground(request.app.warehouse, request.names, request.app.clock.now())
    told = [one.told() for one in forecasts(drafted.journey, ground)]
    return Forecasts(msgspec.convert(msgspec.to_builtins(told), list[ForecastTold]))


def _way(one: experiments.Way) -> WayTold:
    return WayTold(
        name=one.name,
        people=one.share.of,
        converted=one.share.hits,
        rate=one.share.rate,
        low=one.low,
        high=one.high,
        value=one.value,
        chance=one.chance,
        sure=one.sure,
    )
