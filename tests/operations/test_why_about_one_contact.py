"""Why, about one contact: each question has its answer in a sentence, from what was decided."""

from datetime import UTC, datetime

import msgspec
import pytest

from company import ANN, HOUR, START_S, event
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.step import new_profile
from ripely.engine.timeline import live
from ripely.model.catalog import is_act
from ripely.model.ids import RulesetId
from ripely.operations.explaining.one_contact import (
    Letter,
    Subject,
    Sum,
    UnknownNameError,
    next_of,
    tell,
)
from ripely.operations.publishing.review import review
from ripely.operations.wording.names import names_of

DAY = 86_400
DOCUMENTS = b"""
kind: segment
id: fresh
name: Fresh ones
when: {if: did, event: order.completed, within: 3d}
---
kind: score
id: interest
name: Interest
levels: [{name: warm, at_least: 10}]
events: [{on: page.viewed, points: 10, expires: 5d}, {on: quote.viewed, points: 5}]
---
kind: template
id: hello
name: Hello letter
subject: Hello
body: "<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>"
---
kind: journey
id: care
name: Care
triggers: [{on: event, event: order.completed}]
filter: {if: attribute, name: city, value: Kyiv}
start: greet
steps:
  greet: {do: send, template: hello, then: wait}
  wait: {do: wait, for: 2d, then: choose}
  choose: {do: branch, cases: [{when: {if: tag, name: vip}, then: call}], otherwise: ask}
  call: {do: task, title: Call}
  ask: {do: await, until: {if: did, event: quote.viewed, since_entering: journey}, timeout: 9d, then: call}
---
kind: journey
id: birthday
name: Birthday
triggers: [{on: date, attribute: born, yearly: true}]
start: call
steps: {call: {do: task, title: Congratulate}}
"""


def after(events, seconds, city="Kyiv"):
    documents, findings = review({"all.yaml": DOCUMENTS})
    assert not [one for one in findings if one.code != "unreachable_step"], findings
    published = Published(tuple(one.definition for one in documents))
    rules = compile_ruleset(published, RulesetId("test"), is_act)
    told = [event(1, ANN, "contact.identified", START_S, city=city, email="ann@x.org", born="1990-01-01"), *events]  # fmt: skip
    now_s = START_S + seconds
    folded = live(rules, new_profile(ANN, START_S), told, now_s)
    names = names_of(published.definitions, published.company)
    now = datetime.fromtimestamp(now_s, UTC)
    return Subject(folded.profile, folded.notes[::-1], names, rules, now)


ORDER = event(2, ANN, "order.completed", START_S + 10, total=5)


def test_a_segment_is_answered_with_its_conditions_and_what_changed_it():
    inside = tell(after([ORDER], HOUR), "segment", "fresh")
    assert inside.answer == "Is in the segment “Fresh ones”, after “Order completed”."
    assert inside.rows[0].holds
    left = tell(after([ORDER], 4 * DAY), "segment", "fresh")
    assert left.answer == "Is not in the segment “Fresh ones”: left it by time alone."
    assert [one.title for one in left.moments] == ["Left the segment Fresh ones", "Entered the segment Fresh ones"]  # fmt: skip


def test_a_score_is_answered_with_what_gave_its_points():
    told = tell(after([event(3, ANN, "page.viewed", START_S + 20)], HOUR), "score", "interest")
    assert told.answer == "“Interest” is 10, “warm”."
    assert told.moments[0].title == "Interest +10 to 10"
    assert [(one.at_s, one.words) for one in told.next] == [(START_S + 20 + 5 * DAY, "+10 points end")]  # fmt: skip


