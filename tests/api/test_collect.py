"""What a client of the collector may rely on."""

import gzip
import json
from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import example, given, strategies as st

from api.collecting import KEY, NOW_MS, SERVER_KEY, ClosedGate, Collector
from ripely.adapters.postgres.chunk import encode
from ripely.api.collect import BODY_BYTES_MAX, Limits
from ripely.model.ids import fingerprint
from ripely.runtime.limits import ASKERS_MAX, Limit, Rate

VIEW = {"type": "page", "anonymousId": "a1", "properties": {"url": "https://x.org/a"}}


def test_a_good_call_is_kept(collector) -> None:
    answer = collector.post("/v1/page", VIEW)
    assert (answer.status, answer.json) == (200, {"success": True})
    (event,) = collector.events
    assert (event.name, event.source, event.received_ms) == ("page.viewed", "shop", NOW_MS)
    assert event.properties == {"url": "https://x.org/a", "path": "/a"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("track", "x"), ("t", "x"), ("page", "page.viewed"), ("p", "page.viewed"),
        ("screen", "screen.viewed"), ("identify", "contact.identified"), ("i", "contact.identified"),
        ("group", "company.joined"), ("alias", "contact.aliased"),
    ],
)  # fmt: skip
def test_the_path_says_the_type(collector, path, name) -> None:
    call = {"userId": "u", "event": "x", "groupId": "g", "previousId": "p"}
    assert collector.post(f"/v1/{path}", call).status == 200
    assert collector.events[-1].name == name


@pytest.mark.parametrize("path", ["batch", "b", "import"])
def test_a_batch_is_many_calls(collector, path) -> None:
    assert (
        collector.post(f"/v1/{path}", {"batch": [VIEW, VIEW | {"messageId": "m"}]}).status
        == 200
    )
    assert len(collector.events) == 2


def test_good_events_survive_bad_neighbours(collector) -> None:
    bad = [
        {"type": "track", "userId": "u"},
        7,
        {"type": "page", "userId": {}},
        {"type": "song"},
    ]
    answer = collector.post("/v1/batch", {"batch": [VIEW, *bad, VIEW | {"messageId": "2"}]})
    assert answer.status == 400
    assert answer.json["accepted"] == len(collector.events) == 2
    assert answer.paths == [
        "$.batch[1].event",
        "$.batch[2]",
        "$.batch[3].userId",
        "$.batch[4].type",
    ]
    assert all(error["message"].endswith(".") for error in answer.json["errors"])


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 20_000, b'{"batch": 1}']
)
def test_what_is_no_call_is_refused_with_a_place(collector, body) -> None:
    for path in ("/v1/track", "/v1/batch"):
        answer = collector.post(path, body)
        assert answer.status == 400
        assert answer.paths[0].startswith("$")


BY_SERVERS = [
    {"type": "track", "userId": "u", "event": said}
    for said in ("deal.won", "Deal Won", " DEAL WON ", "Payment Received", "task.done", "tag.added")
]  # fmt: skip


def test_what_only_a_server_may_say_a_page_may_not(collector) -> None:
    answer = collector.post("/v1/batch", {"batch": [VIEW, *BY_SERVERS]})
    assert (answer.status, answer.json["accepted"], len(collector.events)) == (400, 1, 1)
    assert answer.paths == [f"$.batch[{number}].event" for number in range(1, 7)]
    told = [error["message"] for error in answer.json["errors"]]
    assert told[1] == "Only a server may say 'deal.won': it needs a server key."
    for path in ("/v1/import", "/v1/b"):
        assert collector.post(path, {"batch": BY_SERVERS}).json["accepted"] == 0
    assert collector.post("/v1/track", BY_SERVERS[0]).paths == ["$.event"]
    data = urlsafe_b64encode(json.dumps(BY_SERVERS[0] | {"writeKey": KEY}).encode()).decode()
    assert collector.get("/v1/pixel", f"data={data}").status == 400
    assert len(collector.events) == 1


