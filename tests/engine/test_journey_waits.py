"""Until when steps wait: by the calendar of the contact, for conditions and for events."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from company import ANN, START_S, event, rules
from ripely.engine.keeping import KEPT_BYTES_MAX, KEPT_STEPS_MAX
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.engine.waits import RHYTHM_LEAST
from ripely.model.action import Update
from ripely.model.acts import Act, Did, Where
from ripely.model.company import Company, Hours
from ripely.model.condition import DataIs, EntryIs, HasTag, InJourney, Not
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import (
    Await,
    AwaitAny,
    AwaitEvent,
    Branch,
    Case,
    Journey,
    Wait,
    WaitUntil,
)
from ripely.model.trigger import OnCondition, OnEvent

ONE, TWO, THREE, FOUR = (StepId(name) for name in ("one", "two", "three", "four"))
DAY_S = 86_400
ON_X = OnEvent("x")
KYIV = ZoneInfo("Europe/Kyiv")
DAY = Duration(DAY_S)


def tagged(name: str, then: StepId | None = None) -> Update:
    return Update(add_tags=(name,), then=then)


def journey(steps, trigger=ON_X, **more) -> Journey:
    return Journey(JourneyId("j"), "J", (trigger,), ONE, steps, **more)


def at(text: str, zone=UTC) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def waits_until(step: WaitUntil, begin: str, company: Company | None = None, **facts) -> str:
    """Return until when somebody waits who comes to a step in Kyiv, or the note of going on at once."""
    compiled = rules(journey({ONE: step, TWO: tagged("on")}), *([company] if company else []))
    begin_s = at(begin, KYIV)
    told = [
        event(1, ANN, "contact.identified", begin_s - 1, timezone="Europe/Kyiv", **facts),
        event(2, ANN, "x", begin_s),
    ]
    after = fold(compiled, new_profile(ANN, begin_s - 1), told)
    if after.profile.enrollments:
        due_s = after.profile.enrollments[0].due_s
        return f"{datetime.fromtimestamp(due_s, KYIV):%a %Y-%m-%d %H:%M}"
    return next(n.reason for n in after.notes if n.kind in {"journey.step", "journey.exited"})


@pytest.mark.parametrize(
    ("step", "until"),
    [
        (WaitUntil("20:00", then=TWO), "Tue 2030-01-01 20:00"),
        (WaitUntil("09:30", then=TWO), "Wed 2030-01-02 09:30"),
        (WaitUntil(weekdays=("monday",), then=TWO), "Mon 2030-01-07 09:00"),
        (WaitUntil("20:00", ("tuesday",), then=TWO), "Tue 2030-01-01 20:00"),
        (WaitUntil("09:30", ("tuesday",), then=TWO), "Tue 2030-01-08 09:30"),
        (WaitUntil(day="2030-02-01", then=TWO), "Fri 2030-02-01 09:00"),
        (WaitUntil("18:15", day="2030-02-01", then=TWO), "Fri 2030-02-01 18:15"),
        (WaitUntil(day="2030-02-01", weekdays=("monday",), then=TWO), "Mon 2030-02-04 09:00"),
    ],
)
def test_a_wait_for_a_time_or_a_day(step, until) -> None:
    assert waits_until(step, "2030-01-01T09:30") == until


def test_a_wait_for_a_day_in_an_attribute() -> None:
    before = WaitUntil(attribute="webinar", offset_days=-1, at="10:00", then=TWO)
    assert (
        waits_until(before, "2030-01-01T09:30", webinar="2030-03-10") == "Sat 2030-03-09 10:00"
    )
    moment = WaitUntil(attribute="webinar", then=TWO)
    late_there = "2030-03-09T23:30:00+00:00"
    assert waits_until(moment, "2030-01-01T09:30", webinar=late_there) == "Sun 2030-03-10 09:00"


@pytest.mark.parametrize("known", [{}, {"webinar": "soon"}, {"webinar": "9999-12-31"}])
def test_a_day_that_nobody_knows_is_not_waited_for(known) -> None:
    step = WaitUntil(attribute="webinar", offset_days=1, then=TWO, if_past="exit")
    assert waits_until(step, "2030-01-01T09:30", **known) == "one: its day is not known"


@pytest.mark.parametrize(
    ("if_past", "day", "note"),
    [
        ("go_on", "2029-12-31", "one: its time is past"),
        ("go_on", "2030-01-01", "one: its time is past"),
        ("exit", "2029-12-31", "one: its time is past"),
        ("go_on", "2030-01-02", "Wed 2030-01-02 09:00"),
    ],
)
def test_a_day_that_is_past_is_no_wait_and_may_end_the_journey(if_past, day, note) -> None:
    step = WaitUntil(attribute="ends", then=TWO, if_past=if_past)
    assert waits_until(step, "2030-01-01T09:30", ends=day) == note
    compiled = rules(journey({ONE: step, TWO: tagged("on")}))
    told = [
        event(1, ANN, "contact.identified", START_S, ends="2029-12-31"),
        event(2, ANN, "x", START_S + 1),
    ]
    tags = fold(compiled, new_profile(ANN, START_S), told).profile.tags
    assert tags == (["on"] if if_past == "go_on" else [])


OFFICE = Company("company", business_hours=(Hours("10:00", "18:00"),), holidays=("2030-01-07",))


@pytest.mark.parametrize(
    ("step", "begin", "until"),
    [
        (WaitUntil(business_hours=True), "2030-01-01T09:30", "Tue 2030-01-01 10:00"),
        (WaitUntil(business_hours=True), "2030-01-01T12:00", "one: no wait"),
        (WaitUntil(business_hours=True), "2030-01-04T18:00", "Tue 2030-01-08 10:00"),
        (WaitUntil("11:00", business_hours=True), "2030-01-04T12:00", "Tue 2030-01-08 11:00"),
        (WaitUntil(day="2030-01-05", business_hours=True), "2030-01-01T12:00", "Tue 2030-01-08 10:00"),
    ],
)  # fmt: skip
def test_a_wait_for_business_hours_passes_over_nights_weekends_and_holidays(
    step, begin, until
) -> None:
    assert waits_until(step, begin, OFFICE) == until


def test_a_time_that_is_never_in_business_hours_is_not_waited_for() -> None:
    step = WaitUntil("08:00", business_hours=True)
    assert waits_until(step, "2030-01-01T09:30", OFFICE) == "one: its day is not known"


def rhythm_of(visits: list[str], step: WaitUntil, begin: str) -> str:
    compiled = rules(journey({ONE: step, TWO: tagged("on")}))
    told = [
        event(number, ANN, "email.opened", at(moment, KYIV))
        for number, moment in enumerate(sorted(visits), 10)
    ]
    known = event(1, ANN, "contact.identified", told[0].now_s - 1, timezone="Europe/Kyiv")
    asked = event(2, ANN, "x", at(begin, KYIV))
    after = fold(compiled, new_profile(ANN, START_S), [known, *told, asked])
    (enrollment,) = after.profile.enrollments
    return f"{datetime.fromtimestamp(enrollment.due_s, KYIV):%a %Y-%m-%d %H:%M}"


EVENINGS = [f"2030-01-{day:02}T19:20" for day in (1, 2, 3)]
MORNINGS = [f"2030-01-{day:02}T08:10" for day in (4, 11)]


def test_the_best_time_is_the_hour_at_which_most_was_opened() -> None:
    step = WaitUntil(best_time=True, at="12:00", then=TWO)
    assert len(EVENINGS + MORNINGS) == RHYTHM_LEAST
    assert rhythm_of(EVENINGS + MORNINGS, step, "2030-01-14T09:00") == "Mon 2030-01-14 19:00"
    assert rhythm_of(EVENINGS + MORNINGS, step, "2030-01-14T19:00") == "Tue 2030-01-15 19:00"


def test_with_weekdays_the_best_time_is_looked_for_in_a_whole_week() -> None:
    step = WaitUntil(best_time=True, weekdays=("friday", "sunday"), then=TWO)
    # On Fridays they read in the morning; in the evening more often, but on other days.
    assert rhythm_of([*MORNINGS, "2030-01-18T08:00", "2030-01-01T19:20", "2030-01-02T19:20"],
                     step, "2030-01-21T09:00") == "Fri 2030-01-25 08:00"  # fmt: skip


def test_of_whom_too_little_is_known_has_an_ordinary_time() -> None:
    few = EVENINGS[: RHYTHM_LEAST - 2]
    assert (
        rhythm_of(few, WaitUntil(best_time=True), "2030-01-14T09:00") == "Mon 2030-01-14 10:00"
    )
    own = WaitUntil(best_time=True, at="12:00", weekdays=("friday",))
    assert rhythm_of(few, own, "2030-01-14T09:00") == "Fri 2030-01-18 12:00"


def test_a_wait_keeps_to_the_clock_on_the_wall_when_it_changes() -> None:
    step = WaitUntil("03:30", ("sunday",), then=TWO)
    # In Kyiv the clock skips from 03:00 to 04:00 on 31 March, and 03:30 comes twice on 27 October.
    assert waits_until(step, "2030-03-30T12:00") == "Sun 2030-03-31 04:30"
    compiled = rules(journey({ONE: WaitUntil("03:30", then=TWO), TWO: tagged("on")}))
    told = [
        event(1, ANN, "contact.identified", START_S, timezone="Europe/Kyiv"),
        event(2, ANN, "x", at("2030-10-26T12:00", KYIV)),
    ]
    (enrollment,) = fold(compiled, new_profile(ANN, START_S), told).profile.enrollments
    assert enrollment.due_s == at("2030-10-27T00:30")


def test_the_first_case_that_holds_ends_the_wait_and_the_first_of_several_wins() -> None:
    cases = (Case(HasTag("a"), TWO), Case(HasTag("b"), THREE))
    steps = {
        ONE: AwaitAny(cases, DAY, otherwise=FOUR),
        TWO: tagged("first"), THREE: tagged("second"), FOUR: tagged("neither"),
    }  # fmt: skip
    compiled = rules(journey(steps))
    start = event(1, ANN, "x", START_S)

    def tags(*told):
        after = live(compiled, new_profile(ANN, START_S), [start, *told], START_S + DAY_S)
        return after.profile.tags[-1]

    assert tags(event(2, ANN, "tag.added", START_S + 9, tag="b")) == "second"
    assert tags(event(2, ANN, "tag.added", START_S + 9, tag="a")) == "first"
    assert tags() == "neither"
    both = [event(n, ANN, "tag.added", START_S - n, tag=tag) for n, tag in ((9, "b"), (8, "a"))]
    after = fold(compiled, new_profile(ANN, START_S - 9), [*both, start])
    assert after.profile.tags[-1] == "first"


def test_a_case_that_time_alone_makes_true_is_noticed_to_the_second() -> None:
    silent = Not(Did("page.viewed", within=Duration(3600)))
    steps = {
        ONE: AwaitAny((Case(HasTag("a"), None), Case(silent, TWO)), DAY),
        TWO: tagged("silent"),
    }
    compiled = rules(journey(steps, OnEvent("page.viewed")))
    told = [event(n, ANN, "page.viewed", START_S + 600 * n) for n in range(2)]
    for until_s, tags in ((START_S + 4199, []), (START_S + 4200, ["silent"])):
        assert live(compiled, new_profile(ANN, START_S), told, until_s).profile.tags == tags


PAID = AwaitEvent(
    Act("order.paid", (Where("total", "at_least", 10),)), DAY, ("order_id",), TWO, THREE
)


def paid(*told, steps=None, until_s=START_S + DAY_S - 1):
    steps = steps or {ONE: PAID, TWO: tagged("paid"), THREE: tagged("given up")}
    compiled = rules(journey(steps, OnEvent("order.placed")))
    start = event(1, ANN, "order.placed", START_S, order_id="A1", total=12)
    return live(compiled, new_profile(ANN, START_S), [start, *told], until_s)


@pytest.mark.parametrize(
    ("properties", "tags"),
    [
        ({"order_id": "A1", "total": 10}, ["paid"]),
        ({"order_id": "A2", "total": 10}, []),
        ({"total": 10}, []),
        ({"order_id": "A1", "total": 9}, []),
    ],
)
def test_an_awaited_event_is_known_by_its_properties_and_those_of_the_entry(
    properties, tags
) -> None:
    assert paid(event(2, ANN, "order.paid", START_S + 9, **properties)).profile.tags == tags


def test_an_awaited_event_that_does_not_come_in_time_is_too_late() -> None:
    late = event(2, ANN, "order.paid", START_S + DAY_S, order_id="A1", total=10)
    assert paid(late, until_s=START_S + DAY_S).profile.tags == ["given up"]


def test_what_happened_long_before_the_wait_does_not_end_it() -> None:
    def told(late_s):
        return event(2, ANN, "order.paid", START_S + 9, late_s=late_s, order_id="A1", total=10)

    assert paid(told(DAY_S + 9)).profile.tags == ["paid"]
    assert paid(told(DAY_S + 10)).profile.tags == []


def test_the_event_that_lets_in_does_not_end_the_wait_for_the_next_such_event() -> None:
    again = AwaitEvent(Act("order.placed"), DAY, then=TWO)
    steps = {ONE: again, TWO: tagged("again")}
    assert paid(steps=steps).profile.tags == []
    second = event(2, ANN, "order.placed", START_S + 9)
    assert paid(second, steps=steps).profile.tags == ["again"]


def test_one_event_ends_one_wait_after_another() -> None:
    steps = {
        ONE: AwaitEvent(Act("order.paid"), DAY, then=TWO),
        TWO: AwaitEvent(Act("order.paid"), DAY, then=THREE),
        THREE: tagged("twice"),
    }
    told = [event(n, ANN, "order.paid", START_S + n) for n in (2, 3)]
    assert paid(told[0], steps=steps).profile.tags == []
    assert paid(*told, steps=steps).profile.tags == ["twice"]


def test_what_an_awaited_event_said_is_known_at_later_steps() -> None:
    steps = {
        ONE: PAID,
        TWO: Branch((Case(DataIs(ONE, "card", value="visa"), THREE),), FOUR),
        THREE: tagged("visa"),
        FOUR: tagged("other"),
    }
    for card, tag in (("visa", "visa"), ("amex", "other")):
        said = event(2, ANN, "order.paid", START_S + 9, order_id="A1", total=10, card=card)
        assert paid(said, steps=steps).profile.tags == [tag]


def test_what_the_entry_event_said_is_asked_at_the_door_and_inside() -> None:
    big = EntryIs("total", "at_least", 100)
    steps = {ONE: Branch((Case(EntryIs("total", "at_least", 500), TWO),)), TWO: tagged("huge")}
    compiled = rules(journey(steps, OnEvent("order.placed"), filter=big, reentry="always"))
    for total, tags, refused in ((50, [], 1), (100, [], 0), (500, ["huge"], 0)):
        told = [event(1, ANN, "order.placed", START_S, total=total)]
        after = fold(compiled, new_profile(ANN, START_S), told)
        assert after.profile.tags == tags
        assert sum(n.kind == "journey.refused" for n in after.notes) == refused


def test_what_steps_keep_is_bounded() -> None:
    names = [StepId(f"s{number}") for number in range(KEPT_STEPS_MAX + 2)]
    steps = {
        name: AwaitEvent(Act("answered"), DAY, then=then)
        for name, then in zip(names, [*names[1:], None], strict=True)
    }
    compiled = rules(
        Journey(JourneyId("j"), "J", (OnEvent("x"),), names[0], {**steps, names[-1]: Wait(DAY)})
    )
    big = {"a": 1, "text": "x" * KEPT_BYTES_MAX, "z": 2}
    told = [event(0, ANN, "x", START_S)]
    told += [event(n, ANN, "answered", START_S + n, **big) for n in range(1, len(names))]
    (enrollment,) = fold(compiled, new_profile(ANN, START_S), told).profile.enrollments
    assert enrollment.step == names[-1]
    assert list(enrollment.data) == names[1:-1]
    assert all(kept == {"a": 1} for kept in enrollment.data.values())


def test_where_somebody_waits_can_be_asked() -> None:
    steps = {ONE: Wait(Duration(60), TWO), TWO: Wait(Duration(60))}
    there = Journey(
        JourneyId("there"), "There", (OnCondition(InJourney(JourneyId("j"), step=TWO)),),
        ONE, {ONE: tagged("at two")},
    )  # fmt: skip
    compiled = rules(journey(steps), there)
    told = [event(1, ANN, "x", START_S)]
    for until_s, tags in ((START_S + 59, []), (START_S + 60, ["at two"])):
        assert live(compiled, new_profile(ANN, START_S), told, until_s).profile.tags == tags


def test_a_wait_of_no_time_is_no_wait() -> None:
    steps = {
        ONE: Wait(Duration(0), TWO),
        TWO: Await(HasTag("a"), Duration(0), None, THREE),
        THREE: AwaitEvent(Act("a"), Duration(0), otherwise=FOUR),
        FOUR: tagged("no"),
    }
    start = event(1, ANN, "x", START_S)
    assert fold(rules(journey(steps)), new_profile(ANN, START_S), [start]).profile.tags == [
        "no"
    ]
