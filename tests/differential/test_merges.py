"""A condition means one thing for two contacts that are one person, too."""

import msgspec
from hypothesis import given, strategies as st

from company import ANN, DAN, START_S, rules
from differential.test_history import conditions, happenings, holds, told
from engine.test_merge import People
from ripely.model.condition import AttributeIs, Condition, walk
from ripely.model.event import timer_fired
from ripely.model.ids import SegmentId
from ripely.model.segment import Segment


def counts_alone(condition: Condition) -> bool:
    """Of two different facts the winner's stays: only what happened adds up."""
    return not any(isinstance(inner, AttributeIs) for inner in walk(condition))


@given(
    conditions.filter(counts_alone),
    happenings,
    st.lists(st.booleans(), min_size=20, max_size=20),
    st.integers(0, 20),
    st.integers(0, 20_000),
)
def test_membership_of_the_winner_is_exact_at_any_moment(
    condition, happened, his, merged_after, rest_s
) -> None:
    segment = SegmentId("s")
    people = People(rules(Segment(segment, "S", condition)))
    people.number, events = 1_000, told(happened)  # No two events share an id.
    people.tell(ANN, "note.made", START_S)
    for number, (event, is_his) in enumerate(zip(events, his, strict=False)):
        if number == merged_after:
            people.tell(DAN, "contact.merged", event.now_s, into=ANN)
        people.take(msgspec.structs.replace(event, contact=DAN) if is_his else event)
    until_s = events[-1].now_s + rest_s if events else START_S
    if merged_after >= len(events):
        people.tell(DAN, "contact.merged", events[-1].now_s if events else START_S, into=ANN)
    people.take(timer_fired(ANN, until_s))
    assert (segment in people.profiles[ANN].segments) == holds(condition, events, until_s)