def test_a_server_may_say_all_but_what_only_ripely_says(collector) -> None:
    both = [VIEW, *BY_SERVERS, {"type": "track", "userId": "u", "event": "timer.fired"}]
    answer = collector.post("/v1/batch", {"batch": both}, key=SERVER_KEY)
    assert (answer.paths, answer.json["accepted"]) == (["$.batch[7].event"], 7)
    assert {event.source for event in collector.events} == {"server", "identity"}
    in_body = {"batch": BY_SERVERS, "writeKey": SERVER_KEY}
    assert collector.post("/v1/batch", in_body, key=None).status == 200


def test_a_page_says_what_visitors_do_agree_to_and_make_up(collector) -> None:
    said = ("Order Completed", "Quote Accepted", "Seat Chosen", "Consent Granted", "Topic Left")
    batch = [{"type": "track", "anonymousId": "a", "event": one} for one in said]
    agreed = {"type": "identify", "userId": "u", "traits": {"consent": {"marketing": True}}}
    assert collector.post("/v1/batch", {"batch": [*batch, agreed]}).status == 200


@pytest.mark.parametrize("where", ["traits", "context"])
def test_a_page_does_not_say_who_is_told_of_a_contact(collector, where) -> None:
    traits = {"owner": "stranger@example.org", "city": "Kyiv"}
    said = {"traits": traits} if where == "traits" else {"context": {"traits": traits}}
    call = {"type": "identify", "userId": "u", **said}
    answer = collector.post("/v1/batch", {"batch": [VIEW, call]})
    assert (answer.paths, answer.json["accepted"]) == (["$.batch[1].traits.owner"], 1)
    assert collector.post("/v1/identify", call, key=SERVER_KEY).status == 200
    assert collector.events[-1].properties["owner"] == "stranger@example.org"


def test_who_reads_what_is_kept_of_a_server_key_cannot_send(collector) -> None:
    assert collector.post("/v1/page", VIEW, key=fingerprint(SERVER_KEY)).status == 401


def test_only_a_server_joins_two_users(collector) -> None:
    alias = {"userId": "new", "previousId": "old"}
    for user in ("new", "old"):
        collector.post("/v1/identify", {"userId": user})
    collector.post("/v1/alias", alias)
    assert "contact.merged" not in {event.name for event in collector.events}
    collector.post("/v1/alias", alias, key=SERVER_KEY)
    assert "contact.merged" in {event.name for event in collector.events}


def test_nobody_is_not_a_contact(collector) -> None:
    for nobody in (None, "", " ", "undefined", "null"):
        answer = collector.post("/v1/track", {"event": "x", "userId": nobody})
        assert answer.paths == ["$.userId"]


def test_an_event_may_have_32_kb(collector) -> None:
    large = VIEW | {"properties": {"text": "x" * 33_000}}
    answer = collector.post("/v1/batch", {"batch": [large, VIEW]})
    assert (answer.status, answer.json["accepted"]) == (400, 1)
    assert "32 kB" in answer.json["errors"][0]["message"]


def test_a_request_has_limits_zipped_and_unzipped(collector) -> None:
    assert collector.post("/v1/batch", b" " * (BODY_BYTES_MAX + 1)).status == 413
    bomb = gzip.compress(b" " * 50_000_000)
    assert collector.post("/v1/batch", bomb, content_encoding="gzip").status == 413


def test_a_body_may_be_zipped_and_come_in_parts(collector) -> None:
    body = gzip.compress(json.dumps({"batch": [VIEW], "writeKey": KEY}).encode())
    answer = collector.ask("POST", "/v1/batch", body, {"content-encoding": "gzip"}, parts=5)
    assert answer.status == 200
    assert len(collector.events) == 1


