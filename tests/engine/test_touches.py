"""What brought a contact, the first time and the last; and the hours at which it is about."""

import pytest

from company import ANN, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.engine.touches import HOURS
from ripely.model.condition import Touch
from ripely.model.event import Event
from ripely.model.ids import SegmentId
from ripely.model.profile import Profile
from ripely.model.segment import Segment

ADS = Segment(
    SegmentId("ads"), "Came by an advertisement", Touch("last", "medium", value="cpc")
)
RULES = rules(ADS)
HOUR_S = 3_600
PAGE = {"url": "https://shop.example/bikes?x=1", "path": "/bikes"}
NEWS = {
    "utm_source": "news",
    "utm_medium": "email",
    "utm_campaign": "may",
    "utm_term": "t",
    "utm_content": "top",
}
CAME_BY_NEWS = {
    "source": "news", "medium": "email", "campaign": "may", "term": "t", "content": "top", "landing_page": "/bikes",
}  # fmt: skip


def after(*events: Event, profile: Profile | None = None) -> Profile:
    return fold(RULES, profile or new_profile(ANN, START_S), events).profile


def visit(number: int, **more: object) -> Event:
    return event(number, ANN, "page.viewed", START_S + number * HOUR_S, **PAGE, **more)


def test_the_first_touch_stays_and_the_last_moves() -> None:
    one, two, three = (
        visit(1, **NEWS),
        visit(2, utm_source="google", utm_medium="cpc"),
        visit(3),
    )
    assert after(one).first_touch == after(one).last_touch == CAME_BY_NEWS
    both = after(one, two)
    assert both.first_touch == CAME_BY_NEWS
    assert both.last_touch == {"source": "google", "medium": "cpc", "landing_page": "/bikes"}
    assert both.segments == {"ads": START_S + 2 * HOUR_S}
    assert after(one, two, three).last_touch == both.last_touch, (
        "who comes by themselves was not brought"
    )


@pytest.mark.parametrize(
    ("referrer", "touch"),
    [
        ("https://www.blog.example/post", {"source": "blog.example", "medium": "referral", "referrer": "https://www.blog.example/post", "landing_page": "/bikes"}),
        ("https://www.shop.example/", {}),
        ("https://shop.example:8000/a", {}),
        ("", {}),
        ("no address", {}),
        ("https://[broken", {}),
        (5, {}),
    ],
)  # fmt: skip
def test_another_site_brings_but_our_own_does_not(referrer, touch) -> None:
    assert after(visit(1, referrer=referrer)).first_touch == touch


def test_a_campaign_says_more_than_the_site_it_was_on() -> None:
    came = after(visit(1, referrer="https://mail.example/", **NEWS)).first_touch
    assert came == {**CAME_BY_NEWS, "referrer": "https://mail.example/"}


def test_what_is_said_later_in_a_visit_brought_nobody() -> None:
    first = event(1, ANN, "page.viewed", START_S, **PAGE)
    later = event(2, ANN, "page.viewed", START_S + 60, **PAGE, **NEWS)
    assert after(first, later).first_touch == {}


def test_long_words_are_cut() -> None:
    came = after(
        visit(1, utm_source="s" * 9_999, referrer="https://blog.example/" + "x" * 9_999)
    )
    assert max(map(len, came.first_touch.values())) <= 200


def test_hours_and_weekdays_are_counted_in_the_contacts_zone() -> None:
    """1 January 2030 is a Tuesday; at 23:30 in London it is Wednesday in Kyiv."""
    at_s = START_S + 14 * HOUR_S + HOUR_S // 2
    zone = event(1, ANN, "contact.identified", START_S, timezone="Europe/Kyiv")
    opened = event(2, ANN, "email.opened", at_s)
    rhythm = after(zone, opened).rhythm
    assert [n for n, count in enumerate(rhythm) if count] == [1, HOURS + 2]
    visited = after(
        event(2, ANN, "page.viewed", START_S), event(3, ANN, "page.viewed", START_S + 60)
    )
    assert [(n, count) for n, count in enumerate(visited.rhythm) if count] == [
        (9, 1),
        (HOURS + 1, 1),
    ]


@pytest.mark.parametrize("said", [{"by": "machine"}, {"by": "unknown"}])
def test_only_humans_have_hours(said) -> None:
    opened = event(1, ANN, "email.opened", START_S, **said)
    assert after(opened).rhythm == []
    assert sum(after(opened, event(2, ANN, "sms.clicked", START_S, by="human")).rhythm) == 2
