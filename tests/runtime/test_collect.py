"""From a call to an event: what each type means, when it happened, who it is about."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from ripely.model.identity import ANONYMOUS, EMAIL, PHONE, USER, named_contact
from ripely.model.ids import ContactId, EventId, derive, derive_event
from ripely.runtime.bots import is_bot
from ripely.runtime.collect import Reader, Sender

DATA = Path(__file__).parents[2].parent / "shared" / "data"
NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
SENDER = Sender(NOW_MS, "shop")
HOUR_MS = 3_600_000


def read(call, sender=SENDER, **how):
    reading = Reader().one(json.dumps(call).encode(), sender, **how)
    assert not reading.refusals, reading.refusals
    return reading.arrivals


def only(call, **how):
    (arrival,) = read(call, **how)
    return arrival


def when(sender=SENDER, **call) -> int:
    """How much before its arrival a call says it happened, in hours."""
    read_at = only({"type": "track", "event": "x", "userId": "u", **call}, sender=sender)
    return (sender.received_ms - read_at.occurred_ms) / HOUR_MS


def ago(**length) -> str:
    return (NOW - timedelta(**length)).isoformat()


def test_a_page_knows_where_its_visitor_came_from() -> None:
    page = only({
        "type": "page", "anonymousId": "a", "name": "Bikes", "category": "Shop",
        "context": {
            "page": {"url": "https://x.org/bikes?utm_source=url&gclid=g1", "title": "Our bikes", "secret": 1},
            "campaign": {"name": "may", "source": "news"}, "locale": "uk-UA", "timezone": "Europe/Kyiv",
        },
    })  # fmt: skip
    assert (page.name, page.claims) == ("page.viewed", ((ANONYMOUS, "a"),))
    assert page.properties == {
        "name": "Bikes", "category": "Shop", "url": "https://x.org/bikes?utm_source=url&gclid=g1",
        "title": "Our bikes", "path": "/bikes", "utm_source": "news", "utm_campaign": "may", "gclid": "g1",
        "locale": "uk-UA", "timezone": "Europe/Kyiv",
    }  # fmt: skip


def test_a_page_with_a_strange_address_is_a_page() -> None:
    assert (
        only({"type": "page", "userId": "u", "properties": {"url": "http://["}}).name
        == "page.viewed"
    )
    assert only(
        {"type": "page", "userId": "u", "context": {"page": 7, "campaign": "x", "clickIds": []}}
    )


def test_an_identify_call_tells_facts_and_names() -> None:
    call = {
        "type": "identify", "userId": 42, "anonymousId": "a", "context": {"traits": {"city": "Lviv"}},
        "traits": {
            "email": " Ann@X.org ", "phone": "+38 050 123-45-67", "firstName": "Ann", "logins": 5,
            "address": {"street": "High", "geo": {"lat": 1.5}}, "tags": ["a", 2], "vip": True, "gone": None,
        },
    }  # fmt: skip
    ann = only(call)
    assert ann.claims == (
        (USER, "42"), (EMAIL, "ann@x.org"), (PHONE, "+380501234567"), (ANONYMOUS, "a"),
    )  # fmt: skip
    assert ann.properties == {
        "email": "ann@x.org", "phone": "+380501234567", "first_name": "Ann", "logins": 5, "city": "Lviv",
        "address_street": "High", "address_geo_lat": 1.5, "tags": ["a", 2], "vip": True, "gone": None,
        "user_id": "42",
    }  # fmt: skip


def test_what_is_no_address_is_a_fact_but_names_nobody() -> None:
    ann = only(
        {"type": "identify", "userId": "u", "traits": {"email": "at home", "phone": "none"}}
    )
    assert ann.claims == ((USER, "u"),)
    assert ann.properties["email"] == "at home"


def test_consent_is_an_event_for_each_purpose() -> None:
    consent = {"marketing": True, "profiling": False, "other": "yes"}
    told = read({"type": "identify", "userId": "u", "traits": {"consent": consent}})
    assert [(one.name, one.properties.get("purpose")) for one in told] == [
        ("contact.identified", None),
        ("consent.granted", "marketing"),
        ("consent.withdrawn", "profiling"),
    ]
    assert len({one.id for one in told}) == 3


def test_standard_names_and_properties_are_ours() -> None:
    form = {"form": "callback", "fields": {"email": "a@x.org", "form": "not this"}}
    for event, properties, name, expected in [
        ("Product Viewed", {"price": 5}, "product.viewed", {"price": 5}),
        ("Products Searched", {"query": "q"}, "search.performed", {"query": "q"}),
        ("Form Submitted", form, "form.submitted", {"form": "callback", "email": "a@x.org"}),
        ("Element Clicked", {"name": "d", "href": "/d"}, "element.clicked", {"name": "d", "url": "/d"}),
        ("Seat Chosen", {"row": 4}, "Seat Chosen", {"row": 4}),
    ]:  # fmt: skip
        call = {"type": "track", "event": event, "properties": properties, "userId": "u"}
        assert (only(call).name, only(call).properties) == (name, expected)


@pytest.mark.parametrize(
    "name", ["timer.fired", "contact.merged", "email.clicked", "visit.started"]
)
def test_nobody_may_speak_for_ripely(name) -> None:
    reading = Reader().one(json.dumps({"event": name, "userId": "u"}).encode(), SENDER, "track")
    assert [refusal.path for refusal in reading.refusals] == ["$.event"]


def test_an_alias_names_both() -> None:
    call = {"type": "alias", "previousId": "old", "userId": "new"}
    alias = only(call, sender=Sender(NOW_MS, "import", trusted=True))
    assert alias.claims == ((USER, "new"), (ANONYMOUS, "old"))
    assert alias.alias == ((USER, "old"),)
    # Whoever reads a page knows its key: it must not make two known people one.
    assert only(call).claims == alias.claims
    assert only(call).alias == ()


def test_a_group_is_a_company() -> None:
    group = only({"type": "group", "userId": "u", "groupId": 9, "traits": {"name": "Acme"}})
    assert (group.name, group.properties) == (
        "company.joined",
        {"company_id": "9", "name": "Acme"},
    )


def test_a_signed_link_names_its_contact_while_it_is_good() -> None:
    reader = Reader(lambda token, now_s: ContactId(7) if (token, now_s) == ("t", NOW_MS // 1000) else None)  # fmt: skip
    for token, claims in (("t", (named_contact(ContactId(7)), (ANONYMOUS, "a"))), ("x", ((ANONYMOUS, "a"),))):  # fmt: skip
        call = {"type": "identify", "anonymousId": "a", "contactToken": token}
        assert reader.one(json.dumps(call).encode(), SENDER).arrivals[0].claims == claims


def test_a_clock_that_goes_wrong_is_corrected() -> None:
    assert when(timestamp=ago(hours=3)) == 3
    assert when(timestamp=ago(hours=5), sentAt=ago(hours=2)) == 3
    assert when(timestamp=ago(hours=-7), sentAt=ago(hours=-8)) == 1


def test_nothing_happens_in_the_future_or_before_its_time() -> None:
    assert when() == when(timestamp=None) == 0
    assert when(timestamp=ago(hours=-3)) == 0
    assert when(timestamp="1970-01-01T00:00:00Z") == 0
    assert when(timestamp="0001-01-01T00:00:00+14:00") == 0


def test_history_tells_its_own_time() -> None:
    historical = Sender(NOW_MS, historical=True)
    assert when(sender=historical, timestamp=ago(hours=5), sentAt=ago(hours=2)) == 5


@pytest.mark.parametrize("spelled", ["2030-05-01T09:00:00Z", "2030-05-01T12:00:00+03:00", "2030-05-01T09:00:00", 1_903_856_400, 1_903_856_400_000.0])  # fmt: skip
def test_a_moment_may_be_written_in_many_ways(spelled) -> None:
    assert when(timestamp=spelled) == 3


def test_a_message_id_names_an_event_for_ever() -> None:
    call = {"type": "track", "event": "x", "userId": "u", "messageId": "m"}
    assert only(call).id == derive("event", "m") == only(call, sender=Sender(NOW_MS + 1)).id


def test_without_a_message_id_the_content_names_it() -> None:
    dated = {"type": "track", "event": "x", "userId": "u", "timestamp": "2030-05-01T09:00:00Z"}
    undated = {"type": "track", "event": "x", "userId": "u"}
    later = Sender(NOW_MS + 1)
    assert only(dated).id == only(dated, sender=later).id
    assert only(undated).id != only(undated, sender=later).id
    batch = Reader().batch(json.dumps({"batch": [undated, undated]}).encode(), SENDER).arrivals
    assert batch[0].id != batch[1].id


@given(st.text())
def test_the_quick_way_to_an_event_id_is_the_same(message) -> None:
    assert derive_event(message) == EventId(derive("event", message))


def test_huge_numbers_become_text() -> None:
    properties = {"n": 10**30, "deep": [{"n": -(10**30)}], "ok": 2**63 - 1}
    call = {"type": "track", "event": "x", "userId": 10**30, "properties": properties}
    arrival = only(call)
    assert arrival.claims == ((USER, str(10**30)),)
    assert arrival.properties == {
        "n": str(10**30),
        "deep": [{"n": str(-(10**30))}],
        "ok": 2**63 - 1,
    }


def test_what_is_nested_too_deep_is_refused() -> None:
    deep: object = 1
    for _ in range(250):
        deep = [deep]
    call = {"type": "track", "event": "x", "userId": "u", "properties": {"deep": deep}}
    reading = Reader().one(json.dumps(call).encode(), SENDER)
    assert [refusal.path for refusal in reading.refusals] == ["$.properties"]


@pytest.mark.parametrize("part", ["page", "campaign", "clickIds", "traits"])
def test_what_surrounds_a_call_is_no_deeper_than_the_call(part) -> None:
    deep = json.loads('{"a":' * 300 + "1" + "}" * 300)
    call = {"type": "identify", "userId": "u", "context": {part: deep}}
    reading = Reader().one(json.dumps(call).encode(), SENDER)
    assert "levels deep" in reading.refusals[0].message


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("\ud83d", "\ufffd"),
        ("-\ude00", "-\ufffd"),
        ("\ud83d\ud83d\ude00", "\ufffd😀"),
        ("😀", "😀"),
        ("\\ud83d", "\\ud83d"),
        ("\\\ude00\\", "\\\ufffd\\"),
        ("\0", ""),
        ("a\0\0b", "ab"),
        ("\\u0000", "\\u0000"),
        ("\\\0", "\\"),
        ('"\0"', '""'),
    ],
)
def test_characters_that_no_text_has_cost_no_event(written, kept) -> None:
    call = {"type": "track", "event": f"x{written}", "userId": f"u{written}"}
    told = only(call | {"properties": {f"k{written}": [written]}})
    assert (told.name, told.claims) == (f"x{kept}", ((USER, f"u{kept}"),))
    assert told.properties == {f"k{kept}": [kept]}


def test_many_flat_properties_are_not_deep() -> None:
    assert only(
        {"type": "track", "event": "x", "userId": "u", "properties": {"list": [[]] * 300}}
    )


def test_mistakes_are_told_in_plain_words() -> None:
    for call, path, words in [
        ({"userId": True}, "$.userId", "a number or text or null"),
        ({"timestamp": "yesterday"}, "$.timestamp", "Not a date"),
        ({"event": ""}, "$.event", "needs the event's name"),
        ({"type": "song"}, "$.type", "one of track, page"),
        ({"userId": "x" * 400}, "$.userId", "320 characters"),
        ({"properties": []}, "$.properties", "an object or null, got a list"),
    ]:
        body = json.dumps({"type": "track", "event": "x", "userId": "u"} | call).encode()
        (refusal,) = Reader().one(body, SENDER).refusals
        assert refusal.path == path
        assert words in refusal.message


def test_machines_are_counted_and_left_out() -> None:
    call = {"type": "page", "userId": "u", "context": {"userAgent": "GoogleBot/2.1"}}
    body = json.dumps({"batch": [call, {"type": "page", "userId": "u"}]}).encode()
    reading = Reader().batch(body, SENDER)
    assert (reading.accepted, reading.bots, len(reading.arrivals)) == (2, 1, 1)
    browser = Sender(NOW_MS, user_agent="HeadlessChrome/120")
    assert Reader().batch(body, browser).bots == 2


def test_people_are_rarely_taken_for_machines() -> None:
    folder = DATA / "user_agents"
    if not folder.exists():
        pytest.skip("the user agents of ../shared/data are not here")
    with gzip.open(folder / "matomo_dev.jsonl.gz", "rt") as file:
        known = [json.loads(line) for line in file]
    machines = [row["ua"] for row in known if row["is_bot"]]
    people = [row["ua"] for row in known if not row["is_bot"]]
    assert sum(map(is_bot, machines)) / len(machines) > 0.74
    assert sum(map(is_bot, people)) / len(people) < 0.01


def protocol_cases():
    path = DATA / "segment_protocol" / "cases.json"
    return json.loads(path.read_text()) if path.exists() else []


@pytest.mark.skipif(not protocol_cases(), reason="the calls of ../shared/data are not here")
@pytest.mark.parametrize("case", protocol_cases(), ids=lambda case: case["id"])
def test_calls_of_others_mean_what_they_expect(case) -> None:
    body, expect = json.dumps(case["in"]).encode(), case["expect"]
    reading = (
        Reader().batch(body, SENDER) if "batch" in case["in"] else Reader().one(body, SENDER)
    )
    assert bool(reading.refusals) == expect.get("rejected", False)
    if expect.get("rejected"):
        assert not reading.arrivals
        return
    again = (
        Reader().batch(body, SENDER) if "batch" in case["in"] else Reader().one(body, SENDER)
    )
    assert [a.id for a in again.arrivals] == [a.id for a in reading.arrivals]
    assert len(reading.arrivals) == expect.get("accepted", 1)
    check_fields(reading.arrivals[0], expect)


KNOWN_BY = {"userId": USER, "anonymousId": ANONYMOUS}
TOLD_AS = {"previousId": "previous_id", "groupId": "company_id", "name": "name"}


def check_fields(arrival, expect) -> None:
    told = {TOLD_AS[field]: value for field, value in expect.items() if field in TOLD_AS}
    told |= {field[7:]: value for field, value in expect.items() if field.startswith("traits.")}
    told |= expect.get("properties", {}) | expect.get("traits", {})
    assert told.items() <= arrival.properties.items()
    assert {(KNOWN_BY[f], v) for f, v in expect.items() if f in KNOWN_BY} <= set(arrival.claims)
    assert arrival.name == expect.get("event", arrival.name)
    if expect.get("timestamp", "<").startswith("2"):
        moment = datetime.fromisoformat(expect["timestamp"])
        assert arrival.occurred_ms == int(moment.timestamp() * 1000)
