"""Triggers beyond single events: changes of fields, conditions that cease, silence, requests."""

import pytest

from company import ANN, BOB, HOUR, START_S, event, rules
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Update
from ripely.model.acts import Act, Did, Where
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import Journey
from ripely.model.trigger import (
    OnAbsence,
    OnAttribute,
    OnCondition,
    OnEvent,
    OnInactivity,
    OnRequest,
    Trigger,
)

ONE = StepId("one")
DAY_S = 86_400


def compiled(*triggers: Trigger) -> Ruleset:
    steps = {ONE: Update(add_tags=("in",))}
    return rules(Journey(JourneyId("j"), "J", triggers, ONE, steps, reentry="always"))


def entered(trigger: Trigger, *events, until_s: int = 0) -> list[int]:
    """How many seconds after the start Ann is let in."""
    after = live(compiled(trigger), new_profile(ANN, START_S), events, START_S + until_s)
    return [n.at_ms // 1000 - START_S for n in after.notes if n.kind == "journey.entered"]


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        (OnAttribute("plan"), [0, 10, 20, 30]),
        (OnAttribute("plan", after="pro"), [10, 30]),
        (OnAttribute("plan", before="basic"), [10]),
        (OnAttribute("plan", before="basic", after="pro"), [10]),
        (OnAttribute("plan", before="trial", after="basic"), []),
        (OnAttribute("city"), []),
    ],
)
def test_a_field_that_changes_from_and_to(trigger, expected) -> None:
    plans = ("basic", "pro", "trial", "pro", "pro")
    told = [
        event(n, ANN, "contact.identified", START_S + 10 * n, plan=plan)
        for n, plan in enumerate(plans)
    ]
    assert entered(trigger, *told) == expected


def test_a_field_that_another_journey_changes_is_a_trigger_too() -> None:
    sets = Update(set={"plan": "pro"})
    first = Journey(JourneyId("a"), "A", (OnEvent("x"),), ONE, {ONE: sets})
    second = Journey(
        JourneyId("b"), "B", (OnAttribute("plan", after="pro"),), ONE, {ONE: Update(add_tags=("b",))}
    )  # fmt: skip
    profile = fold(
        rules(first, second), new_profile(ANN, START_S), [event(1, ANN, "x", START_S)]
    ).profile
    assert profile.tags == ["b"]


def test_a_condition_ceases_only_after_it_held() -> None:
    ceases = OnCondition(Did("order.completed", within=HOUR), becomes=False)
    seen = event(1, ANN, "page.viewed", START_S)
    ordered = event(2, ANN, "order.completed", START_S + 10)
    again = event(3, ANN, "order.completed", START_S + 8000)
    assert entered(ceases, seen, until_s=DAY_S) == []
    assert entered(ceases, seen, ordered, again, until_s=DAY_S) == [10 + HOUR, 8000 + HOUR]


def test_new_rules_bring_no_end_to_what_they_never_saw() -> None:
    ceases = OnCondition(Did("order.completed", within=HOUR), becomes=False)
    ordered = event(1, ANN, "order.completed", START_S)
    known = fold(rules(), new_profile(ANN, START_S), [ordered]).profile
    told = event(2, ANN, "rules.changed", START_S + 60)
    after = live(compiled(ceases), known, [told], START_S + DAY_S)
    assert not [note for note in after.notes if note.kind == "journey.entered"]


def test_an_act_without_another_counts_anew_with_each_act() -> None:
    left = OnAbsence(Act("product.added"), Act("order.completed"), HOUR)
    added = [event(n, ANN, "product.added", START_S + 1800 * n) for n in range(3)]
    assert entered(left, *added, until_s=DAY_S) == [3600 + HOUR]
    ordered = event(9, ANN, "order.completed", START_S + 3599 + HOUR)
    assert entered(left, *added, ordered, until_s=DAY_S) == []
    late = event(9, ANN, "order.completed", START_S + 3600 + HOUR)
    assert entered(left, *added, late, until_s=DAY_S) == [3600 + HOUR]


