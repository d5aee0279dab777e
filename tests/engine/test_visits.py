"""Visits: runs of acts, and what they show interest in."""

import pytest

from company import ANN, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.engine.visits import GAP_S, join_visits
from ripely.model.profile import Visit

RULES = rules()


def told(*moments: tuple[int, int]):
    events = [
        event(n, ANN, "page.viewed", START_S + at, late_s=late_s, path="/boots")
        for n, (at, late_s) in enumerate(moments)
    ]
    return fold(RULES, new_profile(ANN, START_S), events)


def test_a_gap_begins_a_visit_and_a_late_act_does_not() -> None:
    after = told((0, 0), (GAP_S, 0), (2 * GAP_S + 1, 0), (2 * GAP_S + 2, GAP_S + 100))
    visit = after.profile.visit
    assert (visit.number, visit.pages) == (2, 2)
    assert visit.started_s == visit.last_s == START_S + 2 * GAP_S + 1
    began = [e.occurred_s - START_S for e in after.events if e.name == "visit.started"]
    assert began == [0, 2 * GAP_S + 1]


@pytest.mark.parametrize(
    ("mine", "theirs", "added", "joined"),
    [
        (Visit(3, 100, 200, 5), Visit(1, 250, 300, 2), 0, Visit(3, 100, 300, 7)),
        (Visit(3, 5_000, 5_000, 1), Visit(2, 100, 200, 9), 2, Visit(5, 5_000, 5_000, 1)),
        (Visit(3, 100, 200, 9), Visit(2, 5_000, 5_100, 1), 2, Visit(5, 5_000, 5_100, 1)),
        (Visit(), Visit(1, 100, 200, 2), 1, Visit(1, 100, 200, 2)),
        (Visit(1, 100, 200, 2), Visit(), 0, Visit(1, 100, 200, 2)),
    ],
)
def test_latest_visits_of_two_contacts_are_one_when_no_gap_is_between(
    mine, theirs, added, joined
):
    assert join_visits(mine, theirs) == added
    assert mine == joined
