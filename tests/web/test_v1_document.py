"""The document of the API says exactly what the API does: each address, each answer, each refusal."""

import re
import threading
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from openapi_spec_validator import validate

from described import Described
from happenings import DEFINITIONS, NOW, person
from lake import Lake
from ripely.api.asgi import EVENTS, TRIGGERS
from ripely.api.collect import collects
from ripely.api.requests import asks
from ripely.model.event import Event
from ripely.model.ids import EventId, contact_code, derive
from ripely.ports import Answered, AskError, Warehouse

LETTERS = b"""
---
kind: journey
id: news
name: News
triggers: [{on: segment, id: hot}]
goal: {when: {if: did, event: order.completed}, within: 7d}
holdout: 10
start: write
steps: {write: {do: send, template: news}}
---
kind: template
id: news
name: News
subject: News
body: <mjml><mj-body><mj-section><mj-column><mj-text>News</mj-text></mj-column></mj-section></mj-body></mjml>
"""
SEGMENT = "kind: segment\nid: hot\nname: Readers\nwhen: {if: page, match: contains, value: /pricing}\n"  # fmt: skip
JOURNEY = """
kind: journey
id: news
name: Better news
triggers: [{on: event, event: order.completed}]
start: write
steps:
  write: {do: send, template: news, then: later}
  later: {do: wait, for: 2d, then: bye}
  bye: {do: exit, reason: all is said}
"""
ANN = contact_code(person("ann"))
PARTS = ("", "/samples", "/overlap", "/days?days=3", "/members?limit=1", f"/contacts/{ANN}")
READ = (
    "definitions", "definitions?kind=journey", "definitions/journey/welcome", "journeys/news/experiments",
    "contacts", "contacts?q=ann&order=seen&segment=hot", f"contacts/{ANN}", f"contacts/{ANN}/timeline",
    f"contacts/{ANN}/timeline?kind=pages", f"contacts/{ANN}/why",
    f"contacts/{ANN}/why?segment=hot&score=interest&journey=welcome&message=news",
    *(f"audiences/segment/hot{part}" for part in PARTS),
    *(f"audiences/journey/welcome{part}" for part in PARTS),
    f"audiences/segment/hot/members?on={NOW - timedelta(days=1):%Y-%m-%d}",
    "journeys/welcome/paths", "journeys/news/forecast", "journeys/welcome/forecast",
    "journeys/welcome/feasibility", "journeys/welcome/estimates",
    "backtests", "backtests?journey=news",
    "results?days=7", "results?from=2030-02-01&to=2030-02-20&by=week&touch=last",
    "held?days=30&what=message.held", "timings?per=product&first=true", "timings", "automations?days=30&tag.added=2",
    "openapi.json",
)  # fmt: skip
ORDERED = {"event": "order.completed", "properties": {"total": 12}}
ASKED = {
    **{f"audiences/segment/hot{part}": {"document": SEGMENT} for part in PARTS},
    "definitions/check": {"document": f"{JOURNEY}---\nkind: segment\nid: x\n"},
    "journeys/news/paths": {"document": JOURNEY},
    "journeys/news/forecast": {"document": JOURNEY},
    "journeys/news/feasibility": {
        "document": JOURNEY,
        "goal": "less_load",
        "months": 6,
        "figures": {"hours_freed": 3, "price/email": 0.01},
    },
    "journeys/news/preview": {
        "document": JOURNEY,
        "persona": "A subscriber",
        "facts": {"city": "Kyiv"},
        "choices": [ORDERED, {"after_s": 0}],
    },
    "journeys/welcome/preview": {"contact": ANN},
}
WROTE = {
    "journeys/welcome/estimates": {"figures": {"worth": 40}},
    "backtests": {"journey": "news", "document": JOURNEY, "days": 30, "react": "usual"},
}


def event(n, days_ago, name, source="crm", **properties):
    at = int((NOW - timedelta(days=days_ago)).timestamp() * 1000)
    identity = EventId(derive("event", f"{n} {days_ago} {name}"))
    return Event(identity, person(f"p{n}"), name, at, at, properties, source)


