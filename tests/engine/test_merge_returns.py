"""What a merge notes, what it leaves alone, and what it gives back: all of it, and nothing more."""

import msgspec
import pytest

from company import ANN, BOB, DAN, HOUR, INTEREST, START_S, event, rules
from engine.test_merge import RULES, People
from ripely.engine.step import fold, new_profile
from ripely.model.acts import Act, Aggregate, Did
from ripely.model.condition import HasConsent, HasTag, InJourney
from ripely.model.effect import EmitEvent
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import Goal, Journey, Leave, Wait
from ripely.model.score import PointsFor, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent
from ripely.ports import Change, Story
from ripely.runtime.tally import tally

ONE = StepId("one")
J = JourneyId("j")
ANN16, DAN16 = (f"{who:016x}" for who in (ANN, DAN))
FIVE_OF_ALL = Score(INTEREST, "I", (PointsFor("page.viewed", 1, at_most=5),))
TAGGED = Segment(SegmentId("vips"), "Vips", HasTag("vip"))
JOURNEY = Journey(J, "J", (OnEvent("x"),), ONE, {ONE: Wait(HOUR)}, goal=Goal(HasTag("done")))


def merge(told: People, at_s: int = 30) -> None:
    told.tell(DAN, "contact.merged", START_S + at_s, into=ANN, by="email")


def unmerge(told: People, at_s: int = 60) -> None:
    told.tell(ANN, "contact.unmerged", START_S + at_s, **{"from": DAN})


def noted(told: People, *kinds: str) -> list[tuple[str, str, str]]:
    return [(n.kind, n.subject, n.reason) for n in told.notes if n.kind in kinds]


def viewed(told: People, who: int, at_s: int, path: str) -> None:
    told.tell(who, "page.viewed", START_S + at_s, url=f"https://a.example{path}", path=path)


def couple(*definitions) -> People:
    """Ann reads about boots and hats; Dan, hours later, about hats and bags."""
    told = People(rules(*definitions))
    for at_s, path in enumerate(("/boots/1", "/boots/2", "/hats/1")):
        viewed(told, ANN, at_s, path)
    told.tell(ANN, "tag.added", START_S + 3, tag="hers")
    told.tell(ANN, "tag.added", START_S + 4, tag="both")
    told.tell(ANN, "consent.granted", START_S + 5, purpose="profiling")
    for at_s, path in enumerate(("/hats/1", "/bags/1", "/bags/2"), 9_000):
        viewed(told, DAN, at_s, path)
    told.tell(DAN, "tag.added", START_S + 9_003, tag="his")
    told.tell(DAN, "tag.added", START_S + 9_004, tag="both")
    told.tell(DAN, "consent.granted", START_S + 9_005)
    told.tell(DAN, "consent.withdrawn", START_S + 9_006, purpose="profiling")
    return told


KEPT = ("tags", "interests", "consents", "score_limits", "counts", "scores", "segments", "suppressed")  # fmt: skip


def kept(told: People) -> dict[str, object]:
    ann = told.profiles[ANN]
    return msgspec.to_builtins({name: getattr(ann, name) for name in KEPT}) | {
        "visits": ann.visit.number
    }


def test_undone_she_has_all_that_was_hers_and_no_more() -> None:
    told = couple(FIVE_OF_ALL, Segment(SegmentId("s"), "S", Did("page.viewed")))
    before = kept(told)
    merge(told, 9_030)
    together = told.profiles[ANN]
    assert together.interests == {"/boots": 2, "/hats": 2, "/bags": 2}
    assert together.tags == ["hers", "both", "his"]
    assert together.visit.number == 2
    unmerge(told, 9_060)
    assert kept(told) == before


def test_what_she_did_meanwhile_is_not_given_away() -> None:
    told = couple(FIVE_OF_ALL)
    before = kept(told)
    ((rule, given),) = told.profiles[ANN].score_limits.items()
    hers = list(given)
    merge(told, 9_030)
    assert len(told.profiles[ANN].score_limits[rule]) == 6
    told.tell(ANN, "product.viewed", START_S + 9_031, category="/bags")
    told.tell(ANN, "tag.added", START_S + 9_032, tag="new")
    unmerge(told, 9_060)
    after = kept(told)
    assert after["interests"] == {"/boots": 2, "/hats": 1, "/bags": 1}
    assert after["tags"] == [*before["tags"], "new"]
    assert after["score_limits"] == {rule: hers}


def test_a_segment_by_a_tag_or_a_consent_follows_a_merge_there_and_back() -> None:
    agreed = Segment(SegmentId("agreed"), "Agreed", HasConsent("marketing"))
    told = People(rules(TAGGED, agreed))
    told.tell(ANN, "x", START_S)
    told.tell(DAN, "tag.added", START_S, tag="vip")
    told.tell(DAN, "consent.granted", START_S)
    merge(told)
    assert set(told.profiles[ANN].segments) == {"vips", "agreed"}
    unmerge(told)
    assert told.profiles[ANN].segments == {}