def test_the_points_of_a_score_are_added_up_by_reason_and_come_to_the_score():
    looks = [event(n, ANN, "page.viewed", START_S + n) for n in (20, 21, 22)]
    quote = event(3, ANN, "quote.viewed", START_S + 30)
    told = tell(after([*looks, quote], HOUR), "score", "interest")
    assert [(one.reason, one.points, one.times) for one in told.sums] == [
        ("Page viewed", 30, 3),
        ("Quote viewed", 5, 1),
    ]
    lapsed = after([*looks, quote], 6 * DAY)
    assert sum(one.points for one in tell(lapsed, "score", "interest").sums) == 5
    forgotten = msgspec.structs.replace(lapsed, notes=())
    assert tell(forgotten, "score", "interest").sums == [Sum("", 5, 0)]


def test_a_way_through_a_journey_is_told_with_what_comes_next():
    told = tell(after([ORDER], HOUR), "journey", "care")
    assert told.answer.startswith("Is in the journey “Care”, at “Wait”, and waits")
    assert told.next[0].at_s == START_S + 10 + 2 * DAY
    waiting = tell(after([ORDER], 3 * DAY), "journey", "care")
    assert [row.words for row in waiting.rows] == [
        "Until: “Quote viewed” happened at least once since entering the journey"
    ]
    assert not waiting.rows[0].holds
    assert any("Choose" in moment.detail for moment in waiting.moments)


def test_who_is_in_no_journey_is_told_why():
    never = tell(after([], HOUR), "journey", "care")
    assert "Was never in the journey “Care”" in never.answer
    assert never.begins == ["“Order completed” happens"]
    refused = tell(after([ORDER], HOUR, city="Lviv"), "journey", "care")
    assert refused.answer.startswith("Was not let into the journey “Care”: ")
    assert (refused.rows[0].holds, refused.rows[0].evidence) == (False, "it is “Lviv”")
    called = [ORDER, event(4, ANN, "quote.viewed", START_S + 3 * DAY)]
    assert tell(after(called, 4 * DAY), "journey", "care").answer == "Has left the journey “Care” at its end."  # fmt: skip


def test_why_no_message_went():
    held = tell(after([ORDER], HOUR), "message", "hello")
    assert held.answer == "“Hello letter” was not sent: no consent for marketing."
    consent = event(5, ANN, "consent.granted", START_S + 1, purpose="marketing")
    sent = tell(after([consent, ORDER], HOUR), "message", "hello")
    assert sent.answer == "It was decided to send “Hello letter”."
    assert "no journey has come to it" in tell(after([], HOUR), "message", "hello").answer


@pytest.mark.parametrize(
    ("outcome", "reason", "said"),
    [
        ("", "", "is decided, and will be handed over as soon as can be"),
        ("sent", "", "was sent"),
        (
            "held",
            "no consent for marketing",
            "was held back when it was to go: no consent for marketing",
        ),
        ("expired", "", "was not sent, it had come too late"),
    ],
)
def test_what_became_of_a_message_that_was_decided(outcome, reason, said):
    consent = event(5, ANN, "consent.granted", START_S + 1, purpose="marketing")
    opened = event(6, ANN, "email.opened", START_S + 60, template="hello")
    asked = after([consent, ORDER, opened], HOUR)
    handled = msgspec.structs.replace(
        asked, letters=[Letter("hello", START_S + 10, outcome, reason)]
    )
    assert tell(handled, "message", "hello").answer == f"“Hello letter” {said}."


@pytest.mark.parametrize("about", ["segment", "score", "journey", "message"])
def test_what_nobody_defined_is_said(about):
    with pytest.raises(UnknownNameError, match="nothing"):
        tell(after([], HOUR), about, "nothing")


def test_what_comes_next_is_in_the_order_of_time():
    found = next_of(after([ORDER, event(3, ANN, "page.viewed", START_S + 20)], HOUR))
    words = [one.words for one in found]
    assert "“Care” goes on from “Wait”" in words
    assert "May leave the segment Fresh ones" in words
    assert "+10 points of Interest end" in words
    assert "Enters “Birthday”, if its rules allow" in words
    moments = [one.at_s for one in found if one.at_s]
    assert moments == sorted(moments)
    assert min(moments) > START_S + HOUR
