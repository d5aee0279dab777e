"""What holds a message in the fold: consent, caps, quiet hours, and who goes first when attention is short."""

from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from company import ANN, BOB, HOUR, START_S, event, rules
from ripely.engine.split import share
from ripely.engine.step import new_profile, step
from ripely.engine.timeline import live
from ripely.model.action import Send, Update
from ripely.model.acts import Did
from ripely.model.company import Budget, Cap, Company, Guard, Quiet, QuietHours
from ripely.model.condition import HasTag
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, SegmentId, StepId, TemplateId
from ripely.model.journey import Goal, Journey, Together, Wait
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent

DAY = Duration(86_400)
WEEK = Duration(7 * DAY)
MINUTE = 60
GO = StepId("go")
KNOWN = {
    "email": "ann@example.com", "phone": "+15550100", "push_token": "p", "web_push_token": "w",
    "messenger": "m",
}  # fmt: skip


def journey(name: str, send: Send, **more) -> Journey:
    """Return a journey that sends when an event of its own name happens."""
    trigger = (OnEvent(f"{name} wanted"),)
    return Journey(JourneyId(name), name, trigger, GO, {GO: send}, reentry="always", **more)


def mail(name: str, priority: int = 5, patience: int = DAY, **more) -> Journey:
    return journey(
        name, Send(TemplateId(name), priority=priority, patience=Duration(patience), **more)
    )


class Story:
    """Events of one contact who has agreed to everything, and what was decided by the end."""

    def __init__(self, *definitions, agreed: bool = True, **attributes) -> None:
        self.rules = rules(*definitions)
        self.events = []
        self.happens("contact.identified", -HOUR, **(KNOWN | attributes))
        if agreed:
            self.happens("consent.granted", -HOUR, purpose="marketing")

    def happens(self, name: str, after_s: int = 0, **properties) -> "Story":
        self.events.append((after_s, name, properties))
        return self

    def wants(self, name: str, after_s: int = 0) -> "Story":
        return self.happens(f"{name} wanted", after_s)

    def until(self, after_s: int):
        told = [
            event(number, ANN, name, START_S + at_s, **properties)
            for number, (at_s, name, properties) in enumerate(self.events)
        ]
        told.sort(key=lambda one: one.received_ms)
        return live(self.rules, new_profile(ANN, START_S), told, START_S + after_s)

    def messages(self, until_s: int = 30 * DAY) -> list[tuple[str, int, str]]:
        """Return what was decided: the template, how long after the start, and why not."""
        effects = self.until(until_s).effects
        return [(e.template, e.decided_ms // 1000 - START_S, e.held) for e in effects]

    def sent(self, until_s: int = 30 * DAY) -> list[tuple[str, int]]:
        return [(name, at_s) for name, at_s, held in self.messages(until_s) if not held]

    def held(self, until_s: int = 30 * DAY) -> list[tuple[str, int, str]]:
        return [one for one in self.messages(until_s) if one[2]]


def guard(*caps: Cap, **more) -> Guard:
    return Guard("guard", "Guard", caps=caps, **more)


# Who may be met, whatever the time.


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("email", "email"), ("sms", "phone"), ("call", "phone"), ("voice", "phone"), ("push", "push_token"),
        ("web_push", "web_push_token"), ("messenger", "messenger"),
    ],
)  # fmt: skip
def test_each_channel_has_its_address(channel, address):
    letter = journey("a", Send(TemplateId("a"), channel=channel))
    assert Story(letter).wants("a").sent() == [("a", 0)]
    told = Story(letter, **{address: ""}).wants("a").messages()
    assert told == [("a", 0, f"no address for {channel}")]


@pytest.mark.parametrize("channel", ["chat", "in_app"])
def test_in_a_chat_and_in_the_product_everybody_can_be_met(channel):
    send = Send(TemplateId("a"), channel=channel)
    told = Story(journey("a", send), **dict.fromkeys(KNOWN, "")).wants("a").until(1)
    assert [(e.recipient, e.held) for e in told.effects] == [(f"{ANN:016x}", "")]


def test_colleagues_need_no_consent_to_call_but_a_number():
    call = journey("a", Send(TemplateId("a"), channel="call"))
    assert Story(call, agreed=False).wants("a").sent() == [("a", 0)]


def test_who_was_marked_as_not_to_be_called_is_not():
    mark = Journey(
        JourneyId("m"), "m", (OnEvent("m wanted"),), GO, {GO: Update(call_allowed=False)}
    )
    call = journey("a", Send(TemplateId("a"), channel="call"))
    held = Story(call, mark).wants("m").wants("a", 60).held()
    assert [(name, at_s) for name, at_s, _ in held] == [("a", 60)]


