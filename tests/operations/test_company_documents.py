"""Documents of the company, its guards and its teams are published like all others."""

import pytest

from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.rulesets import MemoryRulesets

DOCUMENTS = b"""
kind: company
id: company
name: Ovens
timezone: Asia/Tokyo
---
kind: guard
id: calm
name: Calm
caps: [{at_most: 2, within: 7d}]
---
kind: team
id: sales
name: Sales
members: [{who: ann@example.com}]
---
kind: journey
id: calls
name: Calls
triggers: [{on: event, event: order.completed}]
start: call
steps: {call: {do: task, title: Call, team: sales}}
"""


@pytest.fixture
def publish(django_database):
    from ripely.operations.publishing.definitions import apply

    rulesets = MemoryRulesets(MemoryLog())
    return lambda text, **more: (
        apply({"a.yaml": text}, "ann", rulesets, "Europe/Kyiv", **more),
        rulesets,
    )


def test_they_are_published_and_listed(publish):
    from ripely.operations.publishing.history import entries
    from ripely.operations.publishing.published import in_force

    outcome, rulesets = publish(DOCUMENTS)
    assert not outcome.plan.errors
    found = in_force(rulesets)
    kinds = [(entry.kind, entry.name) for entry in entries(found.published)]
    assert kinds == [
        ("journey", "Calls"),
        ("company", "Ovens"),
        ("guard", "Calm"),
        ("team", "Sales"),
    ]
    assert found.timezone == "Asia/Tokyo"
    assert found.rules is not None
    assert found.rules.zone.key == "Asia/Tokyo"


def test_a_team_that_is_nowhere_is_told(publish):
    outcome, _ = publish(DOCUMENTS.replace(b"id: sales", b"id: support"))
    assert [error.code for error in outcome.plan.errors] == ["unknown_reference"]


def test_without_a_word_of_the_company_the_installation_has_the_zone(publish):
    from ripely.operations.publishing.published import in_force

    _, rulesets = publish(DOCUMENTS.replace(b"timezone: Asia/Tokyo\n", b""))
    assert in_force(rulesets).timezone == "Europe/Kyiv"
