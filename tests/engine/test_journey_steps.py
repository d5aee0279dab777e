"""Steps that do several things, go back, or wait for their turn: each decision has its own name."""

import pytest

from company import ANN, INTEREST, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Notify, Send, Task, Update, Webhook
from ripely.model.acts import Act
from ripely.model.company import Guard, Hours, Quiet
from ripely.model.condition import DataIs, HasTag
from ripely.model.duration import Duration
from ripely.model.event import TIMER_FIRED
from ripely.model.ids import JourneyId, StepId, TemplateId
from ripely.model.journey import (
    AwaitEvent,
    Branch,
    Case,
    Journey,
    Leave,
    Repeat,
    Together,
    Wait,
)
from ripely.model.trigger import OnEvent
from ripely.runtime.tally import tally

ONE, TWO, THREE, FOUR, FIVE = (StepId(name) for name in ("one", "two", "three", "four", "five"))
DAY_S = 86_400
DAY = Duration(DAY_S)
POINT = Update(add_points={INTEREST: 1})
ON_X = OnEvent("x")


def journey(steps, trigger=ON_X, name="j", **more) -> Journey:
    return Journey(JourneyId(name), name, (trigger,), ONE, steps, **more)


def lived(*definitions, told=None, until_s=START_S + 9 * DAY_S):
    told = told or [event(1, ANN, "x", START_S)]
    return live(rules(*definitions), new_profile(ANN, START_S), told, until_s)


def send(name: str, then: StepId | None = None, **more) -> Send:
    return Send(TemplateId(name), purpose="transactional", then=then, **more)


def test_what_is_done_together_happens_at_one_moment_under_different_names() -> None:
    actions = (Task("Call"), Task("Call"), Notify("Look"), Update(add_tags=("a",)))
    after = lived(journey({ONE: Together(actions, TWO), TWO: Update(add_tags=("b",))}))
    assert after.profile.tags == ["a", "b"]
    assert len({effect.id for effect in after.effects}) == len(after.effects) == 3
    assert {effect.decided_ms for effect in after.effects} == {START_S * 1000}
    again = lived(journey({ONE: Together(actions, TWO), TWO: Update(add_tags=("b",))}))
    assert [e.id for e in again.effects] == [e.id for e in after.effects]


def test_a_step_that_is_passed_again_decides_anew() -> None:
    steps = {
        ONE: Task("Call", then=TWO),
        TWO: Wait(DAY, THREE),
        THREE: Repeat(ONE, at_most=2, then=FOUR),
        FOUR: Task("Give up"),
    }
    after = lived(journey(steps))
    assert [effect.title for effect in after.effects] == ["Call"] * 3 + ["Give up"]
    assert len({effect.id for effect in after.effects}) == 4
    assert [effect.decided_ms // 1000 - START_S for effect in after.effects] == [
        0, DAY_S, 2 * DAY_S, 3 * DAY_S,
    ]  # fmt: skip


def test_of_what_is_done_once_no_number_is_kept() -> None:
    once = Update(add_points={INTEREST: 1}, then=TWO)
    after = lived(journey({ONE: once, TWO: Wait(DAY)}), until_s=START_S)
    both = lived(journey({ONE: Together((POINT, POINT), TWO), TWO: Wait(DAY)}), until_s=START_S)
    assert (after.profile.scores, both.profile.scores) == ({INTEREST: 1}, {INTEREST: 2})
    assert [e.rounds for e in after.profile.enrollments] == [{}]
    assert [e.rounds for e in both.profile.enrollments] == [{ONE: 2}]


def test_a_circle_that_is_drawn_by_hand_decides_anew_too() -> None:
    steps = {
        ONE: send("again", TWO),
        TWO: Wait(DAY, THREE),
        THREE: Branch((Case(HasTag("read"), None),), ONE),
    }
    told = [event(1, ANN, "x", START_S), event(2, ANN, "tag.added", START_S + 3 * DAY_S - 1, tag="read")]  # fmt: skip
    after = lived(journey(steps), told=told)
    assert len({effect.id for effect in after.effects}) == len(after.effects) == 3


