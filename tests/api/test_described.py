"""What the quick endpoints answer is what the document of the API tells of."""

from base64 import urlsafe_b64encode

import msgspec
import pytest

from api.collecting import KEY, SERVER_KEY, ClosedGate, Collector
from api.test_catalogue import asked
from api.test_requests import ANN, START, Asking
from described import Described
from ripely.api.calls import calls
from ripely.api.collect import BATCHES, BODY_BYTES_MAX, KINDS, Limits
from ripely.api.openapi import document
from ripely.runtime.limits import Rate

VIEW = {"type": "page", "anonymousId": "a", "properties": {"url": "https://shop.example/"}}
CALL = {
    "anonymousId": "a",
    "userId": "7",
    "previousId": "6",
    "groupId": "g",
    "event": "Seat Chosen",
}
BATCH = {"batch": [VIEW], "sentAt": "2030-05-01T12:00:00Z", "writeKey": KEY}


@pytest.fixture(scope="module")
def described() -> Described:
    return Described(document([*calls()], "1"))


def held(described, method, address, answer):
    """Hold an answer against the document; return its status."""
    media = answer.headers["content-type"]
    described.check(method, address, answer.status, media, answer.body)
    return answer.status


@pytest.mark.parametrize("name", [*KINDS, *BATCHES, "m"])
def test_calls_are_answered_as_it_says(described, name) -> None:
    address = f"/v1/{name}"
    said = BATCH if name in BATCHES else CALL
    collector = Collector()
    assert held(described, "POST", address, collector.post(address, said)) == 200
    if name == "m":
        return
    assert held(described, "POST", address, collector.post(address, b"{")) == 400
    assert held(described, "POST", address, collector.post(address, VIEW, key="guess")) == 401
    large = b" " * (BODY_BYTES_MAX + 1)
    assert held(described, "POST", address, collector.post(address, large)) == 413
    flooded = Collector(Limits(key=Rate(per_second=0.1, burst=0.5)))
    assert held(described, "POST", address, flooded.post(address, said)) == 429
    closed = Collector(gate=ClosedGate())
    assert held(described, "POST", address, closed.post(address, said)) == 503


@pytest.mark.parametrize("name", [*KINDS, *BATCHES])
def test_bodies_are_read_as_it_says(described, name) -> None:
    body = described.operations["POST", f"/v1/{name}"]["requestBody"]["content"]
    schema = body["application/json"]["schema"]
    described.is_a(schema, BATCH if name in BATCHES else VIEW)
    wrong = {"batch": {}} if name in BATCHES else {"properties": []}
    assert Collector().post(f"/v1/{name}", wrong).status == 400
    with pytest.raises(AssertionError):
        described.is_a(schema, wrong)


def test_pixels_are_images_whatever_happens(described) -> None:
    for call, status in (
        (VIEW | {"writeKey": KEY}, 200),
        (VIEW, 401),
        ({"writeKey": KEY}, 400),
    ):
        data = urlsafe_b64encode(msgspec.json.encode(call)).decode()
        answer = Collector().get("/v1/pixel/page", f"data={data}")
        assert held(described, "GET", "/v1/pixel/page", answer) == status


def test_settings_and_catalogues_are_told_as_it_says(described) -> None:
    address = "/v1/projects/a-key/settings"
    assert held(described, "GET", address, Collector().get(address, host="shop.example")) == 200
    for name in ("events", "triggers"):
        status, body = asked(f"/v1/{name}")
        described.check("GET", f"/v1/{name}", status, "application/json", body)


def test_requests_are_answered_as_it_says(described, monkeypatch) -> None:
    asking, said = Asking(), {"contact": ANN, "data": {"order": 7}, "id": "7f0c"}
    hook = "/hooks/crm"
    for address, good in ((START, said), (hook, {"email": "ann@example.org", "paid": True})):
        body = described.operations["POST", described.path_of(address)]["requestBody"]
        described.is_a(body["content"]["application/json"]["schema"], good)
        assert held(described, "POST", address, asking.post(address, good)) == 202
        assert held(described, "POST", address, asking.post(address, b"[]")) == 400
        assert held(described, "POST", address, asking.post(address, good, key=None)) == 401
        assert held(described, "POST", address, asking.post(address, good, key=KEY)) == 403
        large = {**good, "text": "x" * 40_000}
        assert held(described, "POST", address, asking.post(address, large)) == 413
        closed = Asking(ClosedGate()).post(address, good, key=SERVER_KEY)
        assert held(described, "POST", address, closed) == 503
