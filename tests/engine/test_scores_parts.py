"""What points are for: parts of a score, multiplied points, the general table, and what changes tell."""

from company import ANN, INTEREST, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Task
from ripely.model.condition import AttributeIs, ScoreIs, TopPart
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, ScoreId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.score import Level, Per, PointsFor, Score
from ripely.model.segment import Segment
from ripely.model.transition import Transition
from ripely.model.trigger import OnEvent, OnScore, Trigger

ONE = StepId("one")
HOT = SegmentId("hot")
LEVELS = (Level("cold", 0), Level("warm", 20), Level("ripe", 40))


def called(trigger: Trigger) -> Journey:
    return Journey(
        JourneyId("call"), "Call", (trigger,), ONE, {ONE: Task("C")}, reentry="always"
    )


def told(definitions: list[Definition], *names: str) -> Transition:
    events = [event(n, ANN, name, START_S + n) for n, name in enumerate(names)]
    return fold(rules(*definitions), new_profile(ANN, START_S), events)


def entered_at(after: Transition) -> list[int]:
    return [n.at_ms // 1000 - START_S for n in after.notes if n.kind == "journey.entered"]


def totals(after: Transition) -> list[int]:
    return [n.value for n in after.notes if n.kind == "score.changed"]


PER_CATEGORY = Score(INTEREST, "I", (PointsFor("viewed", 5),), per=Per("property", "category"))


def viewed(score: Score, *categories: object, **facts: object) -> Transition:
    events = [
        event(n, ANN, "viewed", START_S + n, category=c) for n, c in enumerate(categories)
    ]
    return fold(rules(score), new_profile(ANN, START_S), events)


def test_points_count_for_the_whole_and_for_the_part_that_the_event_names() -> None:
    after = viewed(PER_CATEGORY, "Boots", "boots", ["tents", "maps"], None)
    assert after.profile.scores == {
        "interest": 20,
        "interest/boots": 10,
        "interest/tents": 5,
        "interest/maps": 5,
    }


def test_only_named_parts_are_kept() -> None:
    only = Score(
        INTEREST, "I", (PointsFor("viewed", 5),), per=Per("property", "category", ("boots",))
    )
    assert viewed(only, "Boots", "tents").profile.scores == {
        "interest": 10,
        "interest/boots": 5,
    }


def test_points_count_for_the_stage_and_the_tags_at_that_moment() -> None:
    for per, name, facts in (
        (Per("attribute", "stage"), "contact.identified", {"stage": "offer"}),
        (Per("tag"), "tag.added", {"tag": "offer"}),
    ):
        score = Score(INTEREST, "I", (PointsFor("viewed", 5),), per=per)
        events = [
            event(1, ANN, "viewed", START_S),
            event(2, ANN, name, START_S + 1, **facts),
            event(3, ANN, "viewed", START_S + 2),
        ]
        after = fold(rules(score), new_profile(ANN, START_S), events)
        assert after.profile.scores == {"interest": 10, "interest/offer": 5}


def test_of_many_parts_the_highest_are_kept() -> None:
    after = viewed(PER_CATEGORY, "boots", "boots", *(f"c{n}" for n in range(60)))
    parts = [key for key in after.profile.scores if "/" in key]
    assert len(parts) == 40
    assert after.profile.scores[ScoreId("interest/boots")] == 10
    assert after.profile.scores[ScoreId("interest/c59")] == 5
    forgotten = [n.subject for n in after.notes if n.reason == "-5 only 40 parts are kept"]
    assert forgotten == [f"interest/c{n}" for n in range(21)]


def test_points_of_each_part_end_in_their_own_second() -> None:
    parts = Score(
        INTEREST,
        "I",
        (PointsFor("viewed", 5, expires=Duration(60)),),
        per=Per("property", "category"),
    )
    events = [event(n, ANN, "viewed", START_S + 10 * n, category=c) for n, c in enumerate("ab")]
    for after_s, left in (59, {"a", "b"}), (60, {"b"}), (69, {"b"}), (70, set()):
        profile = live(
            rules(parts), new_profile(ANN, START_S), events, START_S + after_s
        ).profile
        scores = profile.scores
        assert {key[-1] for key, points in scores.items() if "/" in key and points} == left


def test_a_part_is_asked_about_and_triggers_like_a_score() -> None:
    boots = Segment(HOT, "H", ScoreIs(INTEREST, at_least=10, of="Boots"))
    top = Segment(SegmentId("top"), "T", TopPart(INTEREST, "boots"))
    call = called(OnScore(INTEREST, reaches=10, of="boots"))
    events = [
        event(n, ANN, "viewed", START_S + n, category=c)
        for n, c in enumerate(("tents", "boots", "boots", "tents"))
    ]
    after = fold(rules(PER_CATEGORY, boots, top, call), new_profile(ANN, START_S), events)
    noted = [(n.kind, n.subject, n.at_ms // 1000 - START_S) for n in after.notes]
    assert ("segment.entered", "hot", 2) in noted
    assert ("segment.entered", "top", 2) in noted
    assert ("segment.left", "top", 3) in noted
    assert entered_at(after) == [2]


def test_points_multiply_and_end_and_are_given_only_when() -> None:
    score = Score(
        INTEREST,
        "I",
        (
            PointsFor("order", 2, times="cart.total"),
            PointsFor("order", 100, once=True),
            PointsFor("order", 1000, when=AttributeIs("city", value="Kyiv")),
        ),
    )
    events = [
        event(1, ANN, "order", START_S, cart={"total": 1.25}),  # 2.5 is rounded to the even 2.
        event(2, ANN, "order", START_S + 1, cart={"total": "7"}),
        event(3, ANN, "order", START_S + 2, cart={"total": "many"}),
        event(4, ANN, "contact.identified", START_S + 3, city="Kyiv"),
        event(5, ANN, "order", START_S + 4),
    ]
    after = fold(rules(score), new_profile(ANN, START_S), events)
    assert totals(after) == [2, 102, 116, 1116]


def test_a_condition_that_does_not_hold_uses_up_no_limit() -> None:
    rule = PointsFor("order", 100, once=True, when=AttributeIs("city", value="Kyiv"))
    events = [
        event(1, ANN, "order", START_S),
        event(2, ANN, "contact.identified", START_S + 1, city="Kyiv"),
        event(3, ANN, "order", START_S + 2),
        event(4, ANN, "order", START_S + 3),
    ]
    score = Score(INTEREST, "I", (rule,))
    assert fold(rules(score), new_profile(ANN, START_S), events).profile.scores[INTEREST] == 100


def test_nothing_times_its_points_uses_up_no_limit_and_is_not_noted() -> None:
    score = Score(INTEREST, "I", (PointsFor("order", 2, times="total", once=True),))
    events = [event(n, ANN, "order", START_S + n, total=n) for n in (0, 1, 2)]
    after = fold(rules(score), new_profile(ANN, START_S), events)
    assert totals(after) == [2]


def test_general_points_come_on_top_of_individual_ones() -> None:
    score = Score(
        INTEREST, "I", (PointsFor("order", 10, name="ours"),), general={"order": 3, "x": 1}
    )
    after = told([score], "order", "x")
    assert totals(after) == [13, 14]


def test_rules_that_say_the_same_have_each_their_own_limit() -> None:
    score = Score(INTEREST, "I", (PointsFor("x", 3, once=True), PointsFor("x", 5, once=True)))
    assert told([score], "x", "x").profile.scores[INTEREST] == 8


def test_a_change_of_level_is_told_as_an_event() -> None:
    score = Score(INTEREST, "I", (PointsFor("liked", 15), PointsFor("score.level_changed", 1)), levels=LEVELS)  # fmt: skip
    call = called(OnEvent("score.level_changed"))
    after = told([score, call], "liked", "liked", "liked")
    levels = [e.properties for e in after.events if e.name == "score.level_changed"]
    assert levels == [
        {"score": "interest", "from": "cold", "to": "warm"},
        {"score": "interest", "from": "warm", "to": "ripe"},
    ]
    assert entered_at(after) == [1, 2]


def test_a_change_is_told_with_what_it_was_before() -> None:
    score = Score(INTEREST, "I", (PointsFor("liked", 5),))
    after = told([score, called(OnEvent("score.changed"))], "liked", "liked")
    assert [e.properties for e in after.events if e.name == "score.changed"] == [
        {"score": "interest", "points": 5, "from": 0, "to": 5},
        {"score": "interest", "points": 5, "from": 5, "to": 10},
    ]


def test_a_score_may_have_any_number_of_rules() -> None:
    events = tuple(PointsFor(f"x{n}", 1, name=f"{n}") for n in range(3_000))
    score = Score(INTEREST, "I", events, general={f"x{n}": 2 for n in range(3_000)})
    assert told([score], "x7", "x2999", "x3000").profile.scores == {INTEREST: 6}
