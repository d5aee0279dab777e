"""What user agents tell, and what becomes of it."""

import pytest

from company import ANN, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.model.condition import Uses
from ripely.model.ids import SegmentId
from ripely.model.segment import Segment
from ripely.runtime.collect import Reader, Sender
from ripely.runtime.devices import device_of

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (PHONE, ("mobile", "iOS", "Safari")),
        (LAPTOP, ("desktop", "Windows", "Edge")),
        ("Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/109.0 Mobile/15E148 Safari/604.1", ("tablet", "iOS", "Chrome")),
        ("Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36", ("mobile", "Android", "Samsung Internet")),
        ("Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36", ("tablet", "Android", "Chrome")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101 Firefox/127.0", ("desktop", "macOS", "Firefox")),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 OPR/112.0", ("desktop", "ChromeOS", "Opera")),
        ("something else", ("", "", "")),
        ("", ("", "", "")),
    ],
)  # fmt: skip
def test_a_user_agent_tells_device_system_and_browser(user_agent, device) -> None:
    assert device_of(user_agent) == device


def said(kind: str, context: str) -> dict[str, object]:
    body = f'{{"type": "{kind}", "anonymousId": "a", "userId": "u", "context": {context}}}'
    (arrival,) = Reader().one(body.encode(), Sender(START_S * 1000)).arrivals
    return arrival.properties


def test_pages_and_identifications_say_what_a_visitor_came_with() -> None:
    context = f'{{"userAgent": "{PHONE}", "locale": "uk-UA", "location": {{"country": "UA", "city": "Kyiv", "speed": 9}}}}'
    for kind in ("page", "identify"):
        known = said(kind, context)
        known.pop("user_id", None)
        assert known == {
            "device": "mobile",
            "os": "iOS",
            "browser": "Safari",
            "locale": "uk-UA",
            "country": "UA",
            "city": "Kyiv",
        }


def test_an_application_says_it_by_itself() -> None:
    context = '{"device": {"type": "ios", "model": "iPad7,3"}, "os": {"name": "iPadOS"}}'
    known = said("screen", context)
    assert (known["device"], known["os"]) == ("tablet", "iPadOS")


def test_the_first_page_of_a_visit_makes_it_known_and_later_ones_cost_nothing() -> None:
    phones = Segment(SegmentId("phones"), "P", Uses(device=("mobile",), language=("uk",)))
    came = {"device": "mobile", "os": "iOS", "locale": "uk-UA", "country": "UA"}
    events = [
        event(1, ANN, "page.viewed", START_S, **came),
        event(2, ANN, "page.viewed", START_S + 60, device="desktop"),
    ]
    after = fold(rules(phones), new_profile(ANN, START_S), events).profile
    assert after.segments == {"phones": START_S}
    back = event(3, ANN, "page.viewed", START_S + 7200, device="desktop", country="PL")
    later = fold(rules(phones), after, [back]).profile
    assert later.segments == {}
    assert later.attributes["country"] == "UA"  # What is known of a place is not overruled.
