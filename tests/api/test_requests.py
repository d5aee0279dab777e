"""What other systems may ask for, and what they are told when they ask for nonsense."""

import msgspec
import pytest

from api.collecting import KEY, NOW_MS, SERVER_KEY, ClosedGate, Collector, FixedClock
from ripely.adapters.memory.intake import MemoryIntake
from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.rulesets import MemoryRulesets
from ripely.api.requests import KEY_RATE, Requests
from ripely.compiler.ruleset import Published
from ripely.documents.encode import write_duration
from ripely.model.action import Update
from ripely.model.ids import JourneyId, RulesetId, StepId
from ripely.model.journey import Journey
from ripely.model.trigger import OnEvent, OnRequest
from ripely.runtime.requests import open_startable
from ripely.runtime.segment import EVENT_BYTES_MAX

ONE = StepId("one")
ANN = {"email": "Ann@Example.org"}
START = "/v1/journeys/thanks/start"


def journey(name, *triggers, **more):
    return Journey(JourneyId(name), name, triggers, ONE, {ONE: Update(add_tags=("x",))}, **more)


class Asking(Collector):
    """A server as the client, with the addresses for requests behind it."""

    def __init__(self, gate=None) -> None:
        super().__init__()
        published = Published((
            journey("thanks", OnEvent("order.completed"), OnRequest()),
            journey("by-hand", OnRequest(("hand",))),
            journey("still", OnRequest(), paused=True),
            journey("other", OnEvent("order.completed")),
        ))  # fmt: skip
        rulesets = MemoryRulesets(MemoryLog())
        rulesets.publish(
            RulesetId("r"), msgspec.json.encode(published, enc_hook=write_duration)
        )
        self.application = Requests(
            gate or MemoryIntake(self.log),
            self.keys,
            open_startable(rulesets),
            FixedClock(),
        )

    def post(self, path, content, key=SERVER_KEY, **headers):
        return super().post(path, content, key, **headers)


@pytest.fixture
def asking() -> Asking:
    return Asking()


def test_a_journey_is_asked_for_with_data(asking) -> None:
    said = {"contact": ANN, "data": {"order_id": "7", "by": "me"}}
    answer = asking.post(START, said)
    assert (answer.status, answer.json["success"]) == (202, True)
    known, asked = asking.events
    assert (known.name, known.properties) == (
        "contact.identified",
        {"email": "ann@example.org"},
    )
    assert (asked.name, asked.source, asked.received_ms) == (
        "journey.requested",
        "server",
        NOW_MS,
    )
    assert asked.properties == {"order_id": "7", "journey": "thanks", "by": "api"}
    assert asked.contact == known.contact


def test_the_same_person_is_the_same_contact_however_named(asking) -> None:
    asking.post(START, {"contact": {"user_id": 42, **ANN}})
    asking.post(START, {"contact": {"user_id": "42"}, "id": "second"})
    asking.post(START, {"contact": ANN, "id": "third"})
    assert len({event.contact for event in asking.events}) == 1


def test_requests_of_one_moment_with_other_data_are_others(asking) -> None:
    for order in ("7", "8"):
        asking.post(START, {"contact": ANN, "data": {"order_id": order}})
    asked = [event for event in asking.events if event.name == "journey.requested"]
    assert len({event.id for event in asked}) == 2


def test_a_repeat_with_an_id_is_the_same_event(asking) -> None:
    for _ in range(2):
        asking.post(START, {"contact": ANN, "id": "7f0c"})
    asked = [event for event in asking.events if event.name == "journey.requested"]
    assert len({event.id for event in asked}) == 1
    asking.post("/v1/journeys/thanks/start", {"contact": ANN, "id": "another"})
    assert asking.events[-1].id != asked[0].id


