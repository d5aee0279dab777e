"""A journey over the past, before it is switched on."""

from datetime import UTC, datetime

import msgspec
import pytest

from company import ANN, BOB, CAROL, DAN, START_S, event
from ripely.compiler.ruleset import Published
from ripely.model.action import Send, Task
from ripely.model.acts import Did
from ripely.model.backtest import Asked, Reactions, Report
from ripely.model.company import Cap, Guard, Hours, Member, Team
from ripely.model.condition import AttributeIs
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import JourneyId, SegmentId, StepId, TeamId, TemplateId
from ripely.model.journey import Await, Branch, Case, Exit, Goal, Journey, Wait
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent, OnSegment
from ripely.ports import Story
from ripely.runtime.backtest.course import course_of
from ripely.runtime.backtest.findings import Findings
from ripely.runtime.backtest.report import report_of
from ripely.runtime.backtest.running import CancelledError, run

DAY = 86_400
HOUR = 3_600
SINCE, UNTIL = START_S + 10 * DAY, START_S + 20 * DAY
NOBODY = Reactions()
REMIND = JourneyId("remind")
START, LETTER, LOOK, CALL, TWICE = map(StepId, ("start", "letter", "look", "call", "twice"))


def remind(**changes: object) -> Journey:
    steps = {
        START: Wait(Duration(HOUR), then=LETTER),
        LETTER: Send(TemplateId("cart"), then=LOOK),
        LOOK: Await(Did("email.clicked"), Duration(2 * DAY), then=CALL, otherwise=TWICE),
        CALL: Task("Call", team=TeamId("sales")),
        TWICE: Send(TemplateId("again")),
    }
    journey = Journey(
        REMIND,
        "Remind",
        (OnEvent("cart.updated"),),
        START,
        steps,
        goal=Goal(Did("order.completed")),
    )
    return msgspec.structs.replace(journey, **changes)


def people(*who, consent: bool = True) -> list[Event]:
    told = []
    for n, contact in enumerate(who):
        said = {"email": f"{n}@shop.example"}
        told.append(event(1000 + n, contact, "contact.identified", START_S, **said))
        if consent:
            told.append(
                event(2000 + n, contact, "consent.granted", START_S, purpose="marketing")
            )
    return told


def carts(contact, *days: float, first: int = 1) -> list[Event]:
    return [
        event(first + n, contact, "cart.updated", START_S + int(day * DAY), total=9)
        for n, day in enumerate(days)
    ]


def find(
    events: list[Event], journey: Journey, *others, reactions=NOBODY, ways: int = 1
) -> Report:
    asked = Asked(journey.id, SINCE, UNTIL, reactions)
    course = course_of(Published((journey, *others)), asked)
    by_contact: dict = {}
    for one in sorted(events, key=lambda e: e.received_ms):
        by_contact.setdefault(one.contact, []).append(one)
    told = [(contact, [Story(each, [])]) for contact, each in by_contact.items()]
    found = Findings()
    for part in range(ways):
        found.join(run(course, told[part::ways], lambda *_: True))
    return report_of(course, found)


def steps(report: Report) -> dict[str, int]:
    return {one.step: one.passed for one in report.steps}


def ends(report: Report) -> dict[str, int]:
    return {one.reason: one.times for one in report.ends}


def test_who_would_have_entered_in_the_period_and_what_they_would_have_got() -> None:
    told = [*people(ANN, BOB), *carts(ANN, 5, 12), *carts(BOB, 11.5, first=50)]
    report = find(told, remind())
    assert (report.entered, report.people) == (2, 2)
    assert {day: n for day, n in report.by_day.items() if n} == {
        "2030-01-12": 1,
        "2030-01-13": 1,
    }
    assert len(report.by_day) == 11
    assert {one.contact for one in report.examples} == {ANN, BOB}
    assert steps(report) == {START: 2, LETTER: 2, LOOK: 2, CALL: 0, TWICE: 2}
    assert list(steps(report)) == [START, LETTER, LOOK, CALL, TWICE]  # As one comes to them.
    assert ends(report) == {"the end": 2}
    assert [(one.template, sum(one.by_day.values())) for one in report.letters] == [
        ("again", 2),
        ("cart", 2),
    ]
    assert report.per_person == {2: 2}


