"""Circles in drawings of any size."""

from hypothesis import given, strategies as st

from ripely.documents.circles import circles
from ripely.documents.flow import STEPS_MAX, check_journey
from ripely.model.action import Update
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import Journey
from ripely.model.trigger import OnEvent

NAMES = [StepId(name) for name in "abcdefg"]
DRAWINGS = st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES)))


def after(start, ways):
    found, waiting = set(), [start]
    while waiting:
        for to in ways.get(waiting.pop(), ()):
            if to not in found:
                found.add(to)
                waiting.append(to)
    return found


@given(DRAWINGS)
def test_a_circle_is_what_leads_to_one_another_and_back(ways):
    known = {
        frozenset(one for one in after(name, ways) if name in after(one, ways))
        for name in ways
        if name in after(name, ways)
    }
    assert set(circles(ways)) == known
    assert len(circles(ways)) == len(known)


def line(length):
    names = [StepId(f"s{n}") for n in range(length)]
    following = [*names[1:], None]
    steps = {
        name: Update(add_tags=("x",), then=to)
        for name, to in zip(names, following, strict=True)
    }
    return Journey(JourneyId("long"), "Long", (OnEvent("order.completed"),), names[0], steps)


def test_a_journey_of_a_hundred_thousand_steps_is_refused_in_one_sentence():
    (problem,) = check_journey(line(100_000))
    assert (problem.code, problem.path) == ("out_of_range", "$.steps")
    assert "up to 1,000 steps; this one has 100,000" in problem.message
    assert list(check_journey(line(STEPS_MAX))) == []