def test_a_repeat_within_a_repeat_begins_to_count_anew() -> None:
    steps = {
        ONE: Update(add_points={INTEREST: 1}, then=TWO),
        TWO: Wait(Duration(60), THREE),
        THREE: Repeat(ONE, at_most=2, then=FOUR),
        FOUR: Repeat(ONE, at_most=1, then=None),
    }
    assert lived(journey(steps)).profile.scores == {INTEREST: 6}


def test_each_entry_counts_its_rounds_for_itself() -> None:
    steps = {
        ONE: Update(add_points={INTEREST: 1}, then=TWO),
        TWO: Wait(Duration(60), THREE),
        THREE: Repeat(ONE, at_most=1),
    }
    told = [event(n, ANN, "x", START_S + n * DAY_S) for n in range(2)]
    assert lived(journey(steps, reentry="always"), told=told).profile.scores == {INTEREST: 4}


QUIET = Guard("g", "Guard", quiet=(Quiet((Hours("08:00", "10:00"),)),))
KNOWN = {"email": "ann@example.com"}
AGREED = [
    event(101, ANN, "contact.identified", START_S - 10, **KNOWN),
    event(102, ANN, "consent.granted", START_S - 10),
]
MAIL = Send(TemplateId("offer"), then=TWO)


def told(at_s: int = START_S, *more):
    return [*AGREED, event(1, ANN, "x", at_s), *more]


