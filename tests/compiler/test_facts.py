"""Each question about what is known of a contact: its answer, what it depends on, and when time alone changes it."""

import math

import pytest
from hypothesis import given, strategies as st

from company import ANN, START_S
from ripely.compiler.matcher import compile_matcher
from ripely.compiler.whereabouts import EARTH_KM, distance_km
from ripely.engine.ruleset import Condition
from ripely.model.company import Company
from ripely.model.condition import (
    AttributeIs,
    CompanyIs,
    DataIs,
    EntryIs,
    HasCart,
    HasConsent,
    HasDeal,
    HasQuote,
    HasTopic,
    InJourney,
    InList,
    InShare,
    LifecycleIs,
    Near,
    OwnerIs,
    Place,
    Reachable,
    Touch,
    Uses,
)
from ripely.model.duration import Duration
from ripely.model.ids import ContactId, JourneyId, ListId, StepId
from ripely.model.profile import NOWHERE, Cart, Consent, Deal, Enrollment, Profile, Quote

COMPANY = Company("company", timezone="UTC")
WELCOME = JourneyId("welcome")
HOUR_S, DAY_S = 3_600, 86_400


def made(asked) -> Condition:
    return compile_matcher(asked, COMPANY)


def holds(asked, profile: Profile, now: int = START_S, place: Enrollment = NOWHERE) -> bool:
    return made(asked).test(profile, now, place)


def known(**attributes: object) -> Profile:
    return Profile(ANN, attributes=attributes)


def follow(asked, profile: Profile, days: int = 60) -> list[int]:
    """Return the hours at which the answer changes; every change must have been told before, to the second."""
    condition = made(asked)
    assert condition.lapse is not None
    changes, due = [], condition.lapse(profile, START_S, NOWHERE)
    answer = condition.test(profile, START_S, NOWHERE)
    for now in range(START_S, START_S + days * DAY_S, HOUR_S):
        while due and due <= now:
            assert condition.test(profile, due - 1, NOWHERE) == answer
            before, answer = answer, condition.test(profile, due, NOWHERE)
            changes += [(due - START_S) // HOUR_S] if before != answer else []
            due = condition.lapse(profile, due, NOWHERE)
        assert condition.test(profile, now, NOWHERE) == answer, (
            "it changed, and nobody was told when"
        )
    return changes


def test_a_fact_of_the_company() -> None:
    assert holds(CompanyIs("size", "at_least", 50), known(company_size=80))
    assert holds(CompanyIs("company_id", value="c9"), known(company_id="c9"))
    assert not holds(CompanyIs("size", "at_least", 50), known(size=80))
    assert made(CompanyIs("size")).keys == {"attribute/company_size"}


def test_a_place_is_one_of_each_kind_that_is_said() -> None:
    asked = Place(country=("UA", "PL"), city=("Kyiv", "Lviv"))
    assert holds(asked, known(country="ua", city="Lviv"))
    assert not holds(asked, known(country="UA", city="Odesa"))
    assert not holds(asked, known(city="Lviv"))
    assert made(asked).keys == {"attribute/country", "attribute/city"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "km"),
    [
        (50.4501, 30.5234, 0),  # Kyiv itself
        (49.8397, 24.0297, 468.8),  # Lviv
        (52.2297, 21.0122, 690.1),  # Warsaw
        (-49.55, -149.4766, math.pi * EARTH_KM),  # about the other end of the world
    ],
)
def test_how_far_it_is_along_the_ground(latitude, longitude, km) -> None:
    kyiv = (50.4501, 30.5234)
    assert distance_km(latitude, longitude, kyiv) == pytest.approx(
        km, abs=120 if km > 9_999 else 1.5
    )


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_the_way_there_is_as_long_as_the_way_back(north, east, other_north, other_east) -> None:
    there = distance_km(north, east, (other_north, other_east))
    assert 0 <= there <= math.pi * EARTH_KM + 1
    back = distance_km(other_north, other_east, (north, east))
    assert there == pytest.approx(back, abs=1e-3)


def test_near_asks_for_both_degrees() -> None:
    asked = Near(50.4501, 30.5234, 500)
    assert holds(asked, known(latitude=49.8397, longitude="24.0297"))
    assert not holds(asked, known(latitude=52.2297, longitude=21.0122))
    assert not holds(asked, known(latitude=50.45))
    assert holds(Near(0, 179.9, 25), known(latitude=0, longitude=-179.9)), "over the date line"


def test_what_a_contact_uses() -> None:
    phone = known(device="mobile", os="Android", locale="uk-UA")
    assert holds(Uses(device=("mobile", "tablet"), os=("android",)), phone)
    assert not holds(Uses(device=("mobile",), os=("ios",)), phone)
    assert holds(Uses(language=("uk",)), phone)
    assert holds(Uses(language=("uk_UA",)), phone)
    assert not holds(Uses(language=("uk-PL", "en")), phone)
    assert not holds(Uses(language=("uk",)), known(language="en", locale="uk-UA"))


