import pytest

from ripely.documents.check import check
from ripely.documents.decode import decode
from ripely.documents.finding import CODES

SEGMENT = "kind: segment\nid: {id}\nname: A\nwhen: {when}\n"
SCORE = "kind: score\nid: s\nname: S\n"
JOURNEY = "kind: journey\nid: j\nname: J\ntriggers: [{{on: event, event: page.viewed}}]\nstart: a\nsteps: {{{steps}}}\n"


def found(text):
    return [f"{f.path} {f.code}" for f in check(decode("a.yaml", text.encode()))]


def journey(steps):
    return JOURNEY.format(steps=steps)


def segment(when, name="a"):
    return SEGMENT.format(when=when, id=name)


NOTICE = "{do: notify, text: Hello}"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (journey(f"a: {NOTICE}"), []),
        (journey(f"b: {NOTICE}"), ["$.start missing_target"]),
        (journey("a: {do: notify, text: x, then: bb}"), ["$.steps.a.then missing_target"]),
        (journey(f"a: {NOTICE}, b: {NOTICE}"), ["$.steps.b unreachable_step"]),
        (journey("a: {do: exit}"), ["$.steps no_action"]),
        (
            journey("a: {do: notify, text: x, then: b}, b: {do: notify, text: y, then: a}"),
            ["$.steps.a endless_loop"],
        ),
        (journey("a: {do: notify, text: x, then: b}, b: {do: wait, for: 1d, then: a}"), []),
        (
            journey("a: {do: notify, text: x, then: b}, b: {do: wait, for: 0s, then: a}"),
            ["$.steps.a endless_loop"],
        ),
        (
            journey(
                "a: {do: notify, text: x, then: b},"
                " b: {do: await, until: {if: tag, name: t}, timeout: 1d, then: a}"
            ),
            ["$.steps.a endless_loop"],
        ),
        (
            journey(
                "a: {do: notify, text: x, then: b},"
                " b: {do: await, until: {if: tag, name: t}, timeout: 1d, otherwise: a}"
            ),
            [],
        ),
        (
            journey(f"a: {{do: branch, cases: [], otherwise: b}}, b: {NOTICE}"),
            ["$.steps.a.cases empty_branch"],
        ),
        (
            journey("a: {do: notify, text: x, then: b}, b: {do: branch, cases: [{when: {if: tag, name: t}}]}"),
            ["$.steps.b empty_branch"],
        ),
        (
            journey(f"a: {{do: split, arms: [{{name: x, then: b}}]}}, b: {NOTICE}"),
            ["$.steps.a.arms bad_split"],
        ),
        (journey("a: {do: update}"), ["$.steps.a empty_update"]),
        (journey("a: {do: webhook, url: shop.example}"), ["$.steps.a.url bad_url"]),
        (journey("a: {do: send, template: t}"), ["$.steps.a.template unknown_reference"]),
        (
            journey("a: {do: update, add_points: {s: 1}}"),
            ["$.steps.a.add_points.s unknown_reference"],
        ),
        (
            journey(
                "a: {do: notify, text: x, then: b},"
                " b: {do: await, until: {if: did, event: page.viewed, at_most: 2}, timeout: 1d}"
            ),
            ["$.steps.b.until never_true"],
        ),
        (journey(f'"a b": {NOTICE}').replace("start: a", "start: a b"), ['$.steps["a b"] bad_id']),
        (
            journey(f"a: {NOTICE}").replace("[{on: event, event: page.viewed}]", "[]"),
            ["$.triggers no_trigger"],
        ),
        (journey(f"a: {NOTICE}") + "reentry_after: 1d\n", ["$.reentry_after contradiction"]),
        (segment("{if: did, event: page.viewd}"), ["$.when.event unknown_event"]),
        (
            segment("{if: did, event: page.viewed, at_least: 3, at_most: 2}"),
            ["$.when.at_most contradiction"],
        ),
        (segment("{if: did, event: page.viewed, at_least: 0}"), ["$.when.at_least contradiction"]),
        (segment("{if: did, event: page.viewed, at_least: -1}"), ["$.when.at_least out_of_range"]),
        (segment("{if: did, event: page.viewed, within: 0s}"), ["$.when.within contradiction"]),
        (segment("{if: page, match: path, value: /a, within: 4000d}"), ["$.when.within bad_duration"]),
        (segment('{if: attribute, name: a, op: matches, value: "("}'), ["$.when.value bad_pattern"]),
        (segment("{if: attribute, name: a, op: in, value: x}"), ["$.when.value wrong_value"]),
        (segment("{if: attribute, name: a, op: exists, value: x}"), ["$.when.value wrong_value"]),
        (segment("{if: attribute, name: a}"), ["$.when.value wrong_value"]),
        (segment("{if: all, conditions: []}"), ["$.when.conditions empty_group"]),
        (segment("{if: segment, id: b}"), ["$.when.id unknown_reference"]),
        (segment("{if: segment, id: a}"), ["$.when.id circular_reference"]),
        (
            segment("{if: lifecycle, levels: [lead]}")
            + "---\nkind: company\nid: company\nlifecycle: {lead: {if: segment, id: a}}",
            ["$.when.levels circular_reference", "$.lifecycle.lead.id circular_reference"],
        ),
        (segment("{if: tag, name: x}", name="a/b"), ["$.id bad_id"]),
        (
            segment("{if: score, id: s}") + "---\n" + SCORE + "events: [{on: page.viewed, points: 1}]",
            ["$.when.at_least missing_field"],
        ),
        (SCORE, ["$ empty_score"]),
        (
            SCORE + "events: [{on: page.viewed, points: 1, within: 1d}]",
            ["$.events[0].within contradiction"],
        ),
        (
            SCORE + "events: [{on: page.viewed, points: 1}]\n"
            "levels: [{name: hot, at_least: 10}, {name: hot, at_least: 5}]",
            ["$.levels[1].at_least bad_levels", "$.levels[1].name bad_levels"],
        ),
        (SCORE + "events: [{on: page.viewed, points: 1000000}]", ["$.events[0].points out_of_range"]),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(text, problems):
    assert found(text) == problems