def test_what_was_before_the_period_is_known_and_lets_nobody_in() -> None:
    journey = remind(filter=AttributeIs("email", "exists"), reentry="once")
    report = find([*people(ANN), *carts(ANN, 3, 12)], journey)
    assert report.entered == 1
    assert sum(report.by_day.values()) == 1


def test_a_goal_that_people_really_reached_ends_the_way() -> None:
    bought = event(90, ANN, "order.completed", START_S + 12 * DAY + 600)
    report = find([*people(ANN), *carts(ANN, 12), bought], remind())
    assert ends(report) == {"goal: goal": 1}
    assert steps(report)[LETTER] == 0
    assert report.fastest[0].seconds == 600


def test_messages_that_come_after_the_purchase_are_counted() -> None:
    bought = event(90, ANN, "order.completed", START_S + 12 * DAY + 600)
    report = find([*people(ANN), *carts(ANN, 12), bought], remind(goal=None))
    assert report.late.times == 2
    assert report.late.examples[0].contact == ANN


def test_who_is_refused_each_time_is_named_with_the_reason() -> None:
    journey = remind(filter=AttributeIs("city", value="Kyiv"))
    report = find([*people(ANN), *carts(ANN, 12, 13)], journey)
    assert report.entered == 0
    assert [(one.reason, one.times) for one in report.refused] == [
        ("the entry filter does not hold", 1)
    ]
    assert report.refused[0].examples[0].contact == ANN


def test_ways_that_nobody_takes_and_steps_that_nobody_comes_to_are_named() -> None:
    report = find([*people(ANN), *carts(ANN, 12)], remind())
    assert report.unreached == [CALL]
    assert any(one.startswith(f"{LOOK}: ") for one in report.unused)
    unused = [one for one in report.unused if "timed out" in one]
    assert not unused


def test_a_message_without_consent_is_held_and_says_why() -> None:
    report = find([*people(ANN, consent=False), *carts(ANN, 12)], remind())
    assert [dict(one.held) for one in report.letters] == [{"no consent": 1}, {"no consent": 1}]
    assert report.per_person == {0: 1}


def test_caps_count_the_messages_of_the_other_journeys_too() -> None:
    other = remind(id=JourneyId("other"), steps={START: Send(TemplateId("hello"))}, goal=None)
    cap = Guard("cap", "One a week", caps=(Cap(1, Duration(7 * DAY)),))
    mine = remind(
        steps={START: Wait(Duration(60), then=LETTER), LETTER: Send(TemplateId("cart"))}
    )
    told = [*people(ANN), *carts(ANN, 12)]
    assert find(told, mine, other).letters[0].by_day == {"2030-01-13": 1}
    held = find(told, mine, other, cap).letters[0]
    assert (dict(held.by_day), dict(held.held)) == ({}, {"cap": 1})


def test_reactions_are_those_of_chance_that_sticks() -> None:
    told = [*people(ANN, BOB, CAROL, DAN)]
    for n, contact in enumerate((ANN, BOB, CAROL, DAN)):
        told += carts(contact, 12, first=100 * n)
    report = find(told, remind(), reactions=Reactions(opened=1, clicked=1))
    assert steps(report)[CALL] == 4
    assert sum(report.calls[0].by_day.values()) == 4
    assert find(told, remind(), reactions=Reactions(1, 1)) == report
    assert any("100.0%" in sentence for sentence in report.assumed)


def test_calls_are_held_against_what_the_team_can_make() -> None:
    team = Team(
        TeamId("sales"), "Sales", (Member("mia", per_day=1, hours=(Hours("09:00", "18:00"),)),)
    )
    journey = remind(steps={START: Task("Call", team=TeamId("sales"))}, goal=None)
    told = [*people(ANN, BOB), *carts(ANN, 13.1), *carts(BOB, 13.2, first=50)]
    (calls,) = find(told, journey, team).calls
    monday = datetime.fromtimestamp(START_S + 13 * DAY, UTC)
    assert f"{monday:%A}" == "Monday"
    assert calls.who == "team:sales"
    assert dict(calls.room) == {"2030-01-14": 1}
    assert list(calls.over) == ["2030-01-14"]