@pytest.fixture
def world(world, app, tmp_path, monkeypatch):
    """A shop: Ann and Bob read the prices, forty others buy twice, and are written to and given tags."""
    world.publish(DEFINITIONS + LETTERS)
    for who in ("ann", "bob"):
        world.tell(who, "contact.identified", 500, name=who.title(), email=f"{who}@example.com")
        for n in range(2):
            world.tell(who, "page.viewed", 300 - n, url="https://shop.example/pricing")
    world.fold()
    lake = Lake(tmp_path)
    both = [person("ann"), person("bob")]
    for contact in both:
        stories = app.history.of(contact, 1 << 62, 100)
        lake.keep(
            [event for _, story in stories for event in story.events],
            {contact: [note for _, story in stories for note in story.notes]},
        )
    lake.know(app.profiles.load(both).profiles.values())
    for n in range(40):
        lake.keep([
            *(event(n, day, "order.completed", total=50, currency="EUR", order_id=f"{n}/{day}") for day in (29, 19)),
            *(event(n, day, "email.sent", "dispatch", message=f"{n} {day}", template="news", purpose="marketing") for day in range(60, 67)),
            event(n, 61, "email.unsubscribed", "dispatch"),
            event(n, 10, "form.submitted", form="quote"),
            event(n, 9, "tag.added", tag="hand", by="bob"),
        ])  # fmt: skip
    asking = msgspec.structs.replace(app, warehouse=lake)
    monkeypatch.setattr("ripely.web.middleware.app", lambda: asking)
    return world


@pytest.fixture
def keys(world, monkeypatch):
    from ripely.operations.sources import create_key
    from ripely.runtime.limits import Limit, Rate
    from ripely.web.v1 import access

    monkeypatch.setattr(access, "_limit", Limit(Rate(per_second=1_000, burst=1_000)))
    return {kind: create_key(kind, kind) for kind in ("reader", "server")}


@pytest.fixture
def described(visitor):
    return Described(msgspec.json.decode(visitor.get("/v1/openapi.json").content))


@pytest.fixture
def ask(visitor, keys, described):
    """Ask, and hold the answer against the document; return the path and what was told."""

    def answer(method, address, kind="reader", body=None):
        headers = {"Authorization": f"Bearer {keys[kind]}"} if kind else {}
        text = body if isinstance(body, bytes) else msgspec.json.encode(body) if body else b""
        told = visitor.generic(method, f"/v1/{address}", text, "application/json", headers=headers)  # fmt: skip
        content = told.content
        path = described.check(
            method, f"/v1/{address}", told.status_code, told["Content-Type"], content
        )
        plain = told["Content-Type"] == "application/json"
        return path, told.status_code, msgspec.json.decode(content) if plain else content

    return answer


def test_it_is_a_good_document(described):
    validate(described.document)
    named = [one["operationId"] for one in described.operations.values()]
    assert len(named) == len(set(named))
    assert all(one["summary"].endswith(".") for one in described.operations.values())


def test_every_address_is_in_it_and_every_address_in_it_is_there(described):
    from ripely.web.v1.urls import urlpatterns

    paths = set(described.document["paths"])
    pages = {f"/v1/{p.pattern}".replace("<str:", "{").replace(">", "}") for p in urlpatterns}
    quick = {p for p in paths if collects(p) or asks(p.replace("{", "").replace("}", ""))}
    assert (pages - {"/v1/"}) | quick | {EVENTS, TRIGGERS} == paths
    assert not (pages & quick)
    from ripely.api.collect import _OURS

    assert {p.split("/")[2] for p in quick if collects(p)} == _OURS


def test_every_address_stands_in_the_documentation(described):
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| `([A-Z, ]+) (\S+)` \|.*\| ([\w, ]+) \|$", page, re.MULTILINE)
    told = {
        (method, path): keys for methods, path, keys in rows for method in methods.split(", ")
    }
    ours = {
        key: ", ".join(dict.fromkeys(k for s in one["security"] for kinds in s.values() for k in kinds))
        for key, one in described.operations.items()
        if not quick(key[1])
    }  # fmt: skip
    assert told == {key: kinds or "none" for key, kinds in ours.items()}


