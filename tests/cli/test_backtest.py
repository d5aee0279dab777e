"""A journey tried on the past: in the terminal, and in the background."""

import json
import threading
from concurrent.futures.process import BrokenProcessPool

import msgspec
import psycopg
import pytest
from click.testing import CliRunner

from ripely.cli.main import ripely
from ripely.model.backtest import Asked

DRAFT = """
kind: journey
id: remind
name: Remind
triggers: [{on: event, event: product.added}]
start: wait
steps:
  wait: {do: wait, for: 1h, then: ask}
  ask: {do: task, title: Call}
goal: {when: {if: did, event: order.completed}}
"""


@pytest.fixture
def run(database_url):
    def command(*words):
        answer = CliRunner(env={"DATABASE_URL": database_url}).invoke(
            ripely, [*map(str, words)]
        )
        assert answer.exit_code == 0, answer.output
        return answer

    return command


@pytest.fixture
def past(run, tmp_path, database_url):
    """Fifty people with a cart; every fifth buys within the hour."""
    from ripely.runtime.rules import open_rules
    from ripely.runtime.worker import work_once
    from ripely.settings import read_settings
    from ripely.wiring import assemble

    calls = []
    for n in range(50):
        day = f"2026-03-{n % 20 + 1:02}"
        calls.append(
            {
                "type": "track",
                "event": "product.added",
                "anonymousId": f"a{n}",
                "timestamp": f"{day}T10:00:00Z",
            }
        )
        if n % 5 == 0:
            calls.append(
                {
                    "type": "track",
                    "event": "order.completed",
                    "anonymousId": f"a{n}",
                    "timestamp": f"{day}T10:30:00Z",
                }
            )
    path = tmp_path / "past.jsonl"
    path.write_text("".join(json.dumps(call) + "\n" for call in calls))
    run("import", "events", path)
    with assemble(read_settings(), database_url) as app, app.fold_store() as store:
        while work_once(app.log, store, open_rules(app.rulesets)):
            pass
    draft = tmp_path / "draft.yaml"
    draft.write_text(DRAFT)
    return draft


def test_a_draft_is_tried_on_an_imported_past_and_the_report_is_kept(
    past, run, django_database
):
    words = ("backtest", past, "--since", "2026-03-01", "--until", "2026-04-01")
    report = json.loads(run(*words, "--format", "json").stdout)
    assert report["contacts"] == 50
    assert report["entered"] == 50
    assert {one["reason"]: one["times"] for one in report["ends"]} == {
        "goal: goal": 10,
        "the end": 40,
    }
    again = run(*words).stdout
    assert "50 entries of 50 people" in again
    from ripely.operations.backtesting import backtests

    kept = backtests.backtests_of("remind")
    assert [one.state for one in kept] == ["done", "done"]
    assert kept[0].content == report["content"]
    found = backtests.report_in(backtests.find(kept[0].pk))
    assert found.entered == 50


def asked(past, database_url, total=50, source="database"):
    from ripely.model.ids import JourneyId
    from ripely.operations.backtesting import backtests
    from ripely.settings import read_settings
    from ripely.wiring import assemble

    with assemble(read_settings(), database_url) as app:
        draft = draft_in(app, past)
    since_s = 1_772_323_200
    question = Asked(JourneyId("remind"), since_s, since_s + 31 * 86_400, source=source)
    return backtests.ask(draft.published, question, "ann", total)


def test_what_is_asked_for_in_the_background_is_made_once(past, django_database):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    test = asked(past, django_database)
    assert work(django_database, threading.Event()) == 1
    assert work(django_database, threading.Event()) == 0
    done = backtests.find(test.pk)
    assert (done.state, done.contacts) == ("done", 50)
    assert backtests.report_in(done).entered == 50


def test_one_that_is_cancelled_is_not_made(past, django_database):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    test = asked(past, django_database)
    backtests.cancel(test)
    assert backtests.find(test.pk).state == "cancelled"
    assert work(django_database, threading.Event()) == 0


def test_one_that_is_cancelled_while_it_runs_ends_without_a_report(past, django_database):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    test = asked(past, django_database)
    with backtests.claimed() as claimed:
        assert claimed.pk == test.pk
        backtests.cancel(test)
        assert not backtests.progress(test, 1, 1)
    assert work(django_database, threading.Event()) == 1
    assert backtests.find(test.pk).state == "cancelled"
    assert not backtests.find(test.pk).report