def test_a_topic_that_was_refused_holds_and_one_that_nobody_spoke_of_does_not():
    letters = (mail("a", topic="news"), mail("b", topic="offers"))
    story = Story(*letters).happens("topic.left", 0, topic="news").wants("a", 60).wants("b", 60)
    assert story.messages() == [("a", 60, "topic news was left"), ("b", 60, "")]


def test_a_share_of_all_contacts_gets_no_marketing_message():
    both = (mail("a"), mail("b", purpose="transactional"))
    kept_out = share(ANN, "holdout") * 100
    for percent, why in (
        (kept_out + 0.001, "holdout: gets no marketing messages, to be compared"),
        (kept_out - 0.001, ""),
    ):
        story = Story(*both, Company("company", holdout=percent)).wants("a").wants("b")
        assert story.messages() == [("a", 0, why), ("b", 0, "")]


# Caps.


def test_a_message_over_the_cap_waits_until_the_oldest_leaves_the_window():
    story = Story(mail("a"), guard(Cap(2, within=DAY, channel="email")))
    story.wants("a").wants("a", HOUR).wants("a", 2 * HOUR)
    assert story.sent() == [("a", 0), ("a", HOUR), ("a", DAY)]
    notes = [n for n in story.until(DAY).notes if n.kind == "message.waits"]
    assert [(n.subject, n.reason, n.value - START_S) for n in notes] == [
        ("a", "cap: 2 emails in 1d", DAY)
    ]


def test_one_whose_patience_would_end_before_is_dropped_at_once():
    story = Story(mail("a", patience=HOUR), guard(Cap(1, within=WEEK, channel="email")))
    story.wants("a").wants("a", MINUTE)
    assert story.messages() == [("a", 0, ""), ("a", MINUTE, "cap: 1 email in 7d")]


def test_patience_counts_from_when_the_message_came_up_through_all_its_waits():
    caps = guard(
        Cap(1, within=Duration(5 * HOUR)), quiet=(Quiet((QuietHours("13:00", "16:00"),)),)
    )
    # It is 9:00: the second waits until 14:00 for the cap, and then it would until 16:00.
    story = Story(mail("a", patience=6 * HOUR), caps).wants("a").wants("a", MINUTE)
    assert story.messages() == [
        ("a", 0, ""),
        ("a", 5 * HOUR, "quiet hours until 16:00"),
    ]


def test_a_cap_counts_only_what_it_speaks_of():
    caps = guard(Cap(1, within=WEEK, topic="news"), Cap(1, within=WEEK, channel="sms"))
    letters = (mail("a", topic="news"), mail("b"), mail("c", channel="sms"))
    story = Story(*letters, caps)
    for name in "abcabc":
        story.wants(name, len(story.events) * MINUTE)
    went = [name for name, _ in story.sent(DAY - 1)]
    assert sorted(went) == ["a", "b", "b", "c"]
    assert {why for _, _, why in story.held()} == {
        "cap: 1 message about news in 7d", "cap: 1 SMS in 7d",
    }  # fmt: skip


def test_what_was_held_counts_for_no_cap():
    story = Story(mail("a"), guard(Cap(1, within=WEEK)), agreed=False)
    story.wants("a").happens("consent.granted", HOUR).wants("a", 2 * HOUR)
    assert story.messages() == [("a", 0, "no consent for marketing"), ("a", 2 * HOUR, "")]


def test_a_transactional_message_passes_everything_and_counts_for_caps_of_all():
    night = Quiet((QuietHours("00:00", "00:00"),))
    everything = guard(Cap(1, within=WEEK), quiet=(night,), budget=Budget(1))
    story = Story(mail("a", purpose="transactional"), mail("b", patience=0), everything)
    story.wants("a").wants("a", HOUR).wants("b", 2 * HOUR)
    assert [(n, at) for n, at in story.sent()] == [("a", 0), ("a", HOUR)]
    only_cap = Story(
        mail("a", purpose="transactional"), mail("b", patience=0), guard(Cap(1, within=WEEK))
    )
    assert only_cap.wants("a").wants("b", HOUR).held() == [("b", HOUR, "cap: 1 message in 7d")]
    marketing = guard(Cap(1, within=WEEK, purpose="marketing"))
    free = Story(mail("a", purpose="transactional"), mail("b", patience=0), marketing)
    assert free.wants("a").wants("b", HOUR).held() == []


