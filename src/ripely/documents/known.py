"""The sense of conditions about what is known of a contact, and about the time that it is."""

from collections.abc import Iterator

from ripely.documents.bounds import (
    COUNT_MAX,
    check_order,
    check_some_bound,
    check_span,
    out_of_range,
)
from ripely.documents.comparisons import check_comparison
from ripely.documents.source import join
from ripely.model.condition import (
    AttributeIs,
    CompanyIs,
    DataIs,
    DateIs,
    EntryIs,
    HasCart,
    HasDeal,
    HasQuote,
    InJourney,
    LifecycleIs,
    Near,
    Now,
    OfFacts,
    OfTime,
    Place,
    Rfm,
    Touch,
    Uses,
)
from ripely.model.problem import Problem

DAYS_MAX = 36_525
RFM_CLASSES = (1, 5)
_AT_A_PLACE = ("$.steps", "$.goal", "$.leave")
_AT_THE_DOOR = "$.filter"


def _has_place(path: str, part: EntryIs | DataIs) -> bool:
    """Whether there is an entry to ask about: the filter of a journey knows that of whoever would enter."""
    at_the_door = isinstance(part, EntryIs) and path.startswith(_AT_THE_DOOR)
    return at_the_door or path.startswith(_AT_A_PLACE)


def check_fact(path: str, part: OfFacts) -> Iterator[Problem]:
    match part:
        case AttributeIs() | CompanyIs() | Touch() | EntryIs() | DataIs():
            yield from check_comparison(path, part.op, part.value, of_event=False)
            if isinstance(part, EntryIs | DataIs) and not _has_place(path, part):
                sentence = "This is known inside a journey alone: in its steps, its goal and its reasons to leave."
                yield Problem("contradiction", path, sentence)
        case Place(country, region, city):
            yield from _something(path, "country", country, region, city)
        case Uses(device, os, browser, language):
            yield from _something(path, "device", device, os, browser, language)
        case Near():
            yield from _near(path, part)
        case LifecycleIs(()):
            yield Problem("missing_field", join(path, "levels"), "Say one level or several.")
        case InJourney():
            yield from _stay(path, part)
        case HasDeal() | HasQuote() | HasCart():
            yield from _sale(path, part)
        case Rfm():
            yield from _rfm(path, part)
        case _:
            pass


def check_time(path: str, part: OfTime) -> Iterator[Problem]:
    match part:
        case DateIs():
            yield from _date(path, part)
        case Now(start=start, end=end):
            if part == Now():
                sentence = "Say which weekdays, what time of day, or what else of the time."
                yield Problem("missing_field", path, sentence)
            if start is not None and start == end:
                sentence = f"From {start} until {end} is no time, or all of it."
                yield Problem("contradiction", join(path, "until"), sentence)


def _something(path: str, name: str, *values: tuple[str, ...]) -> Iterator[Problem]:
    if not any(values):
        yield Problem("missing_field", join(path, name), "Say one thing or several.")


def _near(path: str, near: Near) -> Iterator[Problem]:
    ends = {"latitude": 90.0, "longitude": 180.0}
    for name, number in (("latitude", near.latitude), ("longitude", near.longitude)):
        if not abs(number) <= ends[name]:
            yield out_of_range(join(path, name), number, -ends[name], ends[name])
    if not 0 < near.km <= 20_100:
        yield out_of_range(join(path, "km"), near.km, 0, 20_100)


def _stay(path: str, stay: InJourney) -> Iterator[Problem]:
    yield from check_span(path, "within", stay.within)
    if stay.step is not None and stay.state != "inside":
        sentence = "Only whoever is inside waits at a step."
        yield Problem("contradiction", join(path, "step"), sentence)


def _sale(path: str, sale: HasDeal | HasQuote | HasCart) -> Iterator[Problem]:
    if sale.value_at_least is not None and sale.value_at_least < 0:
        yield out_of_range(join(path, "value_at_least"), sale.value_at_least, 0, 1e15)
    if sale.idle_for == 0:
        sentence = "Everything is idle for no time: leave this out."
        yield Problem("contradiction", join(path, "idle_for"), sentence)
    if isinstance(sale, HasCart):
        return
    if sale.at_most is not None and not 0 <= sale.at_most <= COUNT_MAX:
        yield out_of_range(join(path, "at_most"), sale.at_most, 0, COUNT_MAX)
    if isinstance(sale, HasQuote) and not sale.states:
        yield Problem("missing_field", join(path, "states"), "Say one state or several.")


def _rfm(path: str, rfm: Rfm) -> Iterator[Problem]:
    bounds = {
        "recency": (rfm.recency_at_least, rfm.recency_at_most),
        "frequency": (rfm.frequency_at_least, rfm.frequency_at_most),
        "money": (rfm.money_at_least, rfm.money_at_most),
    }
    if rfm == Rfm():
        yield from check_some_bound(path, None, None)
    for part, (least, most) in bounds.items():
        for name, number in ((f"{part}_at_least", least), (f"{part}_at_most", most)):
            if number is not None and not RFM_CLASSES[0] <= number <= RFM_CLASSES[1]:
                yield out_of_range(join(path, name), number, *RFM_CLASSES)
        yield from check_order(path, least, most, f"{part}_at_most")


def _date(path: str, date: DateIs) -> Iterator[Problem]:
    for name, days in (("from_days", date.from_days), ("to_days", date.to_days)):
        if abs(days) > DAYS_MAX:
            yield out_of_range(join(path, name), days, -DAYS_MAX, DAYS_MAX)
    if date.from_days > date.to_days:
        sentence = f"No day is {date.from_days} days around it or later, and {date.to_days} or earlier."
        yield Problem("contradiction", join(path, "to_days"), sentence)
    elif date.yearly and date.to_days - date.from_days >= 365:
        sentence = "That is every day of a year."
        yield Problem("contradiction", join(path, "to_days"), sentence)