def test_all_that_is_decided_about_a_merge_is_noted() -> None:
    told = People(rules(TAGGED))
    told.tell(DAN, "tag.added", START_S, tag="vip")
    told.tell(DAN, "consent.granted", START_S, purpose="marketing")
    told.tell(DAN, "consent.withdrawn", START_S, purpose="profiling")
    told.notes.clear()
    merge(told)
    told.tell(DAN, "y", START_S + 40)
    unmerge(told)
    unmerge(told, 70)
    told.tell(ANN, "contact.merged", START_S + 80, into=ANN)
    assert [(n.kind, n.subject, n.reason) for n in told.notes if n.kind != "visit.started"] == [
        ("contact.merged", ANN16, "email"),
        ("segment.left", "vips", "contact.merged"),
        ("contact.absorbed", DAN16, ""),
        ("consent.granted", "marketing", "contact.absorbed"),
        ("consent.withdrawn", "profiling", "contact.absorbed"),
        ("segment.entered", "vips", "contact.absorbed"),
        ("event.forwarded", ANN16, "y"),
        ("contact.unmerged", DAN16, ""),
        ("segment.left", "vips", "contact.unmerged"),
        ("contact.revived", ANN16, ""),
        ("segment.entered", "vips", "contact.revived"),
        ("event.ignored", "contact.unmerged", f"{DAN16} is no part of this contact"),
    ]


def test_nobody_is_merged_into_a_part_of_themselves_or_into_themselves() -> None:
    told = People()
    told.tell(DAN, "x", START_S)
    merge(told)
    for into in (DAN, ANN):
        told.tell(ANN, "contact.merged", START_S + 40, into=into)
    assert told.profiles[ANN].merged_into is None
    ignored = noted(told, "event.ignored")
    assert ignored == [("event.ignored", "contact.merged", f"{DAN16} is part of this contact")]


@pytest.mark.parametrize("number", [500, 501])
def test_who_was_taken_in_already_is_not_taken_in_again(number) -> None:
    told = couple(FIVE_OF_ALL)
    merge(told, 9_030)
    handed = next(e for e in told.told if e.name == "contact.absorbed").properties
    before = msgspec.to_builtins(told.profiles[ANN].interests)
    who = {500: handed, 501: {**handed, "from": ANN}}[number]
    told.take(event(number, ANN, "contact.absorbed", START_S + 9_040, **who))
    assert told.profiles[ANN].interests == before
    assert list(told.profiles[ANN].absorbed) == [DAN]


def test_who_is_not_part_of_another_does_not_come_back() -> None:
    told = fold(
        RULES, new_profile(ANN, START_S), [event(1, ANN, "contact.revived", START_S, **{"from": BOB})]
    )  # fmt: skip
    assert [n for n in told.notes if n.kind.startswith("contact.")] == []


def test_what_is_handed_over_survives_being_written_as_json() -> None:
    told = couple(FIVE_OF_ALL)
    merge(told, 9_030)
    (handed,) = [e for e in told.effects if isinstance(e, EmitEvent)]
    assert msgspec.json.decode(msgspec.json.encode(handed.properties)) == handed.properties
    assert handed.source == "fold"


def test_the_later_goal_of_the_two_counts() -> None:
    def reached(first: int, second: int) -> int:
        told = People(rules(JOURNEY))
        for who, at_s in ((first, 10), (second, 20)):
            told.tell(who, "x", START_S)
            told.tell(who, "tag.added", START_S + at_s, tag="done")
        merge(told)
        return told.profiles[ANN].goals[J] - START_S

    assert (reached(ANN, DAN), reached(DAN, ANN)) == (20, 20)


def test_where_he_is_or_was_in_a_journey_is_asked_again_at_once() -> None:
    asked = [
        Segment(SegmentId(state), state, InJourney(J, state))
        for state in ("been", "inside", "goal")
    ]
    leaves = msgspec.structs.replace(JOURNEY, leave=(Leave(event=Act("z")),))
    reason = ("journey.exited", "j", "one: merged into another contact")
    for names, states, left in (
        ("x", {"been", "inside"}, [reason]),
        ("y", set(), []),
        ("xz", {"been"}, [("journey.exited", "j", "one: z")]),
    ):
        told = People(rules(leaves, *asked))
        for name in names:
            told.tell(DAN, name, START_S)
        merge(told)
        assert noted(told, "journey.exited") == left
        assert set(told.profiles[ANN].segments) == states
        assert told.profiles[DAN].segments == {}


def test_what_rules_asked_for_that_are_gone_by_now_is_left_behind() -> None:
    total = Aggregate("sum", "total", "x", at_least=1)
    asked = [Segment(SegmentId("did"), "D", Did("x")), Segment(SegmentId("sum"), "S", total)]
    told = People(rules(JOURNEY, *asked))
    told.tell(DAN, "x", START_S, total=5)
    frozen = fold(told.rules, told.profiles[DAN], [event(9, DAN, "contact.merged", START_S + 9, into=ANN)])  # fmt: skip
    (handed,) = [e for e in frozen.effects if isinstance(e, EmitEvent)]
    absorbed = event(10, ANN, handed.name, START_S + 9, **handed.properties)
    after = fold(rules(TAGGED), new_profile(ANN, START_S), [absorbed])
    counts = tally([Change(after.profile, 1, Story([], after.notes), [], None, None)])
    assert counts == {}
    assert (after.profile.counts, after.profile.series) == ({}, {})
