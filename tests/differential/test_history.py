"""A condition means one thing: the fold's answers equal those counted from the whole history."""

import pytest
from hypothesis import given, strategies as st

from company import ANN, rules
from differential.asking import FAMILIES, beginnings, rests, since_entering, told
from differential.plainly import COMPANY_ZONE, Past, holds
from ripely.compiler.matcher import compile_matcher
from ripely.compiler.normalize import Kernels
from ripely.engine.step import new_profile
from ripely.engine.timeline import live
from ripely.model.company import Company
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.profile import Enrollment
from ripely.model.segment import Segment

COMPANY = Company("company", timezone=COMPANY_ZONE)
S = SegmentId("s")


@pytest.mark.parametrize("family", FAMILIES)
@given(data=st.data(), begins_s=beginnings, rest_s=rests)
def test_membership_is_exact_at_any_moment(family, data, begins_s, rest_s) -> None:
    condition, happened = data.draw(FAMILIES[family])
    compiled = rules(COMPANY, Segment(S, "S", condition))
    events = told(happened, begins_s)
    until_s = (events[-1].now_s if events else begins_s) + rest_s
    lived = live(compiled, new_profile(ANN, begins_s), events, until_s)
    if events:  # Of somebody without any event there is no profile to be in a segment.
        assert (S in lived.profile.segments) == holds(condition, Past(events, until_s))


@pytest.mark.parametrize("family", FAMILIES)
@given(
    data=st.data(),
    begins_s=beginnings,
    entered=st.tuples(rests, rests),
    counted_from=st.sampled_from(["journey", "step", None]),
    rest_s=rests,
)
def test_answers_inside_a_journey_last_until_they_say(
    family, data, begins_s, entered, counted_from, rest_s
) -> None:
    """Between the moments that a condition names, time alone changes nothing."""
    condition, happened = data.draw(FAMILIES[family])
    condition = since_entering(condition, counted_from)
    asked = compile_matcher(Kernels(COMPANY).normalize(condition), COMPANY)
    events = told(happened, begins_s)
    entered_s, since_s = begins_s + min(entered), begins_s + max(entered)
    place = Enrollment(JourneyId("j"), 1, "", entered_s, StepId("s"), since_s, 0, {})
    now_s = max([since_s, *(e.now_s for e in events)])
    compiled = rules(COMPANY, Segment(S, "S", condition))
    profile = live(compiled, new_profile(ANN, begins_s), events, now_s).profile
    until_s = now_s + rest_s
    while True:
        assert asked.test(profile, now_s, place) == holds(condition, Past(events, now_s, place))
        next_s = asked.lapse(profile, now_s, place) if asked.lapse else 0
        assert next_s == 0 or next_s > now_s
        if next_s == 0 or next_s > until_s:
            break
        now_s = next_s
    last = asked.test(profile, now_s, place)
    assert last == holds(condition, Past(events, until_s, place))