def test_an_imported_past_counts_from_when_it_happened() -> None:
    late = event(5, ANN, "cart.updated", START_S + 60 * DAY, late_s=48 * DAY)
    report = find([*people(ANN), late], remind())
    assert report.entered == 1
    assert report.by_day["2030-01-13"] == 1


def test_the_same_question_finds_the_same_bytes_in_any_division() -> None:
    told = people(ANN, BOB, CAROL, DAN)
    for n, contact in enumerate((ANN, BOB, CAROL, DAN)):
        told += carts(contact, 11 + n, 12.5 + n, first=100 * n)
    journey = remind(reentry="always")
    once = msgspec.json.encode(find(told, journey, reactions=Reactions(0.5, 0.3)))
    for ways in (2, 3, 4):
        again = find(told, journey, reactions=Reactions(0.5, 0.3), ways=ways)
        assert msgspec.json.encode(again) == once


def test_what_no_rule_asks_for_is_passed_over_and_changes_nothing() -> None:
    hot = Segment(SegmentId("hot"), "Hot", Did("page.viewed", at_least=3, within=Duration(DAY)))
    journey = remind(triggers=(OnSegment(hot.id),))
    views = [
        event(300 + n, ANN, "page.viewed", START_S + 12 * DAY + 60 * n, path=f"/{n}")
        for n in range(4)
    ]
    noise = [
        event(400 + n, ANN, "video.played", START_S + 12 * DAY + 50 * n) for n in range(40)
    ]
    assert find([*people(ANN), *views], journey, hot).entered == 1
    both = find([*people(ANN), *views, *noise], journey, hot)
    assert both.entered == 1
    assert both.events == 46


def test_a_contact_that_makes_the_draft_fail_stops_only_itself() -> None:
    circle = remind(
        steps={
            START: Branch((Case(AttributeIs("city", value="Kyiv"), START),), otherwise=CALL),
            CALL: Task("Call"),
        },
        goal=None,
    )
    moved = event(70, ANN, "contact.identified", START_S + DAY, city="Kyiv")
    report = find(
        [*people(ANN, BOB), moved, *carts(ANN, 12), *carts(BOB, 12, first=50)], circle
    )
    assert report.entered == 1
    assert report.failed[0].examples[0].contact == ANN


def test_it_ends_when_nobody_wants_to_know_any_more() -> None:
    course = course_of(Published((remind(),)), Asked(REMIND, SINCE, UNTIL))
    with pytest.raises(CancelledError):
        run(course, [(ANN, [Story(carts(ANN, 12), [])])], lambda *_: False)


def test_days_before_history_began_are_no_days_of_it() -> None:
    course_days = find([*people(ANN), *carts(ANN, 12)], remind())
    assert len(course_days.by_day) == 11
    late = [
        msgspec.structs.replace(one, occurred_ms=one.occurred_ms, received_ms=one.received_ms)
        for one in carts(ANN, 17, 18)
    ]
    report = find(late, remind())
    assert report.began_s == START_S + 17 * DAY
    assert next(iter(report.by_day)) == "2030-01-18"
    assert len(report.by_day) == 4


def test_a_failure_says_nothing_of_what_the_contact_said(monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("ann@shop.example")

    monkeypatch.setattr("ripely.runtime.backtest.running.relive", fail)
    report = find([*people(ANN), *carts(ANN, 12)], remind())
    assert report.failed[0].times == 1
    assert "KeyError in fail" in report.failed[0].reason
    assert "ann@" not in str(report.failed)


def test_who_has_asked_to_be_forgotten_is_counted_and_not_named() -> None:
    erased = event(99, ANN, "contact.erased", START_S + 15 * DAY)
    report = find([*people(ANN), *carts(ANN, 12), erased], remind())
    assert report.entered == 1
    assert str(ANN) not in msgspec.json.encode(report).decode()


def test_who_leaves_by_a_step_has_come_to_it() -> None:
    steps = {
        START: Branch((Case(AttributeIs("city", value="Kyiv"), CALL),), otherwise=LETTER),
        LETTER: Exit("not here"),
        CALL: Exit(),
    }
    report = find([*people(ANN), *carts(ANN, 12)], remind(steps=steps, goal=None))
    assert ends(report) == {"not here": 1}
    assert {one.step: one.passed for one in report.steps}[LETTER] == 1
    assert report.unreached == [CALL]