@pytest.mark.parametrize(
    ("path", "said", "place", "sentence"),
    [
        (START, b"{", "$", "This is not JSON"),
        (START, b"[]", "$", "Expected an object"),
        (START, {}, "$.contact", "Say who is meant"),
        (START, {"contact": "ann"}, "$.contact", "Say who is meant"),
        (START, {"contact": {}}, "$.contact", "Say who is meant: by email"),
        (START, {"contact": {"user_id": "undefined"}}, "$.contact", "Say who is meant: by email"),
        ("/hooks/crm", {"user_id": "null", "anonymous_id": "0"}, "$", "Say who is meant: by email"),
        (START, {"contact": {"email": "ann"}}, "$.contact.email", "'ann' cannot be a contact's email."),
        (START, {"contact": {"phone": "12"}}, "$.contact.phone", "'12' cannot be a contact's phone."),
        (START, {"contact": {"email": ["a"]}}, "$.contact.email", "This is text, or a number."),
        (START, {"contact": {"user_id": "x" * 321}}, "$.contact.user_id", "An id has 320"),
        (START, {"contact": ANN, "data": 5}, "$.data", "The data of a request is an object."),
        (START, {"contact": ANN, "date": {}}, "$.date", "A request has contact, data, id; not this."),
        ("/v1/journeys/nobody/start", {"contact": ANN}, "$", 'No running journey "nobody" has the trigger'),
        ("/v1/journeys/other/start", {"contact": ANN}, "$", 'These have it: "by-hand", "thanks".'),
        ("/v1/journeys/still/start", {"contact": ANN}, "$", 'No running journey "still"'),
        ("/v1/journeys/by-hand/start", {"contact": ANN}, "$", "cannot be asked for by api."),
        ("/hooks/crm", {"status": "paid"}, "$", "Say who is meant"),
        ("/hooks/bad name", {"email": "ann@example.org"}, "$", "A webhook is called by"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_in_a_sentence(
    asking, path, said, place, sentence
) -> None:
    answer = asking.post(path, said)
    assert (answer.status, answer.paths) == (400, [place])
    assert sentence in answer.json["errors"][0]["message"]
    assert asking.events == []


def test_a_webhook_becomes_an_event_of_whom_it_names(asking) -> None:
    told = {"status": "paid", "amount": {"value": 7}, "contact": {"email": "ann@example.org"}}
    assert asking.post("/hooks/crm", told).status == 202
    _, received = asking.events
    assert received.name == "webhook.received"
    assert received.properties == {**told, "name": "crm"}


def test_a_webhook_may_carry_its_key_in_the_address_and_names_its_repeats(asking) -> None:
    body = b'{"email": "ann@example.org"}'
    for _ in range(2):
        answer = asking.ask(
            "POST", "/hooks/crm", body, {"webhook_id": "m1"}, f"key={SERVER_KEY}"
        )
        assert answer.status == 202
    received = [event for event in asking.events if event.name == "webhook.received"]
    assert len({event.id for event in received}) == 1
    asking.ask("POST", "/hooks/shop", body, {"webhook_id": "m1"}, f"key={SERVER_KEY}")
    assert asking.events[-1].id != received[0].id


@pytest.mark.parametrize("path", [START, "/hooks/crm"])
def test_the_key_of_a_page_starts_and_tells_nothing(asking, path) -> None:
    told = b'{"contact": {"email": "ann@example.org"}}'
    answers = [
        asking.post(path, told, key=KEY),
        asking.ask("POST", path, told, query=f"key={KEY}"),
    ]
    for answer in answers:
        assert (answer.status, answer.paths) == (403, ["$"])
        assert "a server key is needed." in answer.json["errors"][0]["message"]
    assert asking.events == []


@pytest.mark.parametrize("path", [START, "/hooks/crm"])
def test_nobody_asks_without_a_key(asking, path) -> None:
    said = {"contact": ANN, "email": "ann@example.org"}
    assert asking.post(path, said, key=None).status == 401
    assert asking.post(path, said, key="another").status == 401
    assert asking.events == []


def test_only_posts_to_these_addresses_are_taken(asking) -> None:
    answer = asking.get(START)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert asking.post("/v1/journeys/thanks", {"contact": ANN}).status == 404
    assert asking.post("/hooks/a/b", {"contact": ANN}).status == 404
    large = {"contact": ANN, "data": {"text": "x" * EVENT_BYTES_MAX}}
    assert asking.post(START, large).status == 413


def test_a_flood_is_told_to_wait(asking, monkeypatch) -> None:
    monkeypatch.setattr("ripely.api.requests.monotonic", lambda: 7.0)
    for _ in range(int(KEY_RATE.burst)):
        assert asking.post("/hooks/none/", b"").status == 404
    answer = asking.post(START, {"contact": ANN})
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")


def test_what_was_not_kept_is_not_promised() -> None:
    answer = Asking(ClosedGate()).post(START, {"contact": ANN})
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
