"""The way through a journey: from step to step, until something must be waited for."""

from ripely.engine.actions import perform
from ripely.engine.answers import ANSWER_S_MAX, is_unanswered
from ripely.engine.draft import Draft
from ripely.engine.guards import wait_until
from ripely.engine.leaving import leave, stop_journey
from ripely.engine.performance import ASKED
from ripely.engine.pursuits import pursue_metric
from ripely.engine.ruleset import AwaitFirst, Choose, Compare, Instruction, Listen, Program
from ripely.engine.split import pick, share
from ripely.engine.versions import was_done
from ripely.engine.waits import plan_check, time_of
from ripely.model.action import Action, Assign, Send, StartJourney, StopJourney, Update, Webhook
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import Exit, Repeat, Split, Together, Wait, WaitUntil
from ripely.model.profile import Enrollment

STEPS_PER_WALK_MAX = 100
HEARD, TIMED_OUT, WAITED = "heard", "timed out", "waited"
"""The ways by which a wait ends, beside the names of its cases."""


class TooManyStepsError(Exception):
    """A journey went round without waiting."""


def walk(
    draft: Draft, program: Program, enrollment: Enrollment, to: StepId | None, way: str = ""
) -> None:
    """Leave the step the contact is at by some way, and go on to `to`, until something must be waited for."""
    again = to == enrollment.step and not is_wait(program.steps[to])
    if way:
        _end(draft, enrollment, way, again=again)
    for _ in range(STEPS_PER_WALK_MAX):
        if to is None:
            leave(draft, enrollment, "journey.exited", "the end")
            return
        at = program.steps[to]
        if not again:
            enrollment.step, enrollment.since_s = to, draft.now_s
        due_s, again = _due_s(draft, enrollment, at), False
        if due_s > draft.now_s:
            _stay(draft, program, enrollment, due_s)
            return
        end = _end_of(draft, at, due_s)
        if end is not None:
            leave(draft, enrollment, "journey.exited", end)
            return
        to = _pass(draft, program, enrollment, at, due_s)
        if is_unanswered(enrollment):
            _stay(draft, program, enrollment, draft.now_s + ANSWER_S_MAX)
            return
    raise TooManyStepsError(
        f"journey {enrollment.journey} made {STEPS_PER_WALK_MAX} steps without a wait"
    )


def is_wait(at: Instruction) -> bool:
    """Whether a step is nothing but a wait."""
    return isinstance(at, (Wait, WaitUntil, AwaitFirst, Listen))


def way_out(at: Instruction, enrollment: Enrollment, way: str) -> StepId | None:
    """Return where the end of a wait leads.

    An action that a guard held back is done now; so is a step that was a wait when the contact came to it.
    """
    match at:
        case Wait() | WaitUntil():
            return at.then
        case AwaitFirst():
            ways = {name: then for name, (_, then) in zip(at.ways, at.cases, strict=True)}
            return ways.get(way, at.otherwise)
        case Listen():
            return at.then if way == HEARD else at.otherwise
        case Together() | Assign() | Webhook() if has_asked(enrollment):
            return at.then
        case _:
            return enrollment.step


def has_asked(enrollment: Enrollment) -> bool:
    """Whether the step is done and has asked the world something."""
    return ASKED in enrollment.data.get(enrollment.step, ())


def _end(draft: Draft, enrollment: Enrollment, way: str, *, again: bool) -> None:
    """End the wait. A step that is only tried `again` is not passed by that."""
    kind = "journey.redone" if again else "journey.resumed"
    asked = way != HEARD and has_asked(enrollment)
    draft.note(kind, enrollment.journey, f"{enrollment.step}: {way}", int(asked))
    enrollment.due_s = 0
    if asked:
        del enrollment.data[enrollment.step][ASKED]


def _due_s(draft: Draft, enrollment: Enrollment, at: Instruction) -> int:
    """Return until when the step waits before anything is done; what is not later than now is no wait."""
    due_s = 0
    if isinstance(at, Update):  # What is done most.
        return due_s
    match at:
        case Wait(period):
            due_s = draft.now_s + period
        case WaitUntil():
            due_s = time_of(draft, at)
        case AwaitFirst(cases):
            if not any(one.test(draft.profile, draft.now_s, enrollment) for one, _ in cases):
                due_s = draft.now_s + at.timeout_s
        case Listen():
            due_s = draft.now_s + at.timeout_s
        case Send() | Together():
            due_s = wait_until(draft, enrollment, at)
        case _:
            pass
    return due_s