def test_what_brought_a_contact() -> None:
    profile = Profile(ANN, first_touch={"source": "news"}, last_touch={"source": "ads"})
    assert holds(Touch("first", "source", value="News"), profile)
    assert holds(Touch("last", "source", "in", ("ads", "search")), profile)
    assert holds(Touch("last", "campaign", "empty"), profile)
    assert made(Touch("last", "source", value="x")).keys == {"touch/last"}


def test_lists_topics_and_levels() -> None:
    profile = Profile(
        ANN, lists={ListId("news"): 1}, lifecycle="lead",
        topics={"bikes": Consent(True, 1, ""), "tyres": Consent(False, 1, "")},
    )  # fmt: skip
    assert holds(InList(ListId("news")), profile)
    assert not holds(InList(ListId("old")), profile)
    assert holds(HasTopic("bikes"), profile)
    assert not holds(HasTopic("tyres"), profile)
    assert not holds(HasTopic("bags"), profile)
    assert holds(LifecycleIs(("lead", "customer")), profile)
    assert not holds(LifecycleIs(("visitor",)), profile)


def test_an_owner_or_none() -> None:
    assert holds(OwnerIs(("bob", "carol")), known(owner="Bob"))
    assert not holds(OwnerIs(("bob",)), known())
    assert holds(OwnerIs(), known())
    assert not holds(OwnerIs(), known(owner="bob"))


@pytest.mark.parametrize(
    ("channel", "address"),
    [("email", "email"), ("sms", "phone"), ("voice", "phone"), ("messenger", "messenger"), ("push", "push_token"),
     ("web_push", "web_push_token")],
)  # fmt: skip
def test_who_can_be_reached(channel, address) -> None:
    asked = Reachable(channel)
    agreed = {"marketing": Consent(True, 1, "")}
    assert holds(asked, Profile(ANN, attributes={address: "x"}, consents=agreed))
    assert not holds(asked, Profile(ANN, consents=agreed)), "no address"
    assert not holds(asked, known(**{address: "x"})), "no consent"
    assert holds(Reachable(channel, "transactional"), known(**{address: "x"}))
    suppressed = Profile(
        ANN, attributes={address: "x"}, consents=agreed, suppressed={channel: "no"}
    )
    assert not holds(asked, suppressed)
    assert made(asked).keys == {
        f"attribute/{address}",
        f"suppressed/{channel}",
        "consent/marketing",
    }
    refused = Profile(
        ANN, attributes={address: "x"}, consents={"marketing": Consent(False, 1, "")}
    )
    assert not holds(asked, refused)
    assert not holds(HasConsent(), refused)


def test_a_call_needs_a_number_and_that_nobody_forbade_it() -> None:
    assert holds(Reachable("call"), known(phone="+380501234567"))
    assert not holds(Reachable("call"), known(email="ann@example.com"))
    forbidden = Profile(
        ANN, attributes={"phone": "+380501234567"}, suppressed={"call": "asked"}
    )
    assert not holds(Reachable("call"), forbidden)


def test_a_chat_meets_everybody_who_agreed() -> None:
    assert holds(Reachable("chat"), Profile(ANN, consents={"marketing": Consent(True, 1, "")}))
    assert not holds(Reachable("chat"), known())


def place(step: str = "wait", ago_s: int = HOUR_S, **data: object) -> Enrollment:
    entered = START_S - ago_s
    return Enrollment(
        WELCOME, 1, "k", entered, StepId(step), entered + HOUR_S, 0,
        {"total": 40, "products": [{"category": "Bikes"}, {"category": "Bags"}]},
        data={StepId("ask"): data},
    )  # fmt: skip


def test_inside_been_and_goal() -> None:
    inside = Profile(ANN, enrollments=[place()], entered={WELCOME: START_S - HOUR_S})
    after = Profile(ANN, entered={WELCOME: START_S - DAY_S}, goals={WELCOME: START_S - HOUR_S})
    assert holds(InJourney(WELCOME), inside)
    assert not holds(InJourney(WELCOME), after)
    assert holds(InJourney(WELCOME, step=StepId("wait")), inside)
    assert not holds(InJourney(WELCOME, step=StepId("end")), inside)
    assert holds(InJourney(WELCOME, "been"), inside)
    assert holds(InJourney(WELCOME, "been"), after)
    assert holds(InJourney(WELCOME, "goal"), after)
    assert not holds(InJourney(WELCOME, "goal"), inside)
    assert not holds(InJourney(JourneyId("other"), "been"), after)


@pytest.mark.parametrize(("state", "hours"), [("inside", 23), ("been", 23), ("goal", 21)])
def test_a_stay_within_a_time_ends_to_the_second(state, hours) -> None:
    profile = Profile(
        ANN, enrollments=[place()], entered={WELCOME: START_S - HOUR_S},
        goals={WELCOME: START_S - 3 * HOUR_S},
    )  # fmt: skip
    assert follow(InJourney(WELCOME, state, within=Duration(DAY_S)), profile) == [hours]


def test_waiting_at_a_step_within_a_time_counts_from_the_step() -> None:
    profile = Profile(ANN, enrollments=[place(ago_s=5 * HOUR_S)])
    asked = InJourney(WELCOME, step=StepId("wait"), within=Duration(DAY_S))
    assert follow(asked, profile) == [20]
    assert made(asked).keys == {"journey/welcome", "step/welcome"}


