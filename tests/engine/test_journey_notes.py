"""What the notes say of somebody's way through a journey, and who is counted at which step by them."""

from collections import Counter
from types import SimpleNamespace

import pytest

from company import ANN, BOB, INTEREST, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Update, Webhook
from ripely.model.acts import Act
from ripely.model.condition import DataIs, HasTag
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import (
    AwaitAny,
    AwaitEvent,
    Branch,
    Case,
    Exit,
    Journey,
    Repeat,
    Together,
    Wait,
    WaitUntil,
)
from ripely.model.trigger import OnEvent
from ripely.runtime.tally import tally

ONE, TWO, THREE = (StepId(name) for name in ("one", "two", "three"))
HOUR_S, DAY_S = 3_600, 86_400
MINUTE, HOUR, DAY = Duration(60), Duration(HOUR_S), Duration(DAY_S)
ON_X = OnEvent("x")
POINT = Update(add_points={INTEREST: 1})


def journey(steps, trigger=ON_X, name="j", **more) -> Journey:
    return Journey(JourneyId(name), name, (trigger,), ONE, steps, **more)


def came(*told):
    return [event(1, ANN, "x", START_S), *told]


def tag(name: str, at_s: int):
    return event(at_s, ANN, "tag.added", at_s, tag=name)


def lived(steps, told, until_s=START_S + DAY_S - 1):
    return live(rules(journey(steps)), new_profile(ANN, START_S - 9), told, until_s)


def way(after) -> list[str]:
    """Return what was noted of a way, but for how it began and where it was waited."""
    silent = {"journey.entered", "journey.waits"}
    return [
        f"{note.kind.removeprefix('journey.')} {note.reason}"
        for note in after.notes
        if note.kind.startswith("journey.") and note.kind not in silent
    ]


def counted(after) -> Counter:
    counts = tally([SimpleNamespace(story=after)])  # type: ignore[list-item]
    return Counter({item: n for (kind, _, item), n in counts.items() if kind == "step"})


CASES = (Case(HasTag("a"), TWO), Case(HasTag("b"), TWO))
A_OR_B = AwaitAny(CASES, HOUR, TWO)
PAID = AwaitEvent(Act("order.paid"), HOUR, (), TWO, TWO)
PAST_NINE = WaitUntil(day="2030-01-01", at="09:00", if_past="exit", then=TWO)


@pytest.mark.parametrize(
    ("step", "told", "first"),
    [
        (POINT, came(), "step one"),
        (Wait(Duration(0), TWO), came(), "step one"),
        (Wait(MINUTE, TWO), came(), "resumed one: waited"),
        (Branch(CASES, TWO), came(), "step one: otherwise"),
        (Branch(CASES, TWO), [tag("b", START_S), *came()], "step one: case 2"),
        (Branch(CASES, TWO), [tag("a", START_S), *came()], "step one: case 1"),
        (A_OR_B, [tag("b", START_S), *came()], "step one: case 2"),
        (A_OR_B, came(tag("b", START_S + 9)), "resumed one: case 2"),
        (A_OR_B, came(), "resumed one: timed out"),
        (AwaitAny(CASES, Duration(0), TWO), came(), "step one: timed out"),
        (PAID, came(event(2, ANN, "order.paid", START_S + 9)), "resumed one: heard"),
        (PAID, came(), "resumed one: timed out"),
        (AwaitEvent(Act("order.paid"), Duration(0)), came(), "step one: timed out"),
        (PAST_NINE, came(), "step one: no wait"),
        (PAST_NINE, [event(1, ANN, "x", START_S + 1)], "exited one: its time is past"),
        (Exit("not paid"), came(), "exited one: not paid"),
    ],
)  # fmt: skip
def test_the_notes_name_each_step_and_the_way_out_of_it(step, told, first) -> None:
    after = lived({ONE: step, TWO: Wait(DAY)}, told)
    assert way(after)[0] == first


def test_the_notes_count_the_rounds_of_a_repeat() -> None:
    after = lived({ONE: Wait(MINUTE, TWO), TWO: Repeat(ONE, 2)}, came())
    assert [said for said in way(after) if "two" in said] == [
        "step two: again 1",
        "step two: again 2",
        "step two: enough",
        "exited two: the end",
    ]


def test_one_of_two_things_done_together_is_not_taken_for_the_other() -> None:
    call = Webhook("https://example.com")
    after = lived({ONE: Together((call, call))}, came())
    assert len({effect.id for effect in after.effects}) == len(after.effects) == 2


def test_a_wait_that_leads_to_itself_begins_anew() -> None:
    steps = {ONE: AwaitEvent(Act("order.paid"), DAY, then=ONE)}
    after = lived(steps, came(event(2, ANN, "order.paid", START_S + 60)), START_S + HOUR_S)
    (place,) = after.profile.enrollments
    assert (place.since_s, place.due_s) == (START_S + 60, START_S + 60 + DAY_S)
    assert counted(after) == {"one:passed": 1, "one:inside": 1}


def test_what_a_step_keeps_may_be_called_as_our_own() -> None:
    """A property `asked` of the event is no question of the step."""
    steps = {
        ONE: AwaitEvent(Act("order.paid"), HOUR, then=TWO),
        TWO: Branch((Case(DataIs(ONE, "asked", value="twice"), None),), THREE),
        THREE: POINT,
    }
    after = lived(steps, came(event(2, ANN, "order.paid", START_S + 60, asked="twice")))
    assert counted(after) == {"one:passed": 1, "two:passed": 1}
    assert after.profile.scores == {}


def test_an_answer_that_never_came_is_not_waited_for_in_the_next_round() -> None:
    steps = {
        ONE: Webhook("https://example.com", keep=True, then=TWO),
        TWO: Wait(DAY, THREE),
        THREE: Repeat(ONE, 1),
    }
    first = lived(steps, came(), START_S + HOUR_S)
    assert counted(first) == {"one:passed": 1, "two:inside": 1}
    again_s = START_S + HOUR_S + DAY_S
    second = live(rules(journey(steps)), first.profile, [], again_s)
    (call,) = second.effects
    said = event(3, ANN, "webhook.answered", again_s + 5, call=call.id, answer={"rating": 3})
    after = fold(rules(journey(steps)), second.profile, [said])
    assert [(e.step, e.since_s) for e in after.profile.enrollments] == [(TWO, again_s + 5)]


def test_who_leaves_right_after_a_wait_waits_nowhere() -> None:
    after = lived({ONE: Wait(MINUTE, TWO), TWO: POINT}, came())
    assert counted(after) == {"one:passed": 1, "two:passed": 1}


def test_who_is_absorbed_is_counted_where_they_go_on() -> None:
    compiled = rules(journey({ONE: Wait(DAY)}))
    bob = fold(compiled, new_profile(BOB, START_S), [event(1, BOB, "x", START_S)])
    gone = fold(compiled, bob.profile, [event(2, BOB, "contact.merged", START_S, into=ANN)])
    (handed,) = [e.properties for e in gone.effects]
    told = event(3, ANN, "contact.absorbed", START_S + 9, **handed)
    after = fold(compiled, new_profile(ANN, START_S), [told])
    assert (counted(bob), counted(gone)) == ({"one:inside": 1}, {"one:inside": -1})
    assert counted(after) == {"one:inside": 1}
    assert [n.reason for n in after.notes if n.kind == "journey.entered"] == [
        "with an absorbed contact"
    ]
