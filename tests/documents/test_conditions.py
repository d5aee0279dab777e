"""What a condition cannot mean is told, with the place and a sentence."""

import pytest

from documents.test_check import NOTICE, found, journey, segment

BUY = "event: order.completed"
DAYS = "{if: did, event: page.viewed, since: %s, until: %s}"
SUM = "{if: aggregate, take: %s, of: total, event: order.completed, %s}"
NEVER = f"{{if: not, condition: {SUM}}}"


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ("{if: did, event: page.viewed, within: 7d, older_than: 1d}", []),
        ("{if: did, event: page.viewed, within: 1d, older_than: 1d}", ["older_than contradiction"]),
        ("{if: did, event: page.viewed, older_than: 0s}", ["older_than contradiction"]),
        ("{if: did, event: page.viewed, older_than: 1d, at_least: 501}", ["at_least out_of_range"]),
        ("{if: did, event: page.viewed, since_entering: step}", ["since_entering contradiction"]),
        (DAYS % ("'2030-01-31'", "'2030-01-31'"), []),
        (DAYS % ("'2030-02-01'", "'2030-01-31'"), ["until contradiction"]),
        (DAYS % ("'2030-02-31'", "'2030-01-31'"), ["since wrong_value"]),
        (DAYS % ("'2030-01-31'", "'9999-12-31'"), ["until wrong_value"]),
        ("{if: page, match: matches, value: '['}", ["value bad_pattern"]),
        ("{if: page, match: path, value: /a, seconds: 0, scroll: 101}", ["seconds out_of_range", "scroll out_of_range"]),
        ("{if: page, match: path, value: ''}", ["value missing_field"]),
        ("{if: searched, value: ''}", ["value missing_field"]),
        ("{if: message, did: opened, by: [machine]}", []),
        ("{if: message, did: opened, by: []}", ["by missing_field"]),
        ("{if: message, did: sent, by: [machine]}", ["by contradiction"]),
        ("{if: message, did: opened, link: /offer}", ["link contradiction"]),
        (SUM % ("sum", "at_least: 0.5"), []),
        (SUM % ("sum", "within: 1d"), ["at_least missing_field"]),
        (SUM % ("average", "at_least: 2, at_most: 1"), ["at_most contradiction"]),
        (SUM % ("distinct", "at_least: 500"), ["at_least out_of_range"]),
        (SUM % ("sum", "at_least: 500"), []),
        (f"{{if: occasion, which: last, of: coupon, {BUY}, op: empty}}", []),
        (f"{{if: occasion, which: last, of: coupon, {BUY}, op: in, value: a}}", ["value wrong_value"]),
        (f"{{if: occasion, which: last, of: date, {BUY}, op: before, value: today}}", ["value wrong_value"]),
        (f"{{if: sequence, acts: [{{{BUY}}}], within: 1d}}", ["acts out_of_range"]),
        (f"{{if: sequence, acts: [{{{BUY}}}, {{{BUY}}}], within: 1d}}", []),
        (f"{{if: sequence, acts: [{{{BUY}}}, {{{BUY}}}], within: 1d, in_last: 0s}}", ["in_last contradiction"]),
        (f"{{if: absence, act: {{{BUY}}}, without: {{{BUY}}}, within: 1d}}", ["without contradiction"]),
        (f"{{if: absence, act: {{{BUY}}}, without: {{event: page.viewed}}, within: 0s}}", ["within contradiction"]),
        ("{if: seen, within: 0s}", ["within contradiction"]),
    ],
)  # fmt: skip
def test_what_a_contact_cannot_have_done(condition, wrong):
    assert sorted(found(segment(condition))) == sorted(f"$.when.{one}" for one in wrong)


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("op: between, value: [1, 2]", []),
        ("op: between, value: [2, 1]", ["contradiction"]),
        ("op: between, value: [1]", ["wrong_value"]),
        ("op: between, value: [1, b]", ["wrong_value"]),
        ("op: between, value: ['2030-01-01', 'today']", ["wrong_value"]),
        ("op: has_all, value: [a]", []),
        ("op: has_all, value: a", ["wrong_value"]),
        ("op: before, value: '2030-01-31'", []),
        ("op: on, value: today - 1 day", ["wrong_value"]),
        ("op: after, value: soon", ["wrong_value"]),
        ("op: exists, value: 1", ["wrong_value"]),
    ],
)
def test_what_a_property_cannot_be_compared_with(where, wrong):
    condition = f"{{if: did, event: page.viewed, where: [{{property: x, {where}}}]}}"
    assert found(segment(condition)) == [f"$.when.where[0].value {one}" for one in wrong]


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ("{if: attribute, name: birthday, op: before, value: today - 18 years}", []),
        ("{if: attribute, name: birthday, op: before, value: in spring}", [".value wrong_value"]),
        ("{if: company, name: size, op: between, value: [5, 1]}", [".value contradiction"]),
        ("{if: entry, property: order_id, op: exists}", [" contradiction"]),
        ("{if: place}", [".country missing_field"]),
        ("{if: uses, language: [en]}", []),
        ("{if: uses}", [".device missing_field"]),
        ("{if: near, latitude: 91, longitude: 0, km: 0}", [".latitude out_of_range", ".km out_of_range"]),
        ("{if: lifecycle, levels: []}", [".levels missing_field"]),
        ("{if: deal, at_most: -1, value_at_least: -1, idle_for: 0s}",
         [".value_at_least out_of_range", ".idle_for contradiction", ".at_most out_of_range"]),
        ("{if: quote, states: []}", [".states missing_field"]),
        ("{if: rfm}", [".at_least missing_field"]),
        ("{if: rfm, recency_at_least: 4, recency_at_most: 3, money_at_least: 6}",
         [".recency_at_most contradiction", ".money_at_least out_of_range"]),
        ("{if: date, attribute: birthday, from_days: 1}", [".to_days contradiction"]),
        ("{if: date, attribute: birthday, to_days: 365, yearly: true}", [".to_days contradiction"]),
        ("{if: now}", [" missing_field"]),
        ("{if: now, from: '09:00', until: '09:00'}", [".until contradiction"]),
        ("{if: at_least, count: 2, conditions: [{if: tag, name: a}]}", [".count contradiction"]),
        ("{if: at_least, count: 1, conditions: []}", [".conditions empty_group"]),
    ],
)  # fmt: skip
def test_what_nobody_can_be(condition, wrong):
    assert sorted(found(segment(condition))) == sorted(f"$.when{one}" for one in wrong)