def test_one_whose_worker_died_begins_anew(past, django_database):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    test = asked(past, django_database)
    with backtests.claimed():
        pass  # It was begun, and never ended.
    assert backtests.find(test.pk).state == "running"
    work(django_database, threading.Event())
    assert backtests.find(test.pk).state == "done"


def test_the_archive_tells_whom_to_look_at_and_the_report_is_the_same(
    past, run, django_database
):
    from ripely.runtime.archiving import archive_once
    from ripely.runtime.backtest.course import course_of
    from ripely.runtime.backtest.narrowing import candidates
    from ripely.settings import read_settings
    from ripely.wiring import assemble, open_archive

    few, _, _ = (
        past.read_text().replace("product.added}", "order.completed}").partition("goal:")
    )
    past.write_text(few)
    words = (
        "backtest",
        past,
        "--since",
        "2026-03-01",
        "--until",
        "2026-04-01",
        "--format",
        "json",
    )
    before = json.loads(run(*words).stdout)
    with assemble(read_settings(), django_database) as app:
        with open_archive(app) as opened:
            while archive_once(*opened):
                pass
        draft = draft_in(app, past)
        asked = msgspec.json.decode(json.dumps(before["asked"]), type=Asked)
        some = candidates(course_of(draft.published, asked), app.warehouse, app.history)
    assert (
        len(some.contacts)
        == before["entered"] + sum(r["times"] for r in before["refused"])
        == 10
    )
    after = json.loads(run(*words).stdout)
    assert after == before
    archived = json.loads(run(*words, "--from", "archive").stdout)
    assert archived.pop("asked") == {**before.pop("asked"), "source": "archive"}
    assert archived == before


def draft_in(app, past):
    from ripely.operations.backtesting import backtests

    return backtests.draft_of({"draft.yaml": past.read_bytes()}, app.rulesets, "UTC")


def test_one_that_ends_its_worker_each_time_fails_and_lets_the_next_one_go_on(
    past, django_database
):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    bad, good = asked(past, django_database), asked(past, django_database)
    for _ in range(backtests.ATTEMPTS_MAX):
        with backtests.claimed():
            pass  # Whoever worked at it was killed.
        with backtests.claimed():
            pass
    backtests.Backtest.objects.filter(pk=good.pk).update(attempts=0)
    assert work(django_database, threading.Event()) == 1
    assert backtests.find(good.pk).state == "done"
    assert work(django_database, threading.Event()) == 0
    failed = backtests.find(bad.pk)
    assert failed.state == "failed"
    assert "3 times" in failed.error


def test_what_nobody_has_begun_comes_before_what_somebody_died_of(past, django_database):
    from ripely.operations.backtesting import backtests

    bad, good = asked(past, django_database), asked(past, django_database)
    with backtests.claimed() as first:
        assert first.pk == bad.pk
    with backtests.claimed() as second:
        assert second.pk == good.pk


def test_whoever_is_told_to_stop_gives_it_back_and_that_is_no_attempt(past, django_database):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    test, told = asked(past, django_database), threading.Event()
    told.set()
    assert work(django_database, told) == 1
    assert (backtests.find(test.pk).state, backtests.find(test.pk).attempts) == ("waiting", 0)


def test_two_workers_never_work_at_the_same_one(past, django_database):
    from django.db import connection

    from ripely.operations.backtesting import backtests

    first, second = asked(past, django_database), asked(past, django_database)
    found = []

    def other():
        try:
            with backtests.claimed() as also:
                found.append(also.pk)
        finally:
            connection.close()

    with backtests.claimed() as mine:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert mine.pk == first.pk
    assert found == [second.pk]


def test_who_lost_it_to_another_can_keep_no_report(past, django_database):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    test = asked(past, django_database)
    with backtests.claimed() as lost:
        pass
    work(django_database, threading.Event())
    report = backtests.find(test.pk).report
    backtests.give_up(lost, "late")
    assert not backtests.progress(lost, 1, 1)
    kept = backtests.find(test.pk)
    assert (kept.state, kept.report) == ("done", report)


