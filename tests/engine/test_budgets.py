"""The attention budget at its corners: who competes with whom, what counts, and what is said of it."""

import pytest

from company import HOUR, START_S, rules
from engine.test_guards import DAY, GO, MINUTE, WEEK, Story, guard, journey, mail
from ripely.engine.timeline import live
from ripely.model.action import Send
from ripely.model.acts import Did
from ripely.model.company import Budget, Cap, Guard, Quiet, QuietHours
from ripely.model.condition import HasTag
from ripely.model.ids import JourneyId, SegmentId, TemplateId
from ripely.model.journey import Goal, Journey, Together
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent

ONE = guard(budget=Budget(1))
RECEIPT = mail("receipt", purpose="transactional", priority=8)
COLD = Segment(SegmentId("cold"), "Cold", HasTag("cold"))
TOLD = "lower priority than “{0}” in journey {0}"


def quiet_until(end: str, *channels: str) -> Quiet:
    return Quiet((QuietHours("08:00", end),), channels=channels)


def together(*sends: Send, name: str = "both") -> Journey:
    step = Together(sends)
    return Journey(JourneyId(name), name, (OnEvent(f"{name} wanted"),), GO, {GO: step})


def test_a_transactional_message_takes_nobodys_attention():
    """Nor does it when a cap counts it, so that it is remembered."""
    for one in (ONE, guard(Cap(9, within=WEEK), budget=Budget(1))):
        story = Story(RECEIPT, mail("low", 3), one).wants("receipt").wants("low", MINUTE)
        assert story.sent() == [("receipt", 0), ("low", MINUTE + 900)]


def test_a_transactional_message_that_waits_beside_another_is_no_rival():
    both = together(
        Send(TemplateId("bill"), purpose="transactional", priority=8),
        Send(TemplateId("text"), channel="sms", priority=1),
    )
    late = guard(budget=Budget(1), quiet=(quiet_until("10:00", "sms"),))
    story = Story(both, mail("low", 3), late).wants("both").wants("low", MINUTE)
    assert ("low", MINUTE + 900) in story.sent(HOUR)


def test_of_two_in_one_step_the_one_is_no_rival_of_the_other():
    both = together(Send(TemplateId("low"), priority=3), Send(TemplateId("high"), priority=8))
    assert Story(both, guard(budget=Budget(2))).wants("both").sent() == [
        ("low", 900),
        ("high", 900),
    ]
    story = Story(both, ONE).wants("both")
    assert sorted(at_s for _, at_s, _ in story.messages()) == [900, 900]


def test_what_goes_beyond_the_budget_is_no_rival_while_it_waits():
    alarm = mail("alarm", 9, channel="sms")
    late = guard(budget=Budget(1, important=9), quiet=(quiet_until("10:00", "sms"),))
    story = Story(alarm, mail("low", 3), late).wants("alarm").wants("low")
    assert story.sent() == [("low", 900), ("alarm", HOUR)]


def test_the_narrowest_of_several_budgets_holds_wherever_it_stands():
    for most in ((5, 1), (1, 5)):
        both = [Guard(f"g{n}", "G", budget=Budget(n)) for n in most]
        story = Story(mail("low", 3), mail("high", 8), *both).wants("low").wants("high", 600)
        assert [name for name, _ in story.sent(DAY)] == ["high"]


def test_a_budget_with_a_segment_is_for_its_members():
    one = guard(budget=Budget(1), segment=COLD.id)
    story = Story(mail("a"), mail("b"), COLD, one).wants("a").wants("b")
    assert story.sent(MINUTE) == [("a", 0), ("b", 0)]
    cold = Story(mail("a"), mail("b"), COLD, one).happens("tag.added", -1, tag="cold")
    assert cold.wants("a").wants("b").sent() == [("a", 900)]


