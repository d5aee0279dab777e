"""A condition means one thing for two contacts that are one person, too."""

import msgspec
from hypothesis import assume, given, strategies as st

from company import ANN, DAN, START_S, rules
from differential.asking import happenings, of_acts, rests, told
from differential.plainly import Past, holds
from differential.test_history import COMPANY, S
from engine.test_merge import People
from ripely.model.acts import Seen
from ripely.model.condition import walk
from ripely.model.event import timer_fired
from ripely.model.segment import Segment

only_acts = happenings.map(
    lambda happened: [(what, gap + 1, late) for what, gap, late in happened if is_act(what)]
)
"""Of two different facts the winner's stays: only what happened adds up."""
his = st.lists(st.booleans(), min_size=20, max_size=20)


def is_act(what: str) -> bool:
    return "/" not in what and what not in {"Kyiv", "Lviv"}


def at_moments_of_their_own(events) -> None:
    """Of two things in one second nobody knows any more which came first."""
    assume(len({event.occurred_s for event in events}) == len(events))


@given(of_acts, only_acts, his, st.integers(0, 20), rests)
def test_membership_of_the_winner_is_exact_at_any_moment(
    condition, happened, his, merged_after, rest_s
) -> None:
    people = People(rules(COMPANY, Segment(S, "S", condition)))
    people.number, events = 1_000, told(happened)  # No two events share an id.
    at_moments_of_their_own(events)
    people.tell(ANN, "contact.resumed", START_S)
    for number, (event, is_his) in enumerate(zip(events, his, strict=False)):
        if number == merged_after:
            people.tell(DAN, "contact.merged", event.now_s, into=ANN)
        people.take(msgspec.structs.replace(event, contact=DAN) if is_his else event)
    until_s = events[-1].now_s + rest_s if events else START_S
    if merged_after >= len(events):
        people.tell(DAN, "contact.merged", events[-1].now_s if events else START_S, into=ANN)
    people.take(timer_fired(ANN, until_s))
    assert (S in people.profiles[ANN].segments) == holds(condition, Past(events, until_s))


@given(
    of_acts.filter(lambda condition: not any(isinstance(c, Seen) for c in walk(condition))),
    only_acts,
    his,
    st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted),
    rests,
)
def test_after_an_undone_merge_each_knows_what_is_theirs(
    condition, happened, his, turns, rest_s
) -> None:
    """What came to the absorbed contact while the two were one stays with the winner."""
    people = People(rules(COMPANY, Segment(S, "S", condition)))
    people.number, events = 1_000, told(happened)
    at_moments_of_their_own(events)
    people.tell(ANN, "contact.resumed", START_S)
    people.tell(DAN, "contact.resumed", START_S)
    anns, dans = [], []
    for number, (event, is_his) in enumerate(zip(events, his, strict=False)):
        if number == turns[0]:
            people.tell(DAN, "contact.merged", event.now_s, into=ANN)
        if number == turns[1]:
            people.tell(ANN, "contact.unmerged", event.now_s, **{"from": DAN})
        people.take(msgspec.structs.replace(event, contact=DAN) if is_his else event)
        apart = not turns[0] <= number < turns[1]
        (dans if is_his and apart else anns).append(event)
    until_s = (events[-1].now_s if events else START_S) + rest_s
    if turns[0] < len(events) <= turns[1]:
        people.tell(ANN, "contact.unmerged", until_s - rest_s, **{"from": DAN})
    for who, own in ((ANN, anns), (DAN, dans)):
        people.take(timer_fired(who, until_s))
        assert (S in people.profiles[who].segments) == holds(condition, Past(own, until_s))