def test_every_answer_is_one_that_it_tells_of(ask, described, django_database):
    from ripely.cli.jobs import work

    asked = {("GET", ask("GET", address)[0]) for address in READ}
    asked |= {("POST", ask("POST", at, body=body)[0]) for at, body in ASKED.items()}
    told = {address: ask("POST", address, "server", body) for address, body in WROTE.items()}
    asked |= {("POST", path) for path, _, _ in told.values()}
    kept = ask("GET", "journeys/welcome/estimates")[2]["estimates"]
    assert kept == [told["journeys/welcome/estimates"][2]]
    assert (kept[0]["by"], kept[0]["case"]["figures"]["worth"]["value"]) == ("server", 40)
    number = told["backtests"][2]["id"]
    work(django_database, threading.Event())
    for part in ("", "/report", *(f"/specification?form={form}" for form in ("md", "pdf", "yaml"))):  # fmt: skip
        path, status, _ = ask("GET", f"backtests/{number}{part}")
        assert status == 200
        asked.add(("GET", path))
    asked.add(("POST", ask("POST", f"backtests/{number}/cancel", "server")[0]))
    ours = {key for key, one in described.operations.items() if not quick(key[1])}
    assert asked == ours


def test_good_questions_are_answered_with_something(ask):
    """What would be empty would prove little."""
    told = {address: ask("GET", address) for address in READ}
    assert {status for _, status, _ in told.values()} == {200}
    told |= {f"POST {at}": ask("POST", at, body=body) for at, body in ASKED.items()}
    assert {status for _, status, _ in told.values()} == {200}
    found = {address: answer for address, (_, _, answer) in told.items()}
    assert found["audiences/segment/hot"]["inside"] == 2
    assert found["audiences/segment/hot/samples"]["samples"][0]["why"]["holds"]
    assert found["POST audiences/segment/hot/overlap"]["inside"] == 2
    assert len(found["audiences/segment/hot/days?days=3"]["days"]) == 3
    assert found[f"contacts/{ANN}/timeline"]["passages"]
    assert len(found[f"contacts/{ANN}/why?segment=hot&score=interest&journey=welcome&message=news"]["answers"]) == 4  # fmt: skip
    checked = found["POST definitions/check"]
    assert not checked["sound"]
    assert checked["findings"][0]["code"] == "missing_field"
    assert "name: Welcome call" in found["definitions/journey/welcome"]["document"]
    (goal,) = found["journeys/news/experiments"]["experiments"]
    assert [way["name"] for way in goal["ways"]] == ["held out", "let in"]
    assert found["journeys/news/forecast"]["forecasts"][0]["enough"]
    assert found["POST journeys/news/paths"]["paths"]
    assert found["POST journeys/news/preview"]["turns"][1]["letters"]
    assert found["POST journeys/news/preview"]["ended"]
    assert found["POST journeys/welcome/preview"]["chances"]
    assert found["timings"]["timings"][0]["wait_days"] == 10
    assert found["automations?days=30&tag.added=2"]["suggestions"][0]["kind"] == "tag.added"
    assert found["journeys/welcome/feasibility"]["uplift"] is not None
    assert found["contacts"]["contacts"][0]["contact"] in {ANN, contact_code(person("bob"))}
    assert found["results?days=7"]["series"]


def test_every_refusal_is_one_that_it_tells_of(ask, described):
    for (method, path), one in described.operations.items():
        if quick(path) or not one["security"] or one["security"] == [{}]:
            continue
        address = filled(path)
        assert ask(method, address, "")[1] == 401, path
        assert ask(method, f"{address}?nonsense=1", "server" if is_write(one) else "reader")[1] in {400, 404}  # fmt: skip
        if is_write(one):
            assert ask(method, address, "reader")[1] == 403, path
        if method == "POST" and "requestBody" in one:
            kind = "server" if is_write(one) else "reader"
            assert ask("POST", address, kind, b"[")[1] in {400, 404}, path
            assert ask("POST", address, kind, b" " * 1_000_001)[1] in {413, 404}, path


