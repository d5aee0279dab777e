"""Whom a change would write to is counted before it is published."""

import pytest

from company import START_S
from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.rulesets import MemoryRulesets
from ripely.engine.step import new_profile
from ripely.model.ids import ContactId
from ripely.ports import AskError

ZONE = "UTC"
TEMPLATE = """kind: template
id: offer
name: Offer
subject: Offer
body: <mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>
"""
SEGMENT = "kind: segment\nid: chosen\nname: Chosen\nwhen: {if: tag, name: %s}\n"
STATE = "{on: schedule, every: week, weekdays: [monday], audience: %s}"
VIP, EVERYBODY = "{if: tag, name: vip}", "{if: not, condition: {if: tag, name: nobody}}"
LEADS, CUSTOMERS = "{if: lifecycle, levels: [lead]}", "{if: lifecycle, levels: [customer]}"
CHOSEN = "{if: segment, id: chosen}"


def journey(trigger: str, *, filtered: str = "", purpose: str = "marketing") -> str:
    said = f"filter: {filtered}\n" if filtered else ""
    return f"""kind: journey
id: weekly
name: Weekly
{said}triggers: [{trigger}]
start: write
steps: {{write: {{do: send, template: offer, purpose: {purpose}}}}}
"""


def weekly(audience: str, **said: str) -> str:
    return journey(STATE % audience, **said)


@pytest.fixture
def ground(any_lake):
    """300 contacts: half leads, half customers; of each half ten are very important."""
    from datetime import UTC, datetime

    from ripely.operations.audience.audiences import Ground
    from ripely.operations.wording.names import Names

    people = [new_profile(ContactId(n), START_S) for n in range(1, 301)]
    for n, one in enumerate(people):
        one.lifecycle = "lead" if n % 2 else "customer"
        one.tags = ["vip"] if n < 20 else []
        one.segments = {"chosen": START_S} if n < 20 else {}
    any_lake.know(people)
    return Ground(any_lake, Names(), datetime.fromtimestamp(START_S + 60, UTC))


@pytest.fixture
def objections(django_database, ground):
    """Say what speaks against putting documents in force after others."""
    from ripely.operations.audience import reach
    from ripely.operations.publishing import definitions
    from ripely.operations.publishing.people import Plans

    def found(before: list[str], after: list[str], *, anyway: bool = False, publish=()) -> list:
        rulesets = MemoryRulesets(MemoryLog())
        first = definitions.apply(files(TEMPLATE, *before), "ann", rulesets, ZONE)
        assert not first.plan.errors
        plan = definitions.diff(files(*after), rulesets, Plans())
        assert not plan.errors
        before = definitions.in_force(rulesets)
        wrong, plans = reach.objections(plan, before, ground, "ann", Plans(anyway=anyway))
        if publish:
            definitions.apply(files(*publish), "ann", rulesets, ZONE, plans)
        return wrong

    return found


def files(*documents: str) -> dict[str, bytes]:
    return {f"{n}.yaml": text.encode() for n, text in enumerate(documents)}


def test_far_more_contacts_than_now_are_told_before_it_happens(objections):
    (found,) = objections([weekly(VIP)], [weekly(EVERYBODY)])
    assert found.code == "surprising"
    assert "20 contacts now, and would for 300" in found.message


def test_others_than_now_are_told_before_it_happens(objections):
    (found,) = objections([weekly(LEADS)], [weekly(CUSTOMERS)])
    assert "0% are customers now, and 100% would be" in found.message


def test_a_segment_that_changes_under_a_journey_is_seen(objections):
    before = [SEGMENT % "vip", journey("{on: segment, id: chosen}")]
    wider = SEGMENT.replace("{if: tag, name: %s}", EVERYBODY)
    (found,) = objections(before, [wider])
    assert "20 contacts now, and would for 300" in found.message


def test_a_filter_that_is_lost_is_seen(objections):
    trigger = "{on: event, event: page.viewed}"
    (found,) = objections([journey(trigger, filtered=VIP)], [journey(trigger)])
    assert "20 contacts now, and would for 300" in found.message


def test_a_new_journey_that_writes_to_nearly_everybody_at_once_is_seen(objections):
    (found,) = objections([], [weekly(EVERYBODY)])
    assert "300 of all 300 contacts" in found.message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [weekly(VIP)]),
        ([], [journey("{on: event, event: page.viewed}")]),
        ([weekly(LEADS)], [weekly(f"{{if: any, conditions: [{LEADS}, {VIP}]}}")]),
        ([weekly(EVERYBODY)], [weekly(EVERYBODY).replace("name: Weekly", "name: Every week")]),
        ([weekly(VIP, purpose="transactional")], [weekly(EVERYBODY, purpose="transactional")]),
    ],
    ids=["few", "whoever-comes", "some-more", "the-same", "owed"],
)
def test_what_is_as_usual_surprises_nobody(objections, before, after):
    assert objections(before, after) == []


def test_what_somebody_else_approved_is_no_surprise(objections):
    from ripely.operations.publishing.gate import approve
    from ripely.operations.publishing.review import review
    from ripely.runtime.backtest.report import content_of

    documents, _ = review(files(TEMPLATE, weekly(EVERYBODY)))
    content = next(content_of(d.definition) for d in documents if d.key[0] == "journey")
    approve("weekly", content, "ann")  # Its author.
    assert objections([weekly(VIP)], [weekly(EVERYBODY)])
    approve("weekly", content, "bob")
    assert objections([weekly(VIP)], [weekly(EVERYBODY)]) == []


def test_whoever_publishes_it_anyway_is_recorded(objections):
    from ripely.records.backtests.models import Override

    assert objections([weekly(VIP)], [weekly(EVERYBODY)], anyway=True) == []
    assert not Override.objects.exists(), "nothing is published yet"
    wrong = ["kind: journey\nid: weekly\n"]
    objections([weekly(VIP)], [weekly(EVERYBODY)], anyway=True, publish=wrong)
    assert not Override.objects.exists(), "nor by this"
    after = [weekly(EVERYBODY)]
    assert objections([weekly(VIP)], after, anyway=True, publish=after) == []
    (kept,) = Override.objects.all()
    assert (kept.journey, kept.by) == ("weekly", "ann")
    assert "would for 300" in kept.missing


def test_an_archive_that_is_away_keeps_nobody_from_publishing_and_says_so(
    objections, ground, monkeypatch
):
    def away(*_: object) -> None:
        raise AskError("the archive has not begun")

    monkeypatch.setattr(type(ground.warehouse), "ask", away)
    (found,) = objections([weekly(VIP)], [weekly(EVERYBODY)])
    assert found.warning
    assert "has not begun" in found.message