def test_at_most_none_drops_at_once():
    story = Story(mail("a"), guard(Cap(0, within=WEEK, channel="email"))).wants("a")
    assert story.messages() == [("a", 0, "cap: 0 emails in 7d")]


def test_a_guard_with_a_segment_is_for_its_members():
    cold = Segment(SegmentId("cold"), "Cold", HasTag("cold"))
    rare = guard(Cap(1, within=WEEK), segment=SegmentId("cold"))
    story = Story(mail("a", patience=0), cold, rare)
    story.wants("a").wants("a", HOUR).happens("tag.added", 2 * HOUR, tag="cold").wants(
        "a", 3 * HOUR
    )
    assert [why for _, _, why in story.messages()] == ["", "", "cap: 1 message in 7d"]


@given(
    st.integers(1, 4),
    st.integers(1, 6),
    st.lists(st.integers(0, 12 * HOUR), max_size=25),
    st.integers(0, 4 * HOUR),
)
def test_no_window_ever_holds_more_than_a_cap_lets_through(at_most, hours, moments, patience):
    """However they come: nothing is lost either, each is sent or dropped with the reason."""
    within = Duration(hours * HOUR)
    story = Story(
        *(mail(f"m{n}", patience=patience) for n in range(len(moments))),
        guard(Cap(at_most, within=within)),
    )
    for number, at_s in enumerate(moments):
        story.wants(f"m{number}", at_s)
    sent = sorted(at_s for _, at_s in story.sent())
    for last in sent:
        assert sum(1 for at_s in sent if last - within < at_s <= last) <= at_most
    came = dict(zip((f"m{n}" for n in range(len(moments))), moments, strict=True))
    decided = story.messages()
    assert sorted(name for name, _, _ in decided) == sorted(came)
    assert all(came[name] <= at_s <= came[name] + patience for name, at_s, _ in decided)
    assert all(why.startswith("cap: ") for _, _, why in story.held())


# Quiet hours.


def test_a_message_in_quiet_hours_goes_when_they_end():
    night = guard(quiet=(Quiet((QuietHours("08:00", "10:00"),)),))
    story = Story(mail("a"), night).wants("a")
    assert story.sent() == [("a", HOUR)]


def test_a_night_longer_than_the_patience_drops_and_says_until_when():
    night = guard(quiet=(Quiet((QuietHours("08:00", "22:00"),)),))
    story = Story(mail("a", patience=HOUR), night, timezone="Europe/Kyiv").wants("a")
    assert story.messages() == [("a", 0, "quiet hours until 22:00")]


def test_of_those_that_wait_for_the_morning_the_most_important_goes_first():
    night = guard(Cap(1, within=WEEK), quiet=(Quiet((QuietHours("08:00", "10:00"),)),))
    story = Story(mail("low", 3), mail("high", 8), night).wants("low").wants("high", MINUTE)
    assert story.sent(2 * DAY) == [("high", HOUR)]


# The attention budget.


def test_of_two_that_come_up_together_the_more_important_takes_the_room():
    story = Story(mail("low", 3), mail("high", 8), guard(budget=Budget(1)))
    story.wants("low").wants("high", 600)
    assert story.messages() == [
        ("high", 1_500, ""),
        ("low", 1_500, "lower priority than “high” in journey high"),
    ]


def test_the_other_goes_when_there_is_room_if_it_has_the_patience():
    story = Story(mail("low", 3, patience=2 * WEEK), mail("high", 8), guard(budget=Budget(1)))
    story.wants("low").wants("high", 600)
    assert story.sent() == [("high", 1_500), ("low", 1_500 + WEEK)]


def test_of_equals_the_earlier_goes():
    story = (
        Story(mail("one"), mail("two"), guard(budget=Budget(1))).wants("two").wants("one", 1)
    )
    assert [name for name, _ in story.sent()] == ["two"]
    assert [why for _, _, why in story.held()] == ["attention budget: 1 message in 7d"]


def test_one_that_leaves_its_journey_makes_room_for_another():
    high = journey(
        "high", Send(TemplateId("high"), priority=8), goal=Goal(Did("order.completed"))
    )
    story = Story(mail("low", 3), high, guard(budget=Budget(1)))
    story.wants("low").wants("high", 600).happens("order.completed", 1_200)
    assert story.sent() == [("low", 1_500)]


def test_nobody_gives_way_to_one_that_may_not_go_any_more_or_to_what_is_no_message():
    refused = mail("high", 8, topic="offers")
    pause = {GO: Wait(DAY, StepId("send")), StepId("send"): Send(TemplateId("later"))}
    later = Journey(JourneyId("later"), "Later", (OnEvent("later wanted"),), GO, pause)
    story = Story(mail("low", 3), refused, later, guard(budget=Budget(1)))
    story.wants("later").wants("low").wants("high", 600).happens(
        "topic.left", 700, topic="offers"
    )
    assert story.sent(DAY - 1) == [("low", 900)]


