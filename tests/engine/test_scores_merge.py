"""Scores of two contacts that turn out to be one: what fades, what ends, parts, bounds and trends."""

import msgspec
from hypothesis import given, strategies as st

from company import ANN, DAN, INTEREST, START_S, event, rules
from engine.test_merge import People
from ripely.engine.ruleset import Ruleset
from ripely.engine.timeline import live
from ripely.model.condition import AttributeIs, ScoreTrend
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.ids import ContactId, RulesetId, ScoreId, SegmentId
from ripely.model.score import Per, PointsFor, PointsWhile, Score
from ripely.model.segment import Segment

DAY_S = 86_400
ENDS = PointsFor("b", 9, expires=Duration(9 * DAY_S))
SCORE = Score(
    INTEREST,
    "I",
    (PointsFor("a", 40), ENDS),
    (PointsWhile(AttributeIs("role", value="owner"), 7),),
    half_life=Duration(30 * DAY_S),
    per=Per("property", "category"),
)


def two(ruleset: Ruleset, *, merged: bool, parted: bool = False) -> People:
    """Ann and Dan do alike; they are one from the second day on, and two again from the third."""
    told = People(ruleset)
    for who in (ANN, DAN):
        told.tell(who, "a", START_S, category="boots")
        told.tell(who, "b", START_S + 60, category="tents")
        told.tell(who, "contact.identified", START_S + 90, role="owner")
    if merged:
        told.tell(DAN, "contact.merged", START_S + DAY_S, into=ANN)
    if parted:
        told.tell(ANN, "contact.unmerged", START_S + 2 * DAY_S, **{"from": DAN})
    return told


def at(told: People, who: ContactId, days: int) -> dict[ScoreId, int]:
    """Return the scores as they are after so many days in which nothing happened."""
    last = [event(1000, who, "x", START_S + days * DAY_S)]
    profile = live(told.rules, told.profiles[who], last).profile
    return {key: profile.points(key, START_S + days * DAY_S) for key in profile.scores}


def test_what_fades_and_ends_is_as_if_there_had_been_one_contact() -> None:
    merged, one = two(rules(SCORE), merged=True), People(rules(SCORE))
    for n in range(2):
        one.tell(ANN, "a", START_S, category="boots", n=n)
        one.tell(ANN, "b", START_S + 60, category="tents", n=n)
    one.tell(ANN, "contact.identified", START_S + 90, role="owner")
    for days in (2, 8, 10, 40):
        assert at(merged, ANN, days) == at(one, ANN, days), days


def test_what_was_taken_comes_back_as_if_it_had_never_gone() -> None:
    parted, never = (two(rules(SCORE), merged=m, parted=m) for m in (True, False))
    for who in (ANN, DAN):
        for days in (3, 10, 40):
            assert at(parted, who, days) == at(never, who, days), (who, days)


def test_a_limit_lets_go_of_no_more_than_it_took() -> None:
    bounded = Score(INTEREST, "I", (PointsFor("a", 40),), least=0, most=50)
    assert two(rules(bounded), merged=True).profiles[ANN].scores == {INTEREST: 50}
    parted = two(rules(bounded), merged=True, parted=True)
    assert parted.profiles[ANN].scores == parted.profiles[DAN].scores == {INTEREST: 40}


def test_points_that_come_with_another_contact_are_no_rise() -> None:
    rise = ScoreTrend(INTEREST, Duration(12 * 3600), at_least=1)
    ruleset = rules(
        Score(INTEREST, "I", (PointsFor("a", 40),)), Segment(SegmentId("up"), "U", rise)
    )
    told = two(ruleset, merged=True)
    assert told.profiles[ANN].scores == {INTEREST: 80}
    assert told.profiles[ANN].segments == {}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 20 * DAY_S)), max_size=6))
def test_notes_add_up_to_the_score_through_a_merge_and_back(happened) -> None:
    told, at_s = People(rules(SCORE)), START_S
    for name, gap_s in happened:
        at_s += gap_s
        told.tell((ANN, DAN)[gap_s % 2], name, at_s, category=name)
    told.tell(ANN, "x", at_s)
    told.tell(DAN, "x", at_s)
    told.tell(DAN, "contact.merged", at_s + 1, into=ANN)
    told.tell(ANN, "contact.unmerged", at_s + 2, **{"from": DAN})
    together: dict[str, int] = {}
    for note in told.notes:
        if note.kind == "score.changed":
            change = int(note.reason.split()[0])
            together[note.subject] = together.get(note.subject, 0) + change
    # Ann's notes and Dan's: what he took with him is noted nowhere, and what he got back neither.
    known = [told.profiles[who].scores for who in (ANN, DAN)]
    assert together == {
        key: sum(scores.get(key, 0) for scores in known) for key in {**known[0], **known[1]}
    }


def test_a_score_that_nobody_defines_any_more_is_not_handed_over() -> None:
    told = two(rules(SCORE), merged=False)
    other: Definition = Segment(SegmentId("s"), "S", AttributeIs("role", value="owner"))
    told.rules = msgspec.structs.replace(rules(other), id=RulesetId("next"))
    told.tell(DAN, "contact.merged", START_S + DAY_S, into=ANN)
    assert told.profiles[ANN].scores == {}