@pytest.mark.parametrize(
    ("until", "never"),
    [
        ("{if: entry, property: plan, value: pro}", True),
        ("{if: not, condition: {if: share, percent: 50}}", True),
        ("{if: all, conditions: [{if: share, percent: 50}, {if: did, event: page.viewed}]}", False),
        ("{if: did, event: page.viewed, at_most: 2, during: today}", False),
        ("{if: did, event: page.viewed, at_most: 2, since_entering: step}", True),
        (SUM % ("distinct", "at_most: 2"), True),
        (SUM % ("sum", "at_most: 2"), False),
        (NEVER % ("maximum", "at_least: 2"), True),
        (NEVER % ("maximum", "at_least: 2, within: 1d"), False),
        (f"{{if: not, condition: {{if: sequence, acts: [{{{BUY}}}, {{{BUY}}}], within: 1d}}}}", True),
        (f"{{if: sequence, acts: [{{{BUY}}}, {{{BUY}}}], within: 1d}}", False),
        ("{if: at_least, count: 1, conditions: [{if: share, percent: 50}, {if: tag, name: a}]}", False),
    ],
)  # fmt: skip
def test_what_waiting_cannot_bring_about(until, never):
    steps = f"a: {{do: await, until: {until}, timeout: 1d, then: b, otherwise: b}}, b: {NOTICE}"
    assert found(journey(steps)) == (["$.steps.a.until never_true"] if never else [])


@pytest.mark.parametrize(
    "condition",
    [
        "{if: aggregate, take: sum, of: x, event: oder.completed, at_least: 1}",
        "{if: occasion, which: first, of: x, event: oder.completed, op: exists}",
        f"{{if: absence, act: {{{BUY}}}, without: {{event: oder.completed}}, within: 1d}}",
    ],
)
def test_a_misspelt_event_is_told_wherever_it_is_named(condition):
    assert [one.split()[1] for one in found(segment(condition))] == ["unknown_event"]
