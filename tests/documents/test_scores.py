"""What is wrong with a score, or with a question about one, is said in a sentence."""

import pytest

from ripely.operations.publishing.review import review

SCORE = """kind: score
id: interest
name: Interest
"""
JOURNEY = """
---
kind: journey
id: call
name: Call
triggers: [{on: score, id: interest, %s}]
start: call
steps: {call: {do: task, title: Call}}
"""
SEGMENT = """
---
kind: segment
id: hot
name: Hot
when: {if: %s}
"""


def found(text: str) -> list[tuple[str, str]]:
    _, findings = review({"all.yaml": text.encode()})
    return [(finding.path, finding.message) for finding in findings]


@pytest.mark.parametrize(
    ("rules", "path", "says"),
    [
        ("", "$", "no rules"),
        ("general: {page.viewd: 1}", "$.general.page.viewd", "page.viewed"),
        ("events: [{on: page.viewed, points: 1, once: true, at_most: 2}]", "$.events[0].once", "once ever"),
        ("events: [{on: page.viewed, points: 1, within: 1d}]", "$.events[0].within", "at_most"),
        ("events: [{on: page.viewed, points: 1, expires: 0s}]", "$.events[0].expires", "at once"),
        ("events: [{on: score.changed, points: 1}]", "$.events[0].on", "without end"),
        ("events: [{on: score.level_changed, points: 1, where: [{property: score, value: interest}]}]", "$.events[0].on", "without end"),
        ("general: {score.changed: 1}", "$.general.score.changed", "without end"),
        ("general: {page.viewed: 1}\nhalf_life: 5m", "$.half_life", "an hour"),
        ("general: {page.viewed: 1}\nleast: 5", "$.least", "begins at 0"),
        ("general: {page.viewed: 1}\nmost: 0", "$.most", "begins at 0"),
        ("general: {page.viewed: 1}\nmost: 10\nlevels: [{name: hot, at_least: 20}]", "$.levels[0].at_least", "never reached"),
        ("general: {page.viewed: 1}\nper: {by: property}", "$.per.name", "which property"),
        ("general: {page.viewed: 1}\nper: {by: tag, name: x}", "$.per.name", "Every tag"),
    ],
)  # fmt: skip
def test_a_score_that_cannot_be_meant(rules, path, says) -> None:
    ((at, message),) = found(SCORE + rules)
    assert at.replace('["', ".").replace('"]', "") == path
    assert says in message


@pytest.mark.parametrize(
    ("trigger", "sound"),
    [
        ("reaches: 5", True),
        ("falls_below: 0", True),
        ("highest: true", True),
        ("of: boots", False),
        ("reaches: 5, falls_below: 3", False),
        ("reaches: 0, highest: true", False),
    ],
)
def test_a_trigger_says_one_of_three(trigger, sound) -> None:
    score = f"{SCORE}general: {{product.viewed: 1}}\nper: {{by: property, name: category}}"
    messages = [message for _, message in found(score + JOURNEY % trigger)]
    assert messages == (
        [] if sound else ['Say one of "reaches", "falls_below" and "highest: true".']
    )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("score_level, id: interest, levels: [wrm]", 'did you mean "warm"?'),
        ("score_level, id: interest, levels: []", "Name one level"),
        ("score, id: interest, at_least: 1, of: boots", "keeps no parts"),
        ("top_part, id: interest, of: boots", "keeps no parts"),
        ("score_trend, id: interest, within: 7d", "at_least"),
        ("score_trend, id: interest, within: 7d, at_least: 3, at_most: 2", "at once"),
        ("top_score, id: interest, lead: 0", "1 point"),
        ("top_score, id: interest, among: [intrest]", 'did you mean "interest"?'),
    ],
)
def test_a_question_that_cannot_be_meant(asked, says) -> None:
    score = f"{SCORE}general: {{page.viewed: 1}}\nlevels: [{{name: warm, at_least: 5}}]"
    ((_, message),) = found(score + SEGMENT % asked)
    assert says in message


def test_a_score_may_not_depend_on_being_the_highest() -> None:
    fact = "facts: [{when: {if: top_score, id: interest}, points: 5}]"
    messages = [message for _, message in found(SCORE + fact)]
    assert messages
    assert all("depends on itself" in message for message in messages)