@pytest.mark.parametrize("at_most", [1, 2])
def test_a_cap_for_others_hides_none_for_everybody(at_most):
    cold = Guard("cold", "Cold", caps=(Cap(1, within=DAY),), segment=COLD.id)
    story = Story(mail("a", patience=0), COLD, cold, guard(Cap(at_most, within=WEEK)))
    for number in range(3):
        story.wants("a", number * MINUTE)
    assert len(story.sent()) == at_most


HIGH = Send(TemplateId("high"), channel="push", priority=8)
WAITING = (
    journey("high", HIGH, goal=Goal(Did("order.completed"))),
    mail("late", 6, channel="sms"),
)
LATE = (quiet_until("10:00", "push"), quiet_until("14:00", "sms"))


def test_one_whose_patience_ends_hears_who_goes_before_it_first():
    story = Story(*WAITING, mail("low", 3, patience=1_800), guard(budget=Budget(1), quiet=LATE))  # fmt: skip
    story.wants("late").wants("high").wants("low")
    assert story.held(DAY)[0] == ("low", 1_800, TOLD.format("high"))
    waits = [n for n in story.until(DAY).notes if n.kind == "message.waits"]
    assert all(note.value * 1_000 > note.at_ms for note in waits)
    low = [(n.reason, n.value - START_S) for n in waits if n.subject == "low"]
    assert low == [
        ("attention budget: waits for what else comes up", 900),
        (TOLD.format("high"), 1_800),
    ]


def test_it_is_asked_again_as_soon_as_the_first_of_those_before_it_may_go():
    """The first has left by then, and there is room for the other two."""
    story = Story(*WAITING, mail("low", 3), guard(budget=Budget(2), quiet=LATE))
    story.wants("late").wants("high").wants("low").happens("order.completed", 1_200)
    assert story.sent() == [("low", HOUR), ("late", 5 * HOUR)]


def test_nobody_gives_way_to_what_waits_in_a_paused_journey():
    late = guard(budget=Budget(1), quiet=(quiet_until("10:00", "sms"),))
    high = {
        paused: journey(
            "high", Send(TemplateId("high"), channel="sms", priority=8), paused=paused
        )
        for paused in (False, True)
    }
    story = Story(high[False], mail("low", 3), late).wants("high").wants("low")
    inside = story.until(600).profile
    held = rules(high[True], mail("low", 3), late)
    after = live(held, inside, [], START_S + 1_800)
    assert [effect.template for effect in after.effects] == ["low"]


def test_who_lost_to_several_hears_of_the_most_important_even_of_the_same_second():
    letters = (mail("alarm", 9), mail("news", 5), mail("low", 3))
    story = Story(*letters, guard(budget=Budget(2, important=4)))
    story.wants("low").wants("news").wants("alarm")
    assert story.held(DAY) == [("low", 900, TOLD.format("alarm"))]


@pytest.mark.parametrize(
    ("hours", "until"),
    [
        (QuietHours("00:00", "00:00"), "further notice"),
        (QuietHours("09:00", "09:00", ("tuesday",)), "2030-01-02 09:00"),
        (QuietHours("09:00", "08:59", ("tuesday",)), "08:59"),
    ],
)
def test_a_far_end_of_the_quiet_is_told_with_its_day(hours, until):
    story = Story(mail("a", patience=0), guard(quiet=(Quiet((hours,)),))).wants("a")
    assert story.messages(0) == [("a", 0, f"quiet hours until {until}")]


def test_twice_what_a_cap_asks_for_is_kept_however_much_is_sent():
    """So much as is needed if a merge is undone; what no cap holds up may be any number."""
    story = Story(RECEIPT, guard(Cap(2, within=DAY, channel="email")))
    for number in range(20):
        story.wants("receipt", number * MINUTE)
    kept = [one.at_s - START_S for one in story.until(HOUR).profile.sent]
    assert kept == [number * MINUTE for number in range(16, 20)]
    later = story.wants("receipt", 3 * DAY).until(3 * DAY).profile.sent
    assert [one.at_s - START_S for one in later] == [3 * DAY]
