"""The web process as a whole: what is answered where, and what happens when the database goes away."""

import json
import re
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import psycopg

from api.collecting import KEY, SERVER_KEY

VIEW = {"type": "page", "anonymousId": "device", "properties": {"url": "https://x.org/"}}


def ask(url, content=None, **headers):
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, dict(refused.headers), refused.read()


def send(live, number: int) -> int:
    batch = [VIEW | {"messageId": f"m{number}"}]
    return ask(f"{live.origin}/v1/batch", {"writeKey": KEY, "batch": batch})[0]


def test_the_tracker_is_served_small_and_cached(live) -> None:
    status, headers, script = ask(f"{live.origin}/ripely.js")
    assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert b"/v1/batch" in script
    _, zipped, body = ask(f"{live.origin}/ripely.js", **{"Accept-Encoding": "gzip"})
    assert zipped["content-encoding"] == "gzip"
    assert len(body) < len(script) / 2
    same = ask(f"{live.origin}/ripely.js", **{"If-None-Match": headers["etag"]})
    assert (same[0], same[2]) == (304, b"")


def test_pages_and_collector_share_an_address(live) -> None:
    assert send(live, 1) == 200
    status, _, page = ask(f"{live.origin}/")
    assert status == 200
    assert b"<html" in page
    assert live.names() == ["page.viewed"]


def test_requests_and_catalogues_share_it_too(live) -> None:
    told = {"email": "ann@example.org", "status": "paid"}
    assert ask(f"{live.origin}/hooks/crm?key={SERVER_KEY}", told)[0] == 202
    assert live.names() == ["contact.identified", "webhook.received"]
    start = f"{live.origin}/v1/journeys/thanks/start?key={SERVER_KEY}"
    status, _, answer = ask(start, {"contact": {"email": "ann@example.org"}})
    assert (status, b"These have it: none." in answer) == (400, True)
    for catalogue in ("events", "triggers"):
        status, _, answer = ask(f"{live.origin}/v1/{catalogue}")
        assert (status, len(json.loads(answer)[catalogue]) > 150) == (200, True)


def test_what_is_asked_of_history_shares_it_too(live) -> None:
    """Every address of the document leads to what answers it."""
    status, _, body = ask(f"{live.origin}/v1/openapi.json")
    assert status == 200
    led_astray = []
    for path, methods in json.loads(body)["paths"].items():
        address = re.sub(r"\{\w+\}", "1", path)
        for method in methods:
            status, headers, answer = ask(f"{live.origin}{address}", {} if method == "post" else None)  # fmt: skip
            good = status in {200, 400, 401, 404} and b"There is nothing at" not in answer
            if not (good and headers["content-type"] in {"application/json", "image/gif"}):
                led_astray.append((method, path, status))
    assert not led_astray
    status, _, answer = ask(f"{live.origin}/v1/nowhere")
    assert (status, json.loads(answer)["errors"][0]["code"]) == (404, "not_found")


def test_a_database_that_goes_away_and_comes_back(live, postgres, eventually) -> None:
    database = urlsplit(live.database_url).path.strip("/")
    answered = {number: send(live, number) for number in range(5)}
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])  # fmt: skip
        answered |= {number: send(live, number) for number in range(5, 10)}
        status, headers, _ = ask(f"{live.origin}/v1/batch", {"writeKey": KEY, "batch": [VIEW]})
        assert (status, headers["retry-after"]) == (503, "1")
        assert ask(f"{live.origin}/healthz")[0] == 503
        server.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
    eventually(lambda: ask(f"{live.origin}/healthz")[0] == 200)
    answered |= {number: send(live, number) for number in range(10, 15)}
    assert set(answered.values()) == {200, 503}
    assert all(answered[number] == 200 for number in (0, 1, 2, 3, 4, 10, 11, 12, 13, 14))
    assert len(live.events()) == list(answered.values()).count(200)
