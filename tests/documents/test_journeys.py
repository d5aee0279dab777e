"""What cannot be meant in the drawing of a journey, each told where it stands."""

import pytest

from ripely.documents.check import check
from ripely.documents.decode import decode

HEAD = (
    "kind: journey\nid: j\nname: J\ntriggers: [{on: event, event: order.completed}]\nstart: a\n"
)
BY = "b: {do: notify, text: Hello, then: c}, c: {do: wait, for: 1d}"


def found(steps: str, more: str = "") -> list[str]:
    text = f"{HEAD}{more}steps: {{{steps}}}\n"
    return [
        f"{f.path} {f.code}" for f in check(decode("a.yaml", text.encode())) if not f.warning
    ]


def of_step(step: str, more: str = "") -> list[str]:
    return found(f"a: {step}, {BY}", more)


ARMS = "arms: [{name: x, then: b}, {name: y}]"


@pytest.mark.parametrize(
    ("step", "problems"),
    [
        ("{do: wait_until, at: 09:00, then: b}", []),
        ("{do: wait_until, then: b}", ["$.steps.a missing_field"]),
        ("{do: wait_until, day: 2030-01-01, attribute: x, then: b}", ["$.steps.a.attribute contradiction"]),
        ("{do: wait_until, attribute: x, offset_days: -1, if_past: exit, then: b}", []),
        ("{do: wait_until, at: 09:00, offset_days: 1, then: b}", ["$.steps.a.offset_days contradiction"]),
        ("{do: wait_until, at: 09:00, if_past: exit, then: b}", ["$.steps.a.if_past contradiction"]),
        ("{do: wait_until, best_time: true, weekdays: [monday], at: 09:00, then: b}", []),
        ("{do: wait_until, best_time: true, business_hours: true, then: b}", ["$.steps.a.best_time contradiction"]),
        ("{do: await_any, cases: [], timeout: 1d, otherwise: b}", ["$.steps.a.cases empty_branch"]),
        (
            "{do: await_any, timeout: 1d, otherwise: b, cases: [{when: {if: did, event: page.viewed, at_most: 2}}]}",
            ["$.steps.a.cases never_true"],
        ),
        ("{do: await_event, event: {event: order.paid}, timeout: 0s, then: b}", ["$.steps.a.timeout contradiction"]),
        (f"{{do: experiment, {ARMS}, metric: {{if: bought}}, within: 7d}}", []),
        (f"{{do: experiment, {ARMS}, metric: {{if: bought}}, within: 0s}}", ["$.steps.a.within contradiction"]),
        (f"{{do: experiment, {ARMS}, metric: {{if: bought}}, within: 7d, winner: y}}", []),
        (f"{{do: experiment, {ARMS}, metric: {{if: bought}}, within: 7d, winner: z}}", ["$.steps.a.winner unknown_choice"]),
        (
            "{do: experiment, arms: [{name: x, then: b}], metric: {if: bought}, within: 7d}",
            ["$.steps.a.arms bad_split"],
        ),
        (
            f"{{do: experiment, {ARMS}, metric: {{if: did, event: page.viewed, at_most: 0}}, within: 7d}}",
            ["$.steps.a.metric never_true"],
        ),
        ("{do: together, actions: [], then: b}", ["$.steps.a.actions empty_branch"]),
        (
            "{do: together, actions: [{do: notify, text: x, then: b}, {do: update}], then: b}",
            ["$.steps.a.actions[0].then contradiction", "$.steps.a.actions[1] empty_update"],
        ),
        ("{do: start_journey, journey: j, then: b}", ["$.steps.a.journey contradiction"]),
        ("{do: stop_journey, journey: j, then: b}", ["$.steps.a.journey contradiction"]),
        ("{do: start_journey, journey: k, then: b}", ["$.steps.a.journey unknown_reference"]),
    ],
)  # fmt: skip
def test_what_a_step_cannot_mean(step, problems) -> None:
    assert of_step(step) == problems