def test_circles_over_several_documents_are_told_at_each():
    score = SCORE + "facts: [{when: {if: segment, id: a}, points: 1}]"
    both = segment("{if: not, condition: {if: score, id: s, at_least: 1}}") + "---\n" + score
    assert found(both) == [
        "$.when.condition.id circular_reference",
        "$.facts[0].when.id circular_reference",
    ]


def test_two_documents_of_one_name_are_told_at_the_second():
    twice = segment("{if: tag, name: x}") + "---\n" + segment("{if: tag, name: y}")
    (finding,) = check(decode("a.yaml", twice.encode()))
    assert (finding.code, finding.line) == ("duplicate_id", 7)
    assert finding.message == 'There already is a segment "a" in a.yaml, line 1.'


def test_mistakes_of_shape_and_of_sense_come_together():
    text = journey("a: {do: notify, text: x, then: b, thn: c}") + segment_after(
        "{if: segment, id: z}"
    )
    assert found(text) == [
        "$.steps.a.thn unknown_field",
        "$.when.id unknown_reference",
    ]
    text = (
        journey("a: {do: notify, text: x, then: b}")
        + "goal: {when: {if: segment, id: z}, nam: x}\n"
    )
    assert found(text) == [
        "$.steps.a.then missing_target",
        "$.goal.nam unknown_field",
        "$.goal.when.id unknown_reference",
    ]


def segment_after(when):
    return "---\n" + segment(when)


def test_a_step_that_could_not_be_read_is_not_called_missing():
    steps = f"a: {{do: notify, text: x, then: b}}, b: {{do: wait}}, c: {NOTICE}"
    assert found(journey(steps)) == ["$.steps.b.for missing_field"]


def test_warnings_are_no_errors():
    (finding,) = check(decode("a.yaml", segment("{if: did, event: demo.booked}").encode()))
    assert finding.warning
    assert finding.code in CODES


DID = "{if: did, event: page.viewed}"
AT_MOST = "{if: did, event: page.viewed, at_most: 2}"


@pytest.mark.parametrize(
    ("until", "never"),
    [
        (DID, False),
        ("{if: page, match: path, value: /a, at_most: 2}", True),
        ("{if: did, event: page.viewed, at_least: 1, at_most: 2}", False),
        ("{if: did, event: page.viewed, at_most: 2, within: 1d}", False),
        (f"{{if: not, condition: {DID}}}", True),
        (f"{{if: not, condition: {AT_MOST}}}", False),
        (f"{{if: not, condition: {{if: not, condition: {AT_MOST}}}}}", True),
        ("{if: not, condition: {if: did, event: page.viewed, within: 1d}}", False),
        ("{if: not, condition: {if: tag, name: x}}", False),
        (f"{{if: all, conditions: [{{if: tag, name: x}}, {AT_MOST}]}}", False),
        (f"{{if: all, conditions: [{AT_MOST}]}}", True),
        (f"{{if: any, conditions: [{{if: tag, name: x}}, {AT_MOST}]}}", False),
        (f"{{if: any, conditions: [{AT_MOST}]}}", True),
        (
            f"{{if: not, condition: {{if: all, conditions: [{DID}, {{if: tag, name: x}}]}}}}",
            False,
        ),
        (
            f"{{if: not, condition: {{if: any, conditions: [{DID}, {{if: tag, name: x}}]}}}}",
            False,
        ),
    ],
)
def test_a_wait_for_what_waiting_cannot_bring_is_told(until, never):
    steps = f"a: {{do: await, until: {until}, timeout: 1d, then: b, otherwise: b}}, b: {NOTICE}"
    assert found(journey(steps)) == (["$.steps.a.until never_true"] if never else [])


def test_a_pattern_that_is_too_long_is_refused_unread():
    long = "(" * 501
    assert found(segment(f'{{if: attribute, name: a, op: matches, value: "{long}"}}')) == [
        "$.when.value bad_pattern"
    ]


def test_sense_is_told_of_every_part_that_was_understood():
    text = (
        "kind: journey\nid: j\nname: J\ntriggers: []\nstart: x\nsteps:\n"
        "  a: {do: notify, text: Hello, then: a}\ngoal: {whn: 1}\n"
    )
    assert found(text) == [
        "$.triggers no_trigger",
        "$.start missing_target",
        "$.steps.a endless_loop",
        "$.goal.when missing_field",
        "$.goal.whn unknown_field",
    ]


def test_a_part_that_cannot_be_understood_does_not_move_the_lines_of_those_after_it():
    text = """kind: segment
id: a
name: A
when:
  if: any
  conditions:
  - {if: page, match: contians, value: /prices, at_least: 1}
  - if: all
    conditions:
    - {if: segment, id: 7}
    - {if: did, event: file.downloadd, at_least: 1}
"""
    findings = check(decode("a.yaml", text.encode()))
    unknown = next(one for one in findings if one.code == "unknown_event")
    assert (unknown.line, unknown.path) == (11, "$.when.conditions[1].conditions[1].event")