@pytest.mark.parametrize(
    "step", [MAIL, Together((Notify("Look"), Send(TemplateId("offer"))), TWO)]
)
def test_a_message_that_is_held_back_waits_in_its_step(step) -> None:
    """It is nine o'clock on a Tuesday, and quiet until ten."""
    definitions = journey({ONE: step, TWO: Update(add_tags=("on",))}), QUIET
    held = fold(rules(*definitions), new_profile(ANN, START_S - 10), told())
    (waiting,) = held.profile.enrollments
    assert (waiting.step, waiting.due_s, waiting.since_s) == (ONE, START_S + 3600, START_S)
    assert (held.effects, held.profile.tags) == ([], [])
    after = lived(*definitions, told=told())
    assert {effect.decided_ms // 1000 - START_S for effect in after.effects} == {3600}
    assert after.profile.tags == ["on"]


def test_a_goal_beats_a_message_that_waits_for_its_time() -> None:
    from ripely.model.journey import Goal

    definitions = journey({ONE: MAIL, TWO: Wait(DAY)}, goal=Goal(HasTag("done"))), QUIET
    done = event(2, ANN, "tag.added", START_S + 60, tag="done")
    assert lived(*definitions, told=told(START_S, done)).effects == []


def counted(after) -> dict[tuple[str, str, str], int]:
    from ripely.ports import Change

    class Told:
        story = after

    changes: list[Change] = [Told]  # type: ignore[list-item]
    return tally(changes)


def test_who_waits_before_a_step_is_counted_there_until_it_is_done() -> None:
    definitions = journey({ONE: MAIL, TWO: Wait(DAY)}), QUIET
    held = counted(fold(rules(*definitions), new_profile(ANN, START_S - 10), told()))
    assert held["step", "j", "one:inside"] == 1
    assert ("step", "j", "one:passed") not in held
    after = counted(lived(*definitions, told=told()))
    assert ("step", "j", "one:inside") not in after
    assert after["step", "j", "one:passed"] == 1


def test_conversions_are_counted_for_the_journey_its_arms_and_those_kept_out() -> None:
    from ripely.model.acts import Did
    from ripely.model.journey import Arm, Experiment, Goal

    bought = Did("order.completed", since_entering="journey")
    arms = (Arm("a", 1, TWO), Arm("b", 1, TWO))
    one = journey(
        {ONE: Experiment(arms, bought, DAY), TWO: Wait(DAY)},
        goal=Goal(bought, within=DAY, value_of="total"), holdout=50,
    )  # fmt: skip
    compiled = rules(one)
    total: dict[tuple[str, str, str], int] = {}
    for contact in range(100):
        happened = [
            event(1, contact, "x", START_S),
            event(2, contact, "order.completed", START_S + 60, total=2),
        ][: 1 + contact % 2]
        for key, n in counted(live(compiled, new_profile(contact, START_S), happened)).items():
            total[key] = total.get(key, 0) + n
    of_journey = {item: n for (kind, _, item), n in total.items() if kind == "journey"}
    assert of_journey["entered"] + of_journey["heldout"] == 100
    assert of_journey["converted"] + of_journey["heldout_converted"] == 50
    assert of_journey["value"] == of_journey["converted"] * 200
    assert of_journey["heldout_value"] == of_journey["heldout_converted"] * 200
    of_arms = {item: n for (kind, _, item), n in total.items() if kind == "arm"}
    assert of_arms["one:a:entered"] + of_arms["one:b:entered"] == of_journey["entered"]
    assert of_arms["one:a:converted"] + of_arms["one:b:converted"] == of_journey["converted"]
    assert of_arms["one:a:value"] == of_arms["one:a:converted"] * 200


def test_a_step_waits_for_the_answer_that_it_asked_for() -> None:
    steps = {
        ONE: Webhook("https://example.com", keep=True, then=TWO),
        TWO: Update(add_tags=("on",)),
    }
    compiled = rules(journey(steps))
    asked = fold(compiled, new_profile(ANN, START_S), [event(1, ANN, "x", START_S)])
    (call,) = asked.effects
    assert asked.profile.tags == []
    said = event(2, ANN, "webhook.answered", START_S + 5, call=call.id, answer={"rating": 3})
    answered = fold(compiled, asked.profile, [said])
    assert answered.profile.tags == ["on"]
    assert "one: answered" in [n.reason for n in answered.notes]


def test_an_answer_can_be_a_reason_to_leave() -> None:
    steps = {ONE: Webhook("https://example.com", keep=True, then=TWO), TWO: Wait(DAY)}
    bad = Leave(condition=DataIs(ONE, "rating", value=1), reason="not wanted")
    compiled = rules(journey(steps, leave=(bad,)))
    asked = fold(compiled, new_profile(ANN, START_S), [event(1, ANN, "x", START_S)])
    (call,) = asked.effects
    said = event(2, ANN, "webhook.answered", START_S + 5, call=call.id, answer={"rating": 1})
    answered = fold(compiled, asked.profile, [said])
    assert answered.profile.enrollments == []
    assert "one: not wanted" in [n.reason for n in answered.notes]


def test_without_an_answer_the_journey_goes_on_after_a_while() -> None:
    steps = {
        ONE: Webhook("https://example.com", keep=True, then=TWO),
        TWO: Update(add_tags=("on",)),
    }
    after = lived(journey(steps))
    assert after.profile.tags == ["on"]
    assert len(after.effects) == 1


def test_what_nobody_waits_for_costs_nothing() -> None:
    """An event that no rule asks for finds nothing, whatever steps wait for other events."""
    compiled = rules(journey({ONE: AwaitEvent(Act("order.paid"), DAY)}))
    react = compiled.react
    assert react(event(1, ANN, "page.viewed", START_S)).heard == ()
    assert len(react(event(1, ANN, "order.paid", START_S)).heard) == 1
    inside = fold(compiled, new_profile(ANN, START_S), [event(1, ANN, "x", START_S)])
    after = fold(compiled, inside.profile, [event(2, ANN, "page.viewed", START_S + 1)])
    assert [note.kind for note in after.notes if note.kind != "visit.started"] == []


def test_timers_come_for_the_pursued_alone_when_time_can_bring_something() -> None:
    after = lived(journey({ONE: Wait(Duration(60))}), until_s=START_S + DAY_S)
    assert [e.name for e in after.events if e.name == TIMER_FIRED] == [TIMER_FIRED]
    assert after.profile.due_s == 0
