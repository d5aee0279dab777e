"""What experiments and goals have come to: each way with its rate, and how sure that is."""

from collections.abc import Mapping, Sequence

import msgspec

from ripely.model.ids import StepId
from ripely.model.journey import Experiment, Journey
from ripely.operations.proportions import Share, p_value
from ripely.operations.tallies import tallies

HUNDREDTHS = 100
SURE = 0.05


class Way(msgspec.Struct, frozen=True):
    """One way of an experiment. `chance`: of a difference as large as this from the first way, by chance alone."""

    name: str
    share: Share
    value: float
    chance: float | None = None

    @property
    def low(self) -> float:
        return self.share.interval[0]

    @property
    def high(self) -> float:
        return self.share.interval[1]

    @property
    def sure(self) -> bool:
        return self.chance is not None and self.chance < SURE


class Result(msgspec.Struct, frozen=True):
    """An experiment, or the goal among those let in beside those held out (then `step` is empty)."""

    step: StepId
    ways: Sequence[Way]
    winner: str = ""

    @property
    def leader(self) -> str:
        """The way with the highest rate, when it differs for sure from another."""
        if not any(way.sure for way in self.ways):
            return ""
        return max(self.ways, key=lambda way: way.share.rate).name


def results(journey: Journey) -> list[Result]:
    """Return the experiments of a journey, after its goal if somebody is held out."""
    arms = tallies("arm", journey.id).get(journey.id, {})
    found = [
        Result(name, _ways(step, name, arms), step.winner)
        for name, step in journey.steps.items()
        if isinstance(step, Experiment)
    ]
    counted = tallies("journey", journey.id).get(journey.id, {})
    held_out = counted.get("heldout", 0) > 0 or journey.holdout
    return [_goal(counted), *found] if journey.goal and held_out else found


def _ways(experiment: Experiment, step: StepId, arms: Mapping[str, int]) -> list[Way]:
    def of(arm: str, what: str) -> int:
        return arms.get(f"{step}:{arm}:{what}", 0)

    return compared([
        Way(
            arm.name,
            Share(of(arm.name, "converted"), of(arm.name, "entered")),
            of(arm.name, "value") / HUNDREDTHS,
        )
        for arm in experiment.arms
    ])  # fmt: skip


def _goal(counted: Mapping[str, int]) -> Result:
    held_out = Share(counted.get("heldout_converted", 0), counted.get("heldout", 0))
    let_in = Share(counted.get("converted", 0), counted.get("entered", 0))
    ways = [
        Way("held out", held_out, counted.get("heldout_value", 0) / HUNDREDTHS),
        Way("let in", let_in, counted.get("value", 0) / HUNDREDTHS),
    ]
    return Result(StepId(""), compared(ways))


def _chance(share: Share, other: Share) -> float | None:
    """Nothing can be said before somebody has gone both ways."""
    return p_value(share, other) if share.of and other.of else None


def compared(ways: Sequence[Way]) -> list[Way]:
    """Compare each way with the first."""
    first, *others = ways
    return [
        first,
        *(msgspec.structs.replace(w, chance=_chance(w.share, first.share)) for w in others),
    ]