def _stay(draft: Draft, program: Program, enrollment: Enrollment, due_s: int) -> None:
    enrollment.due_s = due_s
    if program.lapsing:
        plan_check(draft, program, enrollment)
    draft.note("journey.waits", enrollment.journey, enrollment.step, due_s)
    if enrollment.journey in draft.rules.stepped:
        draft.touch(f"step/{enrollment.journey}")


def _end_of(draft: Draft, at: Instruction, due_s: int) -> str | None:
    """Return why the journey ends at a step, if it does."""
    if isinstance(at, WaitUntil) and at.if_past == "exit" and 0 < due_s < draft.now_s:
        return "its time is past"
    return at.reason if isinstance(at, Exit) else None


def _pass(
    draft: Draft, program: Program, enrollment: Enrollment, at: Instruction, due_s: int
) -> StepId | None:
    """Do a step, and return where it leads."""
    way, to = _take(draft, program, enrollment, at, due_s)
    where = f"{enrollment.step}: {way}" if way else enrollment.step
    draft.note("journey.step", enrollment.journey, where, program.version)
    return to


def _take(
    draft: Draft, program: Program, enrollment: Enrollment, at: Instruction, due_s: int
) -> tuple[str, StepId | None]:
    """Do a step; return the name of the way taken, and where it leads."""
    match at:
        case Update():
            _act(draft, program, enrollment, (at,))
            way, to = "", at.then
        case Choose() | AwaitFirst():
            return _choose(draft, enrollment, at)
        case Split() | Compare():
            return _divide(draft, enrollment, at)
        case Repeat():
            return _repeat(enrollment, at)
        case WaitUntil():
            known = "its time is past" if due_s else "its day is not known"
            way, to = "no wait" if due_s == draft.now_s else known, at.then
        case Listen():
            way, to = TIMED_OUT, at.otherwise
        case Wait() | Exit():
            way, to = "", at.then if isinstance(at, Wait) else None
        case _:
            _act(draft, program, enrollment, at.actions if isinstance(at, Together) else (at,))
            way, to = "", at.then
    return way, to


def _choose(
    draft: Draft, enrollment: Enrollment, at: Choose | AwaitFirst
) -> tuple[str, StepId | None]:
    ways = at.ways if isinstance(at, AwaitFirst) else ()
    for number, (condition, then) in enumerate(at.cases):
        if condition.test(draft.profile, draft.now_s, enrollment):
            return ways[number] if ways else f"case {number + 1}", then
    return TIMED_OUT if ways else "otherwise", at.otherwise


def _divide(
    draft: Draft, enrollment: Enrollment, at: Split | Compare
) -> tuple[str, StepId | None]:
    """Go the way of chance, which sticks; of an experiment that is decided, the winner's."""
    if isinstance(at, Compare) and at.winner:
        arm = next(arm for arm in at.arms if arm.name == at.winner)
        return arm.name, arm.then
    point = share(draft.profile.contact, enrollment.journey, enrollment.step)
    arm = at.arms[pick([arm.weight for arm in at.arms], point)]
    if isinstance(at, Compare):
        pursue_metric(draft, enrollment, at, arm.name)
    return arm.name, arm.then


def _repeat(enrollment: Enrollment, at: Repeat) -> tuple[str, StepId | None]:
    """Go back, or on when that is enough; who comes here again then starts to count anew."""
    rounds, step = enrollment.rounds, enrollment.step
    done = rounds.pop(step, 0)
    if done >= at.at_most:
        return "enough", at.then
    rounds[step] = done + 1
    return f"again {done + 1}", at.back_to


def _act(
    draft: Draft, program: Program, enrollment: Enrollment, actions: tuple[Action, ...]
) -> None:
    """Do what a step says. What is done once more, on a circle, or beside other things has its own number."""
    repeats = enrollment.step in program.repeating
    if was_done(enrollment, enrollment.step) and not repeats:
        return
    numbered = repeats or len(actions) > 1
    for action in actions:
        number = enrollment.rounds.get(enrollment.step, 0) if numbered else 0
        match action:
            case StartJourney(journey):
                _start(draft, journey, enrollment)
            case StopJourney(journey):
                stop_journey(draft, journey, enrollment)
            case _:
                perform(draft, enrollment, action, str(number) if number else "")
        if numbered:
            enrollment.rounds[enrollment.step] = number + 1


def _start(draft: Draft, journey: JourneyId, by: Enrollment) -> None:
    """Begin another journey, once a moment: lest two begin each other without end."""
    if draft.profile.entered.get(journey) == draft.now_s:
        draft.note("journey.refused", journey, "it has begun at this very moment")
    else:
        draft.starts.append((journey, f"journey {by.journey}", by.entry))