def test_broken_gzip_is_the_clients_mistake(collector) -> None:
    for body in (b"not gzip", gzip.compress(b"{}")[:-4], b""):
        assert collector.post("/v1/batch", body, content_encoding="gzip").status == 400


def test_a_key_may_be_in_the_body_as_beacons_send_it(collector) -> None:
    body = json.dumps({"batch": [VIEW], "writeKey": KEY}).encode()
    assert collector.post("/v1/batch", body, key=None, content_type="text/plain").status == 200


def test_an_unknown_key_is_refused(collector) -> None:
    assert collector.post("/v1/page", VIEW, key="guess").status == 401
    assert collector.post("/v1/page", VIEW, key=None).status == 401
    assert collector.post("/v1/page", VIEW, key=None, authorization="Basic !").status == 401
    assert collector.post("/v1/page", VIEW, key=None, authorization="Bearer x").status == 401
    assert not collector.events


def test_wrong_keys_do_not_ask_the_database_each_time(collector) -> None:
    for n in range(20):
        collector.post("/v1/page", VIEW, key=f"guess {n}")
    assert collector.keys.asked == 1


def test_known_keys_outlive_the_database(collector) -> None:
    collector.post("/v1/page", VIEW)
    collector.keys.away = True
    assert collector.post("/v1/page", VIEW).status == 200


def test_without_a_database_nothing_is_promised() -> None:
    collector = Collector()
    collector.keys.away = True
    answer = collector.post("/v1/page", VIEW)
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert collector.get("/healthz").status == 503


def test_a_full_queue_is_said(collector) -> None:
    answer = Collector(gate=ClosedGate()).post("/v1/page", VIEW)
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


def test_a_flood_is_refused_for_a_while() -> None:
    for limits in (Limits(key=Rate(0.5, 3)), Limits(address=Rate(0.5, 3))):
        collector = Collector(limits)
        answers = [collector.post("/v1/page", VIEW) for _ in range(4)]
        assert [a.status for a in answers] == [200, 200, 200, 429]
        assert answers[-1].headers["retry-after"] == "2"
        assert len(collector.events) == 3


def test_a_limit_refills_and_forgets() -> None:
    limit = Limit(Rate(per_second=2, burst=2))
    assert [limit.wait_s("ann", 0.0) for _ in range(3)] == [0, 0, 0.5]
    assert limit.wait_s("bob", 0.0) == 0
    assert limit.wait_s("ann", 0.5) == 0
    for n in range(2 * ASKERS_MAX):
        limit.wait_s(n, 0.5)
    assert len(limit._young) + len(limit._old) <= 2 * ASKERS_MAX
    assert limit.wait_s("ann", 0.5) == 0


def test_any_site_may_send(collector) -> None:
    private = {
        "access-control-request-private-network": "true",
        "origin": "https://shop.example",
    }
    answer = collector.ask("OPTIONS", "/v1/batch", headers=private)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-private-network"] == "true"
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert collector.post("/v1/page", {}).headers["access-control-allow-origin"] == "*"


def test_a_pixel_is_an_image_whatever_happens(collector) -> None:
    def pixel(content: bytes) -> int:
        data = urlsafe_b64encode(content).decode().rstrip("=")
        answer = collector.get("/v1/pixel", f"data={data}")
        assert answer.body.startswith(b"GIF89a")
        assert answer.headers["cache-control"] == "no-store"
        return answer.status

    opened = {"event": "Newsletter Read", "userId": "u", "writeKey": KEY, "type": "track"}
    assert pixel(json.dumps(opened).encode()) == 200
    assert pixel(json.dumps(opened | {"writeKey": "guess"}).encode()) == 401
    assert pixel(b"nonsense") == 401
    assert [e.name for e in collector.events] == ["contact.identified", "Newsletter Read"]


def test_a_pixel_takes_either_alphabet(collector) -> None:
    body = json.dumps({"event": "??>>", "anonymousId": "a", "writeKey": KEY}).encode()
    for data in (b64encode(body).decode(), urlsafe_b64encode(body).decode()):
        assert collector.get("/v1/pixel/track", f"data={data}").status == 200


