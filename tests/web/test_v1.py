"""Questions of other systems: answered in JSON, to whoever has a key for reading."""

import asyncio
from base64 import b64encode
from datetime import timedelta

import msgspec
import pytest

from happenings import NOW, person
from lake import Lake
from ripely.adapters.postgres.write_keys import PostgresWriteKeys
from ripely.model.event import Event
from ripely.model.ids import EventId, contact_code, derive
from ripely.ports import Answered, AskError, Warehouse


@pytest.fixture
def world(world, app, tmp_path, monkeypatch):
    world.publish()
    world.tell("carol", "page.viewed", 120, url="https://shop.example/pricing")
    world.tell("carol", "contact.identified", 60, email="carol@example.com", name="Carol")
    world.fold()
    lake = Lake(tmp_path)
    for n in range(40):
        lake.keep([order(n, 29), order(n, 19)])
    asking = msgspec.structs.replace(app, warehouse=lake)
    monkeypatch.setattr("ripely.web.middleware.app", lambda: asking)
    return world


@pytest.fixture
def key(world):
    from ripely.operations.sources import create_key

    return create_key("Reports", "reader")


@pytest.fixture
def ask(visitor, key):
    def answer(address, status=200, body=None):
        headers = {"Authorization": f"Bearer {key}"}
        if body is None:
            told = visitor.get(f"/v1/{address}", headers=headers)
        else:
            text = body if isinstance(body, str) else msgspec.json.encode(body).decode()
            told = visitor.post(f"/v1/{address}", text, "application/json", headers=headers)
        assert told.status_code == status, told.content
        assert told["Content-Type"] == "application/json"
        return msgspec.json.decode(told.content)

    return answer


def order(n, days_ago):
    at = int((NOW - timedelta(days=days_ago)).timestamp() * 1000)
    identity = EventId(derive("event", f"{n} {days_ago}"))
    return Event(identity, person(f"p{n}"), "order.completed", at, at, {"total": 50})


def test_why_is_answered_by_code_in_one_call(ask):
    carol = contact_code(person("carol"))
    told = ask(f"contacts/{carol}/why?segment=hot&score=interest")
    (segment, score) = told["answers"]
    assert segment["answer"] == "Is not in the segment “Hot people”."
    assert [row["holds"] for row in segment["rows"][0]["inner"]] == [False, True]
    assert score["answer"] == "“Interest” is 10, “cold”."
    assert ask(f"contacts/{carol}/why") == {
        "contact": carol,
        "answers": [],
        "next": [],
    }


def test_what_is_unknown_is_said(ask):
    assert (
        "Nobody is known" in ask("contacts/nobody@example.com/why", 404)["errors"][0]["message"]
    )
    carol = contact_code(person("carol"))
    assert (
        "no segment “x”" in ask(f"contacts/{carol}/why?segment=x", 404)["errors"][0]["message"]
    )
    for question in ("feasibility", "forecast"):
        told = ask(f"journeys/x/{question}", 404)["errors"]
        assert "no journey" in told[0]["message"]


def test_questions_about_the_whole(ask):
    assert ask("timings")["timings"][0]["wait_days"] == 10
    assert ask("automations") == {"suggestions": []}
    assert ask("journeys/welcome/forecast") == {"forecasts": []}  # It sends nothing.
    nothing = {"lines": [], "more_lines": 0, "people": [], "people_in_all": 0}
    assert ask("held") == nothing


def test_a_journey_is_reckoned_and_nothing_is_kept(ask):
    assert ask("journeys/welcome/feasibility")["verdict"]["decision"] == "do_not"
    said = {"figures": {"hours_freed": 3}, "goal": "less_load"}
    assert ask("journeys/welcome/feasibility", body=said)["verdict"]["decision"] == "automate"
    from ripely.operations.worth.promises import promises

    assert promises("welcome") == []  # The key of a reader writes nothing.


@pytest.mark.parametrize("kind", ["page", "server", "reader"])
def test_only_a_key_for_reading_that_still_holds_reads(visitor, world, kind):
    from ripely.operations.sources import create_key, keys, revoke_key

    key = create_key("Other", kind)
    basic = {"Authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}
    status = visitor.get("/v1/timings", headers=basic).status_code
    assert status == (200 if kind == "reader" else 401)
    revoke_key(keys()[0], NOW)
    assert visitor.get("/v1/timings", headers=basic).status_code == 401


def test_a_key_for_reading_sends_nothing(world, key):
    assert asyncio.run(PostgresWriteKeys(world.app.database_url).sources()) == {}


@pytest.mark.parametrize("said", ["", "Basic ?", "Basic /w==", "Bearer", "Bearer x"])
def test_without_a_key_nothing_is_told(visitor, world, said):
    assert visitor.get("/v1/timings", headers={"Authorization": said}).status_code == 401


def test_when_history_is_away_it_is_said(ask, app, monkeypatch):
    class Away(Warehouse):
        dialect = "duckdb"

        def ask(self, sql: str, rows_max: int = 0) -> Answered:
            raise AskError("the archive is being moved")

    asking = msgspec.structs.replace(app, warehouse=Away())
    monkeypatch.setattr("ripely.web.middleware.app", lambda: asking)
    assert ask("timings", 503)["errors"][0]["message"] == "the archive is being moved"


@pytest.mark.parametrize("part", ["", "/samples", "/overlap", "/days", "/members"])
def test_an_audience_of_very_many_conditions_is_refused_at_once(ask, part):
    rows = ", ".join(f"{{if: tag, name: t{n}}}" for n in range(101))
    document = f"kind: segment\nid: hot\nname: Hot\nwhen: {{if: any, conditions: [{rows}]}}\n"
    (wrong,) = ask(f"audiences/segment/hot{part}", 400, {"document": document})["errors"]
    assert [wrong["path"], wrong["code"]] == ["$.document", "too_large"]
    assert "more than 100 conditions" in wrong["message"]


def test_a_number_that_is_not_whole_is_said_to_be_that(ask):
    (wrong,) = ask("journeys/thanks/feasibility", 400, {"months": 1.5})["errors"]
    assert wrong["path"] == "$.months"
    assert wrong["message"] == "Expected a whole number."
