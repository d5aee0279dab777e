"""Where a path can turn: what else could have come than what came, and what would bring it about."""

from collections.abc import Iterator, Sequence

import msgspec

from ripely.model.action import Send
from ripely.model.acts import Act
from ripely.model.ids import StepId
from ripely.model.journey import (
    Arm,
    Await,
    AwaitAny,
    AwaitEvent,
    Branch,
    Case,
    Experiment,
    Journey,
    Leave,
    Split,
    Step,
    Wait,
    WaitUntil,
)
from ripely.operations.paths.cast import Cast, Luck, same_as_entry
from ripely.operations.paths.causes import Add, Causes, Ground
from ripely.operations.paths.causes_of_acts import happen
from ripely.operations.paths.trail import (
    ENTERED,
    EXITED,
    GOAL,
    HELD,
    KEPT_OUT,
    RESUMED,
    STEP,
    WAITS,
    Mark,
)
from ripely.operations.paths.ways import causes

OTHERWISE, TIMED_OUT, HEARD, YES = "otherwise", "timed out", "heard", "yes"
UNKNOWN_DAY, PAST = "its day is not known", "its time is past"


class Option(msgspec.Struct, frozen=True):
    """What could come instead, and ways to bring it about."""

    kind: str
    step: StepId
    way: str
    causes: Sequence[Causes]

    def is_met(self, mark: Mark) -> bool:
        return (self.kind, self.step, self.way) == (mark.kind, mark.step, mark.way)


class Turn(msgspec.Struct, frozen=True):
    """A mark, the one before it, whose path it is, and whether something was done since the last wait."""

    mark: Mark
    before: Mark | None
    cast: Cast
    fresh: bool


def options(turn: Turn, journey: Journey, ground: Ground) -> Iterator[Option]:
    mark, before = turn.mark, turn.before
    if mark.kind == ENTERED and journey.holdout:
        out = Luck(("holdout", journey.id), 0, journey.holdout / 100)
        yield Option(KEPT_OUT, StepId(""), "", [(out,)])
    elif before is not None and before.kind == WAITS:
        yield from _of_wait(turn, journey, ground, before.step)
    elif mark.kind in {STEP, WAITS}:
        yield from _of_step(turn, journey, ground)


def _of_wait(turn: Turn, journey: Journey, ground: Ground, at: StepId) -> Iterator[Option]:
    """Return how else a wait can end: by itself, with the goal, or with a reason to leave."""
    step, mark = journey.steps[at], turn.mark
    found = [*_resumed(step, at, turn, ground)]
    if turn.fresh and is_wait(step):
        goal = journey.goal
        if goal is not None and goal.ends:
            found.append(Option(GOAL, at, goal.name, causes(goal.condition, ground)))
        found += [_left(rule, at, turn, ground) for rule in journey.leave]
    yield from (one for one in found if not one.is_met(mark))


def is_wait(step: Step) -> bool:
    """Whether a step is meant to take time; others only wait for an answer, or to be let through."""
    return isinstance(step, Wait | WaitUntil | Await | AwaitAny | AwaitEvent)


def _resumed(step: Step, at: StepId, turn: Turn, ground: Ground) -> Iterator[Option]:
    match step:
        case Await(condition=condition):
            yield Option(RESUMED, at, YES, causes(condition, ground))
            yield Option(RESUMED, at, TIMED_OUT, [(), *causes(condition, ground, holds=False)])
        case AwaitAny(cases=cases):
            for number, case in enumerate(cases, 1):
                yield Option(RESUMED, at, f"case {number}", causes(case.condition, ground))
            yield Option(RESUMED, at, TIMED_OUT, [()])
        case AwaitEvent(event=event, same=same):
            yield Option(RESUMED, at, HEARD, [_heard(event, same, turn.cast, ground)])
            yield Option(RESUMED, at, TIMED_OUT, [()])
        case _:
            return


def _left(rule: Leave, at: StepId, turn: Turn, ground: Ground) -> Option:
    if rule.condition is not None:
        ways = causes(rule.condition, ground)
    else:
        assert rule.event is not None
        ways = [_heard(rule.event, rule.same, turn.cast, ground)]
    reason = rule.reason or (rule.event.event if rule.event else "a reason to leave")
    return Option(EXITED, at, reason, ways)


def _heard(event: Act, same: tuple[str, ...], cast: Cast, ground: Ground) -> Causes:
    """Return an event with the properties that must be as those of the entry."""
    like = same_as_entry(same, cast)
    return tuple(
        Add(one.event, {**one.properties, **like})
        for one in happen(event, ground)
        if isinstance(one, Add)
    )


def _of_step(turn: Turn, journey: Journey, ground: Ground) -> Iterator[Option]:
    mark = turn.mark
    at, step = mark.step, journey.steps.get(mark.step)
    match step:
        case Branch(cases=cases):
            yield from _branches(cases, at, mark.way, ground)
        case Split(arms=arms):
            yield from _arms(arms, journey, at, mark.way)
        case Experiment(arms=arms, winner="") if mark.way:
            yield from _arms(arms, journey, at, mark.way)
        case WaitUntil(attribute=attribute, if_past=if_past) if attribute:
            yield from _days(attribute, if_past, at, mark)
        case Await(condition=condition) if mark.kind == STEP:
            yield Option(WAITS, at, "", causes(condition, ground, holds=False))
        case Send(purpose=purpose) if mark.way != HELD and purpose != "transactional":
            refused = Add("consent.withdrawn", {"purpose": purpose}, fact=True)
            yield Option(STEP, at, HELD, [(refused,)])
        case _:
            return


def _branches(cases: Sequence[Case], at: StepId, way: str, ground: Ground) -> Iterator[Option]:
    taken = cases[int(way.removeprefix("case ")) - 1] if way.startswith("case ") else None
    against = causes(taken.condition, ground, holds=False) if taken else []
    for number, case in enumerate(cases, 1):
        if way == f"case {number}":
            continue
        found = causes(case.condition, ground)
        both = [(*one, *other) for one in found[:4] for other in against[:3]]
        yield Option(STEP, at, f"case {number}", [*found, *both])
    if taken is not None:
        yield Option(STEP, at, OTHERWISE, [*against, ()])


def _arms(arms: Sequence[Arm], journey: Journey, at: StepId, way: str) -> Iterator[Option]:
    for arm in arms:
        if arm.name != way:
            yield Option(STEP, at, arm.name, [(luck_of(arms, journey, at, arm.name),)])


def luck_of(arms: Sequence[Arm], journey: Journey, at: StepId, name: str) -> Luck:
    """Return the share of all people whom a split sends one way."""
    total, low = sum(arm.weight for arm in arms), 0
    for arm in arms:
        if arm.name == name:
            return Luck((journey.id, at), low / total, (low + arm.weight) / total)
        low += arm.weight
    raise LookupError(f"{at} has no arm {name}")


def _days(attribute: str, if_past: str, at: StepId, mark: Mark) -> Iterator[Option]:
    """A wait for a day that nobody knows, or that is over."""
    unknown = Add("attributes.set", {attribute: None}, fact=True)
    past = Add("attributes.set", {attribute: "2029-06-01"}, fact=True)
    ends = Option(EXITED, at, PAST, [(past,)])
    over = ends if if_past == "exit" else Option(STEP, at, PAST, [(past,)])
    if mark.kind == WAITS:
        yield Option(STEP, at, UNKNOWN_DAY, [(unknown,)])
        yield over
