"""Guards as documents: published, compared, changed, and read by who hands messages over."""

from datetime import UTC, datetime

import pytest

from ports.desk import message
from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.rulesets import MemoryRulesets
from ripely.model.profile import Profile
from ripely.runtime.rules import open_quiet_times, open_rules

COMPANY = "kind: company\nid: company\ntimezone: Europe/Kyiv\n---\n"
GUARD = "kind: guard\nid: night\nname: Night\nquiet: [{{hours: [{{from: 21:00, until: {until}}}]}}]\n"
EVENING = datetime(2030, 1, 8, 20, tzinfo=UTC)  # 22:00 in Kyiv.


@pytest.fixture
def rulesets():
    return MemoryRulesets(MemoryLog())


@pytest.fixture
def publish(django_database, rulesets):
    from ripely.operations.publishing.definitions import apply

    def published(until: str):
        document = (COMPANY + GUARD.format(until=until)).encode()
        return apply({"guards.yaml": document}, "ann", rulesets, "UTC")

    return published


def test_a_guard_is_published_and_each_change_of_it_is_a_version_with_its_lines(
    publish, rulesets
):
    first = publish("08:00")
    assert first.versions["guard/night"] == 1
    changed = publish("09:00")
    assert changed.versions["guard/night"] == 2
    (change,) = [c for c in changed.plan.changes if c.state == "changed"]
    assert (change.kind, change.id) == ("guard", "night")
    assert any("09:00" in line for line in change.lines)
    protection = open_rules(rulesets)(rulesets.current()).protection
    assert [span.ends for rule in protection.quiet["email"] for span in rule.spans] == [
        9 * 3600
    ]


def test_what_hands_messages_over_follows_what_is_published(publish, rulesets):
    quiet_times = open_quiet_times(rulesets)
    ann, letter = Profile(1), message("a")
    assert quiet_times().put_back(letter, ann, EVENING) is None
    publish("08:00")
    assert quiet_times().put_back(letter, ann, EVENING).at == datetime(
        2030, 1, 9, 6, tzinfo=UTC
    )
    publish("09:00")
    assert quiet_times().put_back(letter, ann, EVENING).at == datetime(
        2030, 1, 9, 7, tzinfo=UTC
    )