@pytest.mark.parametrize(
    ("steps", "circle"),
    [
        ("a: {do: notify, text: x, then: b}, b: {do: repeat, back_to: a, at_most: 3}", True),
        ("a: {do: notify, text: x, then: b}, b: {do: wait, for: 1d, then: c}, c: {do: repeat, back_to: a, at_most: 3}", False),
        ("a: {do: notify, text: x, then: b}, b: {do: wait, for: 59s, then: a}", True),
        ("a: {do: notify, text: x, then: b}, b: {do: wait, for: 60s, then: a}", False),
        ("a: {do: notify, text: x, then: b}, b: {do: wait, for: 1s, then: c}, c: {do: repeat, back_to: a, at_most: 3}", False),
        ("a: {do: notify, text: x, then: b}, b: {do: await, until: {if: tag, name: t}, timeout: 1s, otherwise: a}", True),
        ("a: {do: notify, text: x, then: b}, b: {do: wait_until, at: 09:00, then: a}", False),
        ("a: {do: notify, text: x, then: b}, b: {do: wait_until, attribute: y, then: a}", True),
        ("a: {do: notify, text: x, then: b}, b: {do: wait_until, business_hours: true, then: a}", True),
        ("a: {do: notify, text: x, then: b}, b: {do: wait_until, at: 09:00, business_hours: true, then: a}", False),
        ("a: {do: notify, text: x, then: b}, b: {do: await_event, event: {event: order.paid}, timeout: 1d, then: a, otherwise: a}", False),
        ("a: {do: notify, text: x, then: b}, b: {do: await_any, cases: [{when: {if: tag, name: t}}], timeout: 1d, otherwise: a}", False),
        ("a: {do: notify, text: x, then: b}, b: {do: await_any, cases: [{when: {if: tag, name: t}, then: a}], timeout: 1d}", True),
        ("a: {do: together, actions: [{do: notify, text: x}], then: b}, b: {do: branch, cases: [{when: {if: tag, name: t}, then: a}]}", True),
    ],
)  # fmt: skip
def test_a_circle_needs_a_wait(steps, circle) -> None:
    assert found(steps) == (["$.steps.a endless_loop"] if circle else [])


def test_what_is_done_together_is_doing_something() -> None:
    assert found("a: {do: together, actions: [{do: notify, text: x}]}") == []
    assert found("a: {do: wait, for: 1d}") == ["$.steps no_action"]


@pytest.mark.parametrize(
    ("more", "problems"),
    [
        ("reentry_per: order_id\nreentry_after: 1d\n", []),
        ("reentry_after: 1d\n", ["$.reentry_after contradiction"]),
        ("holdout: 10\n", ["$.holdout missing_field"]),
        ("holdout: 10\ngoal: {when: {if: bought}}\n", ["$.holdout missing_field"]),
        ("holdout: 10\ngoal: {when: {if: bought}, within: 7d}\n", []),
        ("goal: {when: {if: bought}, within: 0s}\n", ["$.goal.within contradiction"]),
        ("leave: [{event: {event: order.cancelled}, same: [order_id]}, {when: {if: tag, name: x}}]\n", []),
        ("leave: [{reason: why}]\n", ["$.leave[0] missing_field"]),
        (
            "leave: [{when: {if: tag, name: x}, same: [order_id]}]\n",
            ["$.leave[0].same contradiction"],
        ),
        (
            "leave: [{when: {if: tag, name: x}, event: {event: order.cancelled}}]\n",
            ["$.leave[0] missing_field"],
        ),
        (
            "leave: [{when: {if: did, event: page.viewed, at_most: 0}}]\n",
            ["$.leave[0].when never_true"],
        ),
        ("filter: {if: entry, property: total, op: at_least, value: 10}\n", []),
    ],
)  # fmt: skip
def test_what_settings_cannot_mean(more, problems) -> None:
    assert found(BY.replace("b:", "a:"), more) == problems
