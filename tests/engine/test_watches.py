"""Conditions that depend on conditions: each is answered once, after all that it depends on."""

from itertools import permutations

import pytest

from company import ANN, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.model.acts import Did
from ripely.model.condition import All, InSegment, Not
from ripely.model.ids import SegmentId
from ripely.model.segment import Segment

VIEWED = Did("page.viewed")
READER, KNOWN, STRANGER = map(SegmentId, ("reader", "known", "stranger"))
DEFINED = (
    Segment(READER, "Reader", VIEWED),
    Segment(KNOWN, "Known", InSegment(READER)),
    Segment(STRANGER, "Stranger", All((VIEWED, Not(InSegment(KNOWN))))),
)
BESIDE = [Segment(SegmentId(f"beside {n}"), "B", VIEWED) for n in range(4)]


@pytest.mark.parametrize("defined", list(permutations(DEFINED)))
def test_nobody_enters_for_a_moment_what_does_not_hold(defined) -> None:
    """Who views a page is a reader, so known, so no stranger: not even until that has been found."""
    compiled = rules(*BESIDE[:2], *defined, *BESIDE[2:])
    viewed = event(1, ANN, "page.viewed", START_S)
    after = fold(compiled, new_profile(ANN, START_S), [viewed])
    everywhere = {READER, KNOWN, *(segment.id for segment in BESIDE)}
    assert set(after.profile.segments) == everywhere
    told = [(n.kind, n.subject) for n in after.notes if n.kind.startswith("segment.")]
    assert sorted(told) == sorted(("segment.entered", segment) for segment in everywhere)