def test_an_act_that_is_not_followed_by_one_of_its_kind() -> None:
    bought = OnAbsence(Act("order.completed"), Act("order.completed"), Duration(10 * DAY_S))
    orders = [event(n, ANN, "order.completed", START_S + 6 * DAY_S * n) for n in range(3)]
    assert entered(bought, *orders, until_s=30 * DAY_S) == [22 * DAY_S]
    boots = Act("order.completed", (Where("product", value="boots"),))
    coats = OnAbsence(boots, Act("order.completed"), Duration(10 * DAY_S))
    one = event(1, ANN, "order.completed", START_S, product="boots")
    assert entered(coats, one, until_s=30 * DAY_S) == [10 * DAY_S]


def test_silence_comes_once_and_never_to_whoever_was_not_here() -> None:
    silent = OnInactivity(Duration(30 * DAY_S))
    known = event(1, ANN, "contact.identified", START_S, email="ann@example.com")
    assert entered(silent, known, until_s=400 * DAY_S) == []
    came = event(2, ANN, "page.viewed", START_S + 10)
    mailed = event(3, ANN, "email.sent", START_S + DAY_S)  # It is not she who did that.
    back = event(4, ANN, "page.viewed", START_S + 100 * DAY_S)
    assert entered(silent, known, came, mailed, back, until_s=400 * DAY_S) == [
        10 + 30 * DAY_S,
        130 * DAY_S,
    ]


@pytest.mark.parametrize(
    ("by", "asked", "lets_in"),
    [((), "hand", True), ((), "journey", True), (("api",), "api", True), (("api",), "hand", False)],
)  # fmt: skip
def test_a_request_names_the_journey_and_who_asks(by, asked, lets_in) -> None:
    told = event(1, ANN, "journey.requested", START_S, journey="j", by=asked, order_id="7")
    other = event(2, ANN, "journey.requested", START_S, journey="another", by=asked)
    assert entered(OnRequest(by), told, other) == ([0] if lets_in else [])


def test_an_event_meets_the_requests_of_its_own_journey_alone() -> None:
    steps = {ONE: Update(add_tags=("x",))}
    many = [
        Journey(JourneyId(f"j{n}"), "J", (OnRequest(), OnAttribute(f"a{n}")), ONE, steps)
        for n in range(50)
    ]
    react = rules(*many).react
    asked = react(event(1, ANN, "journey.requested", START_S, journey="j7", by="hand"))
    assert [trigger.journey for trigger in asked.triggers] == ["j7"]
    changed = {"name": "a9", "from": None, "to": "x"}
    told = react(event(2, ANN, "attribute.changed", START_S, **changed))
    assert [trigger.journey for trigger in told.triggers] == ["j9"]


def test_silence_and_absence_outlive_a_merge() -> None:
    """Bob turns out to be Ann, who was seen later: the silence counts from her last act."""
    silent = compiled(OnInactivity(Duration(30 * DAY_S)))
    seen = event(1, BOB, "page.viewed", START_S)
    merged = event(2, BOB, "contact.merged", START_S + DAY_S, into=ANN)
    (handed,) = fold(silent, new_profile(BOB, START_S), [seen, merged]).effects
    absorbed = event(3, ANN, "contact.absorbed", START_S + DAY_S, **handed.properties)
    after = live(silent, new_profile(ANN, START_S), [absorbed], START_S + 60 * DAY_S)
    entries = [n.at_ms // 1000 - START_S for n in after.notes if n.kind == "journey.entered"]
    assert entries == [30 * DAY_S]


def test_who_came_once_can_fall_silent() -> None:
    seen = event(1, ANN, "page.viewed", START_S)
    assert entered(OnInactivity(HOUR), seen, until_s=DAY_S) == [HOUR]


@pytest.mark.parametrize(
    ("becomes", "reason"),
    [(True, "a condition became true"), (False, "a condition ceased to be true")],
)
def test_who_is_let_in_by_a_condition_is_told_how_it_turned(becomes, reason) -> None:
    trigger = OnCondition(Did("x", within=HOUR), becomes=becomes)
    told = [event(1, ANN, "x", START_S)]
    after = live(compiled(trigger), new_profile(ANN, START_S), told, START_S + DAY_S)
    assert [n.reason for n in after.notes if n.kind == "journey.entered"] == [reason]