def test_what_is_nowhere_is_not_found(ask, visitor, described):
    for address in (
        "contacts/nobody", "contacts/nobody/why", "contacts/nobody/timeline", f"contacts/{ANN}/why?segment=x",
        "audiences/segment/x", "audiences/planet/hot", "audiences/segment/hot/contacts/nobody", "journeys/x/paths",
        "journeys/x/forecast", "journeys/x/feasibility", "journeys/x/estimates", "backtests/9", "backtests/x",
        "backtests/9/report", "backtests/9/specification",
        "definitions/journey/x", "journeys/x/experiments",
    ):  # fmt: skip
        _, status, told = ask("GET", address)
        assert (status, told["errors"][0]["code"]) == (404, "not_found"), address
    nowhere = visitor.get("/v1/nowhere")
    assert nowhere.status_code == 404
    described.is_a({"$ref": "#/components/schemas/Refused"}, msgspec.json.decode(nowhere.content))  # fmt: skip


def test_other_methods_are_told_which_there_are(visitor, described):
    for path, methods in described.document["paths"].items():
        if quick(path):
            continue
        told = visitor.delete(f"/v1/{filled(path)}")
        assert told.status_code == 405, path
        assert told["Allow"] == ", ".join(method.upper() for method in methods)
        described.is_a({"$ref": "#/components/schemas/Refused"}, msgspec.json.decode(told.content))  # fmt: skip
    assert visitor.head("/v1/openapi.json").status_code == 200


@pytest.mark.parametrize(
    ("address", "place", "sentence"),
    [
        ("held?days=x", "?days", "Expected a number, got text."),
        ("held?days=0", "?days", "Expected a number >= 1."),
        ("held?what=mail", "?what", "“mail” is none of journey.refused, message.held"),
        ("held?days=1&days=2", "?days", "Say it once."),
        ("held?hours=1", "?hours", "There is no such parameter, only days, what"),
        ("results?from=yesterday", "?from", "Not a day like"),
        ("results?from=2030-03-01&to=2030-02-01", "$", "comes after"),
        ("contacts?after=x", "?after", "no `next` of a page before"),
        (f"contacts/{ANN}?x=1", "?x", "There is none here."),
        (f"contacts/{ANN}/timeline?kind=x", "?kind", "“x” is none of pages"),
        ("audiences/segment/hot/members?on=2031-01-01", "?on", "still to come"),
        ("audiences/segment/hot/members?after=xyz", "?after", "no `next` of a page before"),
        ("automations?tag.added=0", "?tag.added", "a number > 0"),
        ("timings?first=perhaps", "?first", "true or false"),
    ],
)
def test_a_wrong_parameter_is_named(ask, address, place, sentence):
    _, status, told = ask("GET", address)
    (error,) = told["errors"]
    assert (status, error["path"], error["code"]) == (400, place, "invalid")
    assert sentence in error["message"]


