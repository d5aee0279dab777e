"""What a company asks for before a journey goes out."""

import msgspec
import pytest

from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.rulesets import MemoryRulesets

ZONE = "UTC"
COMPANY = "kind: company\nid: company\npublishing: {needs: %s, approvals: %d}\n"


def journey(title: str, *, paused: bool = False) -> bytes:
    said = "paused: true\n" if paused else ""
    return f"""
kind: journey
id: remind
name: Remind
{said}triggers: [{{on: event, event: cart.updated}}]
start: ask
steps: {{ask: {{do: task, title: {title}}}}}
""".encode()


@pytest.fixture
def definitions(django_database):
    from ripely.operations.publishing import definitions

    return definitions


@pytest.fixture
def publish(definitions):
    from ripely.operations.publishing.people import Plans

    rulesets = MemoryRulesets(MemoryLog())

    def apply(body: bytes, author: str = "ann", *, anyway: bool = False):
        files = {"a.yaml": body}
        return definitions.apply(files, author, rulesets, ZONE, Plans(anyway=anyway))

    apply.rulesets = rulesets
    return apply


@pytest.fixture
def tried(definitions, publish):
    """Have a backtest of a journey done, asked for by somebody."""
    from ripely.model.backtest import Report
    from ripely.operations.backtesting import backtests
    from ripely.runtime.backtest.course import course_of
    from ripely.runtime.backtest.findings import Findings
    from ripely.runtime.backtest.report import report_of

    def done(body: bytes, author: str = "ann") -> Report:
        draft = backtests.draft_of({"a.yaml": body}, publish.rulesets, ZONE)
        asked = backtests.Asked("remind", 1, 2)
        report = report_of(course_of(draft.published, asked), Findings())
        with backtests.begun(draft.published, asked, author, total=0) as test:
            backtests.finish(test, report)
        return report

    return done


def wrong(outcome) -> list[str]:
    return [finding.message for finding in outcome.plan.errors]


def test_nothing_is_asked_for_unless_the_company_does(publish):
    assert publish(journey("Call")).position is not None


def test_a_journey_that_was_not_tried_is_not_published_and_one_that_was_is(publish, tried):
    publish((COMPANY % ("backtest", 0)).encode())
    refused = publish(journey("Call"))
    assert refused.ruleset is None
    assert wrong(refused) == [
        "“Remind” is not published: it needs a backtest of exactly this content, and has none."
    ]
    tried(journey("Call"))
    assert publish(journey("Call")).position is not None
    assert wrong(publish(journey("Write")))  # Other words are other content.


def test_a_pause_and_what_was_in_force_before_need_nothing_new(publish, tried):
    publish(journey("Call"))
    publish(journey("Write"))
    publish((COMPANY % ("backtest", 2)).encode())
    assert not wrong(publish(journey("Write", paused=True)))
    assert not wrong(publish(journey("Call")))


def test_it_is_approved_by_others_than_who_publishes_and_who_tried_it(publish, tried):
    from ripely.operations.publishing import gate

    publish((COMPANY % ("preview", 1)).encode())
    content = tried(journey("Call"), "tom").content
    for own in ("ann", "tom"):
        gate.approve("remind", content, own)
    assert "approval of somebody else" in wrong(publish(journey("Call")))[0]
    gate.approve("remind", content, "mia")
    assert not wrong(publish(journey("Call")))


def test_a_preview_is_enough_where_a_preview_is_asked_for(publish, definitions):
    from ripely.operations.backtesting import backtests
    from ripely.operations.publishing import gate

    publish((COMPANY % ("preview", 0)).encode())
    assert wrong(publish(journey("Call")))
    draft = backtests.draft_of({"a.yaml": journey("Call")}, publish.rulesets, ZONE)
    ((_, shown),) = draft.published.journeys
    gate.record_preview(msgspec.structs.replace(shown, paused=True), "ann")
    assert not wrong(publish(journey("Call")))


def test_anyway_is_recorded_with_who_and_what_was_missing(publish, definitions):
    from ripely.records.backtests.models import Override

    publish((COMPANY % ("backtest", 1)).encode())
    assert publish(journey("Call"), anyway=True).position is not None
    (kept,) = Override.objects.all()
    assert (kept.journey, kept.by) == ("remind", "ann")
    assert "backtest" in kept.missing
    assert "approval" in kept.missing


def test_what_is_not_published_is_not_passed_over_either(publish, monkeypatch):
    """The log takes the ruleset last: without it there is no version, and nothing was overridden."""
    from ripely.records.backtests.models import Override
    from ripely.records.definitions.models import Version

    publish((COMPANY % ("backtest", 1)).encode())
    versions = Version.objects.count()

    def broken(*_: object) -> int:
        raise ConnectionError("the log is away")

    with monkeypatch.context() as away:
        away.setattr(publish.rulesets, "publish", broken)
        with pytest.raises(ConnectionError):
            publish(journey("Call"), anyway=True)
    assert not Override.objects.exists()
    assert Version.objects.count() == versions
    assert publish(journey("Call"), anyway=True).position is not None
    assert Override.objects.count() == 1


def test_what_was_approved_is_that_content_alone(publish):
    """Also when it changes between the approval and publishing, or an approved content comes back."""
    from ripely.operations.publishing import gate
    from ripely.operations.publishing.review import review
    from ripely.runtime.backtest.report import content_of

    publish((COMPANY % ("none", 1)).encode())
    (document,), _ = review({"a.yaml": journey("Call")})
    gate.approve("remind", content_of(document.definition), "mia")
    assert "approval of somebody else" in wrong(publish(journey("Call now")))[0]
    assert not wrong(publish(journey("Call")))
    assert "approval of somebody else" in wrong(publish(journey("Call now")))[0]


def test_what_somebody_else_published_meanwhile_is_not_undone(publish, definitions):
    from ripely.operations.publishing.people import Plans

    publish(journey("Call"))
    looked_at = Plans(seen=definitions.in_force(publish.rulesets).versions)
    assert publish(journey("Write"), "bob").position is not None

    def late(body: bytes, plans: Plans = looked_at):
        return definitions.apply({"a.yaml": body}, "ann", publish.rulesets, ZONE, plans)

    refused = late(journey("Ask"))
    assert refused.ruleset is None
    sentence = "Somebody else has published “remind” meanwhile: version 2 of it is in force, and version 1 was."
    assert wrong(refused) == [f"{sentence} Look at it again."]
    assert not wrong(late(journey("Write"))), "who says the same undoes nothing"
    assert not wrong(late(journey("Ask").replace(b"id: remind", b"id: other")))
    again = Plans(seen=definitions.in_force(publish.rulesets).versions)
    assert late(journey("Ask"), again).position is not None


def test_of_two_who_publish_at_once_one_comes_first_and_the_other_is_told(definitions, publish):
    """Both looked at the same; their turns are taken in the database."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    from ripely.operations.publishing.people import Plans

    publish(journey("Call"))
    looked_at = Plans(seen=definitions.in_force(publish.rulesets).versions)
    together = Barrier(2)

    def apply(title: str):
        together.wait()
        try:
            files = {"a.yaml": journey(title)}
            return definitions.apply(files, title, publish.rulesets, ZONE, looked_at)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(apply, ("Write", "Ask")))
    (done,) = [one for one in outcomes if one.position is not None]
    (told,) = [one for one in outcomes if one.position is None]
    assert "Somebody else has published" in wrong(told)[0]
    assert publish.rulesets.current() == done.ruleset
