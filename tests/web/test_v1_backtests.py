"""Backtests that other systems ask for, watch, cancel and read."""

import threading

import msgspec
import pytest

DOCUMENT = """
kind: journey
id: thanks
name: Thanks
triggers: [{on: event, event: contact.identified}]
start: call
steps:
  call: {do: task, title: Call}
"""
WANTED = {"journey": "thanks", "document": DOCUMENT, "days": 30}


@pytest.fixture
def keys(world, monkeypatch):
    from ripely.operations.sources import create_key

    world.publish()
    world.tell("carol", "contact.identified", 60, email="carol@example.com")
    world.fold()
    # A bucket for each test: in life they belong to the process.
    from ripely.runtime.limits import Limit
    from ripely.web.v1 import access

    monkeypatch.setattr(access, "_limit", Limit(access.KEY_RATE))
    return {kind: create_key(kind, kind) for kind in ("page", "reader", "server")}


@pytest.fixture
def call(visitor, keys):
    def answer(kind, method, address, status, body=None):
        told = visitor.generic(
            method,
            f"/v1/backtests{address}",
            msgspec.json.encode(body) if isinstance(body, dict) else body or b"",
            "application/json",
            headers={"Authorization": f"Bearer {keys.get(kind, kind)}"},
        )
        assert told.status_code == status, told.content
        return msgspec.json.decode(told.content)

    return answer


def test_a_server_asks_for_one_and_either_key_reads_it(call, django_database):
    from ripely.cli.jobs import work
    from ripely.model.ids import contact_code
    from ripely.operations.backtesting import backtests

    begun = call("server", "POST", "", 202, WANTED)
    assert (begun["state"], begun["by"], begun["journey"]) == ("waiting", "server", "thanks")
    at = f"/{begun['id']}"
    assert "the backtest is waiting" in call("reader", "GET", f"{at}/report", 404)["errors"][0]["message"]  # fmt: skip
    work(django_database, threading.Event())
    assert call("reader", "GET", at, 200)["state"] == "done"
    listed = call("server", "GET", "?journey=thanks", 200)["backtests"]
    assert [one["id"] for one in listed] == [begun["id"]]
    assert call("reader", "GET", "?journey=other", 200)["backtests"] == []
    report = call("reader", "GET", f"{at}/report", 200)
    kept = backtests.report_in(backtests.find(begun["id"]))
    assert report["entered"] == kept.entered > 0
    assert report["examples"][0]["contact"] == contact_code(kept.examples[0].contact)


def test_what_is_kept_as_a_draft_or_in_force_is_tried_without_a_document(call):
    from ripely.operations.backtesting import backtests
    from ripely.operations.publishing import drafts

    drafts.keep(("journey", "thanks"), DOCUMENT, "ann")
    begun = call("server", "POST", "", 202, {"journey": "thanks"})
    assert backtests.journey_of(backtests.find(begun["id"])).name == "Thanks"
    assert call("server", "POST", "", 202, {"journey": "welcome"})["journey"] == "welcome"


def test_history_is_read_where_it_is_said(call):
    begun = call("server", "POST", "", 202, WANTED | {"source": "archive"})
    assert begun["period"]["source"] == "archive"
    call("server", "POST", "", 400, WANTED | {"source": "memory"})


def test_it_is_cancelled_by_a_server_alone(call):
    begun = call("server", "POST", "", 202, WANTED)
    at = f"/{begun['id']}/cancel"
    call("reader", "POST", at, 403)
    assert call("server", "GET", at, 405)["errors"]
    assert call("server", "POST", at, 200)["state"] == "cancelled"
    assert call("server", "POST", at, 200)["state"] == "cancelled"


@pytest.mark.parametrize(("kind", "status"), [("page", 401), ("reader", 403), ("nobody", 401)])
def test_who_may_not_start_starts_nothing(call, kind, status):
    from ripely.records.backtests.models import Backtest

    call(kind, "POST", "", status, WANTED)
    assert not Backtest.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"[", 400, "Expected an object"),
        (b"", 400, "This is not JSON"),
        ({"journey": "thanks", "days": 0}, 400, "a number >= 1"),
        ({"journey": "thanks", "hours": 3}, 400, "no such field"),
        ({"journey": "nothing"}, 404, "nor a draft"),
        ({"journey": "other", "document": DOCUMENT}, 404, "There is no journey"),
        (WANTED | {"document": "kind: journey\nid: thanks\n"}, 400, "Line"),
        (WANTED | {"document": "x" * 200_001}, 400, "length <= 200000"),
    ],
)
def test_what_is_wrong_is_said(call, body, status, sentence):
    from ripely.records.backtests.models import Backtest

    assert sentence in call("server", "POST", "", status, body)["errors"][0]["message"]
    assert not Backtest.objects.exists()


def test_what_is_not_there_is_not_found(call):
    assert "no backtest 9" in call("reader", "GET", "/9", 404)["errors"][0]["message"]
    call("reader", "GET", f"/{'9' * 30}", 404)


def test_no_more_wait_than_can_be_made(call, monkeypatch):
    monkeypatch.setattr("ripely.operations.backtesting.backtests.UNFINISHED_MAX", 1)
    call("server", "POST", "", 202, WANTED)
    assert "wait already" in call("server", "POST", "", 429, WANTED)["errors"][0]["message"]


def test_who_asks_too_often_waits(visitor, keys, call, monkeypatch):
    from ripely.runtime.limits import Limit, Rate
    from ripely.web.v1 import access

    monkeypatch.setattr(access, "_limit", Limit(Rate(per_second=0.1, burst=1)))
    call("reader", "GET", "", 200)
    call("server", "GET", "", 200)  # Each key has its own bucket.
    headers = {"Authorization": f"Bearer {keys['reader']}"}
    refused = visitor.get("/v1/timings", headers=headers)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 9