def forget(database_url, contact):
    """Do what is left to do when somebody has asked to be forgotten."""
    from ripely.adapters.postgres.dispatcher import Dispatcher
    from ripely.adapters.postgres.outbox import PostgresOutbox
    from ripely.model.effect import ForgetContact
    from ripely.ports import Finished

    with psycopg.connect(database_url, autocommit=True) as connection:
        gone = ForgetContact(id="f", contact=contact, decided_ms=0, event=0, kept="")
        PostgresOutbox(Dispatcher(connection)).finish(Finished(ids=[], forgotten=[gone]))


def test_reports_do_not_name_who_was_forgotten_before_or_meanwhile(past, django_database):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    before = asked(past, django_database)
    work(django_database, threading.Event())
    report = backtests.report_in(backtests.find(before.pk))
    gone, other = (one.contact for one in report.examples[:2])
    asked(past, django_database)
    with backtests.claimed() as running:
        forget(django_database, gone)
        backtests.finish(running, report)
    for number in (before.pk, running.pk):
        kept = backtests.find(number).report
        assert f'"contact":{gone}' not in kept
        assert f'"contact":{other}' in kept
        assert backtests.report_in(backtests.find(number)).entered == report.entered


@pytest.mark.parametrize(
    "lost", [BrokenProcessPool("a process was killed"), psycopg.OperationalError("it is away")]
)
def test_a_process_that_is_killed_is_no_end_of_it_until_the_third_time(
    past, django_database, monkeypatch, lost
):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    def killed(*_):
        raise lost

    monkeypatch.setattr("ripely.cli.backtesting.compute", killed)
    test = asked(past, django_database)
    for _ in range(3):
        assert backtests.find(test.pk).state in backtests.UNFINISHED
        assert work(django_database, threading.Event()) == 1
    assert work(django_database, threading.Event()) == 0
    failed = backtests.find(test.pk)
    assert (failed.state, failed.attempts) == ("failed", 3)
    assert "more memory" in failed.error


def test_who_loses_the_database_in_the_terminal_has_it_made_in_the_background(
    past, django_database, monkeypatch
):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests

    def lost(*_):
        raise psycopg.OperationalError("it is away")

    with monkeypatch.context() as patched:
        patched.setattr("ripely.cli.backtest.compute", lost)
        words = ["backtest", str(past), "--since", "2026-03-01", "--until", "2026-04-01"]
        answer = CliRunner(env={"DATABASE_URL": django_database}).invoke(ripely, words)
    assert answer.exit_code == 1
    assert "The database went away" in answer.output
    assert work(django_database, threading.Event()) == 1
    assert [one.state for one in backtests.backtests_of("remind")] == ["done"]


def test_one_that_is_cancelled_while_the_archive_is_asked_ends_its_question(
    past, django_database, monkeypatch
):
    from ripely.adapters.ducklake.warehouse import DuckLakeWarehouse
    from ripely.cli.backtesting import compute
    from ripely.operations.backtesting import backtests
    from ripely.ports import AskError
    from ripely.runtime.backtest.running import CancelledError

    begun, ended = threading.Event(), threading.Event()

    def takes_long(*_):
        begun.set()
        assert ended.wait(60), "nobody ended the question"
        raise AskError("The question was broken off.")

    monkeypatch.setattr(DuckLakeWarehouse, "ask", takes_long)
    monkeypatch.setattr(DuckLakeWarehouse, "stop", lambda _: ended.set())
    test = asked(past, django_database)
    told = bytes(test.documents), backtests.asked_of(test)
    with pytest.raises(CancelledError):
        compute(django_database, *told, lambda *_: not begun.is_set())
    assert ended.is_set()


def test_in_the_background_it_reads_the_archive_or_says_that_there_is_none(
    past, django_database
):
    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests
    from ripely.runtime.archiving import archive_once
    from ripely.settings import read_settings
    from ripely.wiring import assemble, open_archive

    plain, early = (
        asked(past, django_database, source=source) for source in ("database", "archive")
    )
    for _ in range(2):
        work(django_database, threading.Event())
    failed = backtests.find(early.pk)
    assert failed.state == "failed"
    assert failed.error.startswith("The archive cannot be ")
    with assemble(read_settings(), django_database) as app, open_archive(app) as opened:
        while archive_once(*opened):
            pass
    late = asked(past, django_database, source="archive")
    work(django_database, threading.Event())
    one, other = (backtests.report_in(backtests.find(test.pk)) for test in (plain, late))
    assert other.entered == 50
    assert msgspec.structs.replace(other, asked=one.asked) == one