@pytest.mark.parametrize(
    ("address", "body", "place", "sentence"),
    [
        ("journeys/news/feasibility", {"goal": "fame"}, "$.goal", "Invalid enum value"),
        ("journeys/news/feasibility", {"figures": {"people": "x"}}, "$.figures[...]", "a number"),
        ("journeys/news/feasibility", {"figures": {"fame": 1}}, "$.figures.fame", "no such figure: people"),
        ("journeys/news/feasibility", {"figures": {"uplift": -300}}, "$", "uplift cannot be"),
        ("journeys/news/feasibility", {"fame": 1}, "$.fame", "no such field"),
        ("journeys/news/preview", {"persona": "The king"}, "$.persona", "is none of A subscriber"),
        ("journeys/news/preview", {"choices": [{"event": "timer.fired"}]}, "$.choices[0]", "nothing that happens"),
        ("journeys/news/paths", {"document": "kind: journey\nid: news\n"}, "$.document", "Line 1:"),
        ("audiences/segment/hot", {"document": "kind: segment\nid: hot\nwhen: {if: tag}"}, "$.document", "Line"),
        ("audiences/journey/news", {"document": JOURNEY}, "$", "nobody can be counted"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_body_is_named(ask, address, body, place, sentence):
    _, status, told = ask("POST", address, body=body)
    assert status == 400
    assert place in [error["path"] for error in told["errors"]]
    assert sentence in " ".join(error["message"] for error in told["errors"])


NONSENSE = ("\0", "9" * 40, "9999-12-31", "é' OR [{" * 50)


@pytest.mark.parametrize("said", NONSENSE)
def test_nonsense_is_refused_and_nothing_else_happens(ask, described, said):
    for (method, path), one in described.operations.items():
        if quick(path):
            continue
        kind = "server" if is_write(one) else "reader"
        places = re.sub(r"\{\w+\}", quote(said, safe=""), path.removeprefix("/v1/"))
        if "\0" not in said:  # That is refused before anything is asked.
            ask(method, places, kind, {} if method == "POST" else None)
        for parameter in one.get("parameters", ()):
            if parameter["in"] == "query":
                name = quote(parameter["name"])
                ask(method, f"{filled(path)}?{name}={quote(said)}", kind)
        schema = one.get("requestBody", {}).get("content", {}).get("application/json", {})
        for name in fields_of(described, schema.get("schema", {})):
            ask(method, filled(path), kind, {name: said})
            ask(method, filled(path), kind, {name: {said: [said]}})


def test_reading_changes_nothing(ask, app):
    from ripely.records.backtests.models import Backtest
    from ripely.records.definitions.models import Draft
    from ripely.records.estimates.models import Estimate

    before = app.rulesets.current(), app.log.tail(1)
    for address in READ:
        ask("GET", address)
    for address, body in ASKED.items():
        ask("POST", address, body=body)
    for address, body in WROTE.items():
        assert ask("POST", address, "reader", body)[1] == 403
    assert (app.rulesets.current(), app.log.tail(1)) == before
    assert not any(model.objects.exists() for model in (Backtest, Draft, Estimate))


def test_pages_follow_one_another(ask):
    first = ask("GET", "audiences/segment/hot/members?limit=1")[2]
    second = ask("GET", f"audiences/segment/hot/members?limit=1&after={first['next']}")[2]
    found = [one["contact"] for page in (first, second) for one in page["members"]]
    assert sorted(found) == sorted([ANN, contact_code(person("bob"))])
    assert second["next"] is None
    for _ in range(21):
        ask("POST", "backtests", "server", {"journey": "news"})
    first = ask("GET", "backtests")[2]
    second = ask("GET", f"backtests?before={first['next']}")[2]
    assert [len(page["backtests"]) for page in (first, second)] == [20, 1]
    assert second["next"] is None


def test_who_asks_too_often_and_who_asks_without_history_are_told(ask, app, monkeypatch):
    class Away(Warehouse):
        dialect = "duckdb"

        def ask(self, sql: str, rows_max: int = 0) -> Answered:
            raise AskError("the archive is being moved")

    asking = msgspec.structs.replace(app, warehouse=Away())
    monkeypatch.setattr("ripely.web.middleware.app", lambda: asking)
    assert ask("GET", "timings")[1:] == (503, refused("history_away", "the archive is being moved"))  # fmt: skip
    from ripely.runtime.limits import Limit, Rate
    from ripely.web.v1 import access

    monkeypatch.setattr(access, "_limit", Limit(Rate(per_second=0.1, burst=1)))
    assert [ask("GET", "definitions")[1] for _ in range(2)] == [200, 429]


def test_minutes_of_every_act_can_be_said():
    from ripely.operations.worth.automations import MINUTES
    from ripely.web.v1.insights import HandAsked

    assert HandAsked.__struct_encode_fields__ == ("days", *MINUTES)


def refused(code, message):
    error = {"path": "$", "code": code, "message": message}
    return {"errors": [error], "success": False}


def fields_of(described, schema):
    """Return the names of the fields of a body."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return described.document["components"]["schemas"].get(name, {}).get("properties", {})


def quick(path):
    """Whether it is answered without the pages."""
    return collects(path) or asks(path.replace("{", "").replace("}", "")) or path in {EVENTS, TRIGGERS}  # fmt: skip


def is_write(operation):
    return all("server" in kinds for one in operation["security"] for kinds in one.values())


def filled(path):
    for name, value in {"{kind}": "segment", "{name}": "hot", "{contact}": ANN, "{journey}": "news", "{number}": "9", "{id}": "hot"}.items():  # fmt: skip
        path = path.replace(name, value)
    return path.removeprefix("/v1/")