def test_analytics_js_is_told_where_to_send(collector) -> None:
    answer = collector.get(f"/v1/projects/{KEY}/settings", host="ripely.example")
    assert answer.json["integrations"]["Segment.io"]["apiHost"] == "ripely.example/v1"
    assert collector.post("/v1/m", {"series": []}).status == 200


def test_other_addresses_and_methods(collector) -> None:
    assert collector.get("/v1/batch").status == 405
    assert collector.post("/v1/nothing", {}).status == 404
    assert collector.post("/v1/track/more", {}).status == 404
    assert collector.get("/v1/nothing").status == 404
    assert collector.ask("DELETE", "/v1/batch").status == 404
    assert collector.get("/healthz").json["status"] == "ok"


def test_what_is_left_out_is_counted(collector) -> None:
    robot = VIEW | {"context": {"userAgent": "Googlebot/2.1"}}
    collector.post("/v1/batch", {"batch": [robot, robot, VIEW, 7]})
    assert collector.get("/healthz").json["left_out"] == {"bot": 2, "refused": 1}
    assert len(collector.events) == 1


def test_no_cookie_is_set(collector) -> None:
    answer = collector.post("/v1/page", VIEW, cookie="ripely=secret")
    assert "set-cookie" not in answer.headers


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
FIELDS = (
    "type", "userId", "anonymousId", "previousId", "groupId", "messageId", "event", "name", "category",
    "properties", "traits", "context", "timestamp", "sentAt", "contactToken", "writeKey", "batch",
)  # fmt: skip
likely = st.sampled_from(
    ["track", "page", "identify", "alias", "group", "2030-01-01T00:00:00Z", "u1", ""]
)
calls = st.dictionaries(st.sampled_from(FIELDS), json_values | likely, max_size=8)
PATHS = ("track", "identify", "page", "alias", "group", "batch", "import", "t", "pixel", "")


@given(path=st.sampled_from(PATHS), body=st.binary(max_size=200) | calls | st.fixed_dictionaries({"batch": st.lists(calls, max_size=5)}))  # fmt: skip
@example(path="track", body={"event": "x", "properties": {"": {}}})
def test_whatever_is_sent_is_answered(path, body) -> None:
    collector = Collector()
    answer = collector.post(f"/v1/{path}", body)
    assert answer.status in {200, 400, 404, 413}
    if answer.status == 400:
        assert answer.json["errors"]
    for event in collector.events:
        assert event.occurred_ms <= event.received_ms
        assert event.name
    assert encode(collector.events).events == len(collector.events)


@given(good=st.lists(calls, max_size=4), at=st.integers(0, 4))
def test_a_good_event_is_kept_beside_anything(good, at) -> None:
    collector = Collector()
    batch = [*good[:at], VIEW | {"messageId": "the good one"}, *good[at:]]
    collector.post("/v1/batch", {"batch": batch})
    assert any(event.properties.get("url") == "https://x.org/a" for event in collector.events)


def test_half_an_emoji_costs_neither_its_event_nor_a_neighbour(collector) -> None:
    cut = VIEW | {"type": "track", "event": "cut \ud83d"}
    body = json.dumps({"writeKey": KEY, "batch": [VIEW, cut]}).encode()
    assert collector.post("/v1/batch", body, key=None).status == 200
    assert [event.name for event in collector.events] == ["page.viewed", "cut \ufffd"]


def test_what_follows_after_zipped_events_is_not_passed_over(collector) -> None:
    zipped = gzip.compress(json.dumps(VIEW).encode())
    answer = collector.post("/v1/page", zipped + zipped, content_encoding="gzip")
    assert (answer.status, collector.events) == (400, [])
    assert answer.headers["x-content-type-options"] == "nosniff"