def test_what_is_important_enough_waits_for_nobody_but_counts():
    story = Story(mail("low", 3), mail("alarm", 9), guard(budget=Budget(1, important=9)))
    story.wants("alarm").wants("alarm", HOUR).wants("low", 2 * HOUR)
    assert story.sent() == [("alarm", 0), ("alarm", HOUR)]
    assert [why for _, _, why in story.held()] == ["attention budget: 1 message in 7d"]


def test_patience_shorter_than_the_competition_still_gets_its_chance():
    story = Story(mail("a", patience=MINUTE), guard(budget=Budget(1))).wants("a")
    assert story.sent() == [("a", MINUTE)]


@given(
    st.lists(
        st.tuples(st.integers(1, 8), st.integers(0, 899)), min_size=1, max_size=5, unique=True
    ),
    st.integers(1, 3),
)
def test_the_order_of_arrival_does_not_matter(wanted, at_most):
    """Of what comes up within the time to compete, the highest priorities go, in whatever order they came."""
    letters = [mail(f"m{n}", priority) for n, (priority, _) in enumerate(wanted)]
    highest = sorted((priority for priority, _ in wanted), reverse=True)[:at_most]
    moments = [at_s for _, at_s in wanted]
    for order in list(permutations(moments))[:24]:
        story = Story(*letters, guard(budget=Budget(at_most)))
        for number, at_s in enumerate(order):
            story.wants(f"m{number}", at_s)
        went = [wanted[int(name[1:])][0] for name, _ in story.sent(2 * DAY)]
        assert sorted(went, reverse=True) == highest
        assert len(story.held(2 * DAY)) == len(wanted) - len(went)


# What the fold keeps, and what it does not do.


def test_nothing_is_kept_and_nobody_waits_where_there_is_no_guard():
    told = Story(mail("a")).wants("a").until(DAY)
    assert told.profile.sent == []
    assert told.profile.enrollments == []


def test_only_what_a_guard_asks_for_is_kept():
    story = Story(
        mail("a"), mail("b", channel="sms"), guard(Cap(2, within=DAY, channel="email"))
    )
    for hour in range(0, 20 * 24, 12):
        story.wants("a", hour * HOUR).wants("b", hour * HOUR)
    kept = story.until(30 * DAY).profile.sent
    assert {one.channel for one in kept} == {"email"}
    assert len(kept) <= 4


def test_messages_that_go_together_wait_for_the_last_of_them():
    both = Together((Send(TemplateId("a")), Send(TemplateId("b"), channel="sms")))
    step = Journey(JourneyId("j"), "j", (OnEvent("j wanted"),), GO, {GO: both})
    night = guard(quiet=(Quiet((QuietHours("08:00", "10:00"),), channels=("sms",)),))
    assert Story(step, night).wants("j").sent() == [("a", HOUR), ("b", HOUR)]


def test_a_merge_brings_what_the_other_was_sent_and_takes_it_away_again():
    both = rules(mail("a", patience=0), guard(Cap(2, within=WEEK)))
    ann, bob = new_profile(ANN, START_S), new_profile(BOB, START_S)
    for number, contact in enumerate((ann, bob)):
        told = [
            event(10 * number + n, contact.contact, name, START_S + at_s, **given)
            for n, (name, at_s, given) in enumerate([
                ("contact.identified", -HOUR, KNOWN), ("consent.granted", -HOUR, {}), ("a wanted", number, {}),
            ])
        ]  # fmt: skip
        after = live(both, contact, told).profile
        ann, bob = (after, bob) if number == 0 else (ann, after)
    frozen = live(both, bob, [event(30, BOB, "contact.merged", START_S + 10, into=ANN)])
    handed = frozen.effects[0].properties
    merged = live(
        both, ann, [event(31, ANN, "contact.absorbed", START_S + 11, **handed)]
    ).profile
    assert [one.at_s - START_S for one in merged.sent] == [0, 1]
    full = step(both, merged, event(33, ANN, "a wanted", START_S + 12))
    assert [e.held for e in full.effects] == ["cap: 2 messages in 7d"]
    apart = step(
        both, merged, event(32, ANN, "contact.unmerged", START_S + 12, **{"from": BOB})
    )
    assert [one.at_s - START_S for one in apart.profile.sent] == [0]
