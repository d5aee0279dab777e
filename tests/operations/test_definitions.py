import pytest
from psycopg import Connection
from psycopg.errors import RaiseException

from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.rulesets import MemoryRulesets
from ripely.wiring import rulesets_on

ZONE = "Europe/Kyiv"


def segment(name, tag, document="hot"):
    return f"kind: segment\nid: {document}\nname: {name}\nwhen: {{if: tag, name: {tag}}}\n".encode()


@pytest.fixture
def rulesets():
    return MemoryRulesets(MemoryLog())


@pytest.fixture
def definitions(django_database):
    from ripely.operations.publishing import definitions

    return definitions


def versions():
    from ripely.records.definitions.models import Version

    return [(v.kind, v.document, v.number, v.author) for v in Version.objects.all()]


def states(plan):
    return {change.id: change.state for change in plan.changes}


def test_the_first_publishing_makes_first_versions_and_a_ruleset(definitions, rulesets):
    outcome = definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
    assert states(outcome.plan) == {"hot": "added"}
    assert outcome.versions == {"segment/hot": 1}
    assert outcome.ruleset == rulesets.current()
    assert outcome.position is not None
    assert versions() == [("segment", "hot", 1, "ann")]
    published = definitions.in_force(rulesets)
    assert published.timezone == ZONE
    assert [definition.name for definition in published.definitions] == ["Hot"]


def test_the_same_again_publishes_nothing(definitions, rulesets):
    first = definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
    same = b"# Said otherwise, meant the same.\n" + segment('"Hot"', "x")
    again = definitions.apply({"b.yaml": same}, "bob", rulesets, ZONE)
    assert states(again.plan) == {"hot": "unchanged"}
    assert (again.ruleset, again.position) == (first.ruleset, None)
    assert versions() == [("segment", "hot", 1, "ann")]


def test_a_change_is_a_new_version_and_its_lines_are_shown(definitions, rulesets):
    definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
    changed = {"a.yaml": segment("Hot", "y")}
    (change,) = definitions.diff(changed, rulesets).changes
    assert change.state == "changed"
    assert [line for line in change.lines if line[0] in "+-"] == ["-  name: x", "+  name: y"]
    assert definitions.apply(changed, "bob", rulesets, ZONE).versions == {"segment/hot": 2}
    back = definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
    assert back.versions == {"segment/hot": 1}, "the same content is the same version"
    assert back.position is not None
    assert len(versions()) == 2


def test_what_is_not_in_the_folder_stays_unless_it_is_pruned(definitions, rulesets):
    definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
    other = {"b.yaml": segment("Cold", "y", document="cold")}
    kept = definitions.apply(other, "ann", rulesets, ZONE)
    assert states(kept.plan) == {"hot": "missing", "cold": "added"}
    assert set(kept.versions) == {"segment/hot", "segment/cold"}
    pruned = definitions.apply(other, "ann", rulesets, ZONE, prune=True)
    assert states(pruned.plan) == {"hot": "removed", "cold": "unchanged"}
    assert set(pruned.versions) == {"segment/cold"}


def test_what_is_published_may_be_named_from_the_folder_and_not_after_pruning(
    definitions, rulesets
):
    definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
    other = b"kind: segment\nid: warm\nname: Warm\nwhen: {if: not, condition: {if: segment, id: hot}}"
    assert not definitions.diff({"b.yaml": other}, rulesets).errors
    (error,) = definitions.diff({"b.yaml": other}, rulesets, prune=True).errors
    assert error.code == "unknown_reference"


def test_with_a_problem_nothing_at_all_is_published(definitions, rulesets):
    files = {"a.yaml": segment("Hot", "x"), "b.yaml": b"kind: segment\nid: b\nname: B"}
    outcome = definitions.apply(files, "ann", rulesets, ZONE)
    assert [error.path for error in outcome.plan.errors] == ["$.when"]
    assert outcome.ruleset is None
    assert rulesets.current() is None
    assert versions() == []


def test_when_the_log_does_not_take_it_no_version_is_kept(definitions, rulesets):
    def refuse(ruleset, documents):
        raise ConnectionError("the log is away")

    rulesets.publish = refuse
    with pytest.raises(ConnectionError):
        definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
    assert versions() == []


def test_versions_ruleset_and_marker_are_one_transaction(definitions, django_database):
    from django.db import connection, transaction

    connection.ensure_connection()
    rulesets = rulesets_on(connection.connection)
    with transaction.atomic():
        definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
        assert rulesets.current() is not None
        transaction.set_rollback(True)
    assert rulesets.current() is None
    definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
    with Connection.connect(django_database) as other:
        counted = other.execute(
            "SELECT (SELECT count(*) FROM log), (SELECT count(*) FROM rulesets),"
            " (SELECT count(*) FROM definitions_version)"
        ).fetchone()
    assert counted == (1, 1, 1)


@pytest.mark.parametrize("act", ["UPDATE definitions_version SET body = ''", "DELETE FROM definitions_version"])  # fmt: skip
def test_the_database_refuses_to_change_a_version(definitions, rulesets, django_database, act):
    definitions.apply({"a.yaml": segment("Hot", "x")}, "ann", rulesets, ZONE)
    with Connection.connect(django_database) as other, pytest.raises(RaiseException):
        other.execute(act)


def test_publishing_warns_that_a_paused_journey_goes_on(definitions, rulesets):
    journey = (
        b"kind: journey\nid: j\nname: J\ntriggers: [{on: event, event: page.viewed}]\nstart: a\n"
        b"steps: {a: {do: notify, text: Hello}}\n"
    )
    paused = {"a.yaml": journey + b"paused: true\n"}
    assert not definitions.apply(paused, "ann", rulesets, ZONE).plan.findings
    assert not definitions.diff(paused, rulesets).findings
    (warned,) = definitions.diff({"a.yaml": journey}, rulesets).findings
    assert (warned.code, warned.warning) == ("resumes", True)