def test_what_the_entry_and_the_steps_have_kept() -> None:
    here = place(answer={"mark": 9})
    nobody = known()
    assert holds(EntryIs("total", "at_least", 40), nobody, place=here)
    assert holds(EntryIs("products.category", value="bags"), nobody, place=here)
    assert not holds(EntryIs("products.category", "not_equals", "bags"), nobody, place=here)
    assert holds(DataIs(StepId("ask"), "answer.mark", "more_than", 8), nobody, place=here)
    assert not holds(DataIs(StepId("other"), "answer.mark", "exists"), nobody, place=here)
    assert not holds(EntryIs("total", "exists"), nobody), "outside journeys there is no entry"


def deal(
    state: str, value: float, ago_h: int, pipeline: str = "sales", stage: str = "new"
) -> Deal:
    return Deal(pipeline, stage, state, value, START_S - ago_h * HOUR_S)


DEALS = Profile(
    ANN,
    deals={
        "a": deal("open", 100, 1, stage="Offer"),
        "b": deal("open", 900, 5),
        "c": deal("won", 500, 9, pipeline="renewal"),
    },
)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (HasDeal(), True),
        (HasDeal(state="open", value_at_least=500), True),
        (HasDeal(state="lost"), False),
        (HasDeal(state="lost", at_most=0), True),
        (HasDeal(state="open", at_most=1), False),
        (HasDeal(state="open", at_most=2), True),
        (HasDeal(pipeline="renewal", state="open"), False),
        (HasDeal(pipeline="renewal"), True),
        (HasDeal(stages=("offer", "contract"), state="open"), True),
        (HasDeal(stages=("offer",), value_at_least=101), False),
    ],
)
def test_deals(asked, answer) -> None:
    assert holds(asked, DEALS) == answer
    assert made(asked).keys == {"deals"}


def test_deals_become_idle_to_the_second() -> None:
    day = Duration(DAY_S)
    assert follow(HasDeal(state="open", idle_for=day), DEALS) == [19]
    assert follow(HasDeal(state="open", idle_for=day, at_most=0), DEALS) == [19]
    assert follow(HasDeal(state="open", idle_for=day, at_most=1), DEALS) == [23]
    assert follow(HasDeal(state="open", idle_for=day, at_most=2), DEALS) == []
    assert follow(HasDeal(state="open", idle_for=day, value_at_least=500), DEALS) == [19]
    assert follow(HasDeal(state="lost", idle_for=day), DEALS) == []


def test_quotes() -> None:
    profile = Profile(ANN, quotes={"q": Quote("viewed", 300, START_S - 2 * HOUR_S)})
    assert holds(HasQuote(("sent", "viewed")), profile)
    assert not holds(HasQuote(("accepted",)), profile)
    assert holds(HasQuote(("accepted",), at_most=0), profile)
    assert not holds(HasQuote(("viewed",), value_at_least=301), profile)
    assert follow(HasQuote(("viewed",), idle_for=Duration(DAY_S)), profile) == [22]


def test_carts() -> None:
    lines = {"b7": (2.0, 40.0, "Bikes"), "x1": (1.0, 5.0, "Bags")}
    profile = Profile(ANN, cart=Cart(lines, START_S - HOUR_S))
    assert holds(HasCart(), profile)
    assert holds(HasCart(value_at_least=85), profile)
    assert not holds(HasCart(value_at_least=85.01), profile)
    assert holds(HasCart(product="B7", category="bags"), profile)
    assert not holds(HasCart(product="b8"), profile)
    assert not holds(HasCart(category="Tyres"), profile)
    assert not holds(HasCart(), Profile(ANN, cart=Cart({}, START_S)))
    assert follow(HasCart(idle_for=Duration(DAY_S)), profile) == [23]
    assert follow(HasCart(idle_for=Duration(DAY_S), value_at_least=100), profile) == []


def test_a_share_sticks_and_is_as_large_as_it_says() -> None:
    people = [Profile(ContactId(n)) for n in range(4_000)]
    inside = [holds(InShare(20), one) for one in people]
    assert 0.17 < sum(inside) / len(people) < 0.23
    assert [holds(InShare(20), one) for one in people] == inside
    wider = [holds(InShare(50), one) for one in people]
    assert all(more for more, less in zip(wider, inside, strict=True) if less), (
        "a larger share keeps them"
    )
    others = [holds(InShare(20, "other"), one) for one in people]
    assert 0.02 < sum(a and b for a, b in zip(inside, others, strict=True)) / len(people) < 0.06
    assert not any(holds(InShare(0), one) for one in people)
    assert all(holds(InShare(100), one) for one in people)


def test_one_option_of_several_is_enough() -> None:
    assert holds(
        AttributeIs("likes", "has_all", ("tea", "bread")), known(likes=["bread", "Tea", "milk"])
    )
    assert holds(AttributeIs("likes", value="tea"), known(likes=["bread", "tea"]))
