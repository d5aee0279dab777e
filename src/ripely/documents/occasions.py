"""The sense of conditions about what a contact did: how often, in which window, what followed what."""

from collections.abc import Iterator
from datetime import date
from typing import get_args

from ripely.documents.bounds import check_counts, check_some_bound, check_span, out_of_range
from ripely.documents.comparisons import check_comparison, check_pattern
from ripely.documents.source import join
from ripely.model.acts import (
    Absence,
    Aggregate,
    Bought,
    Did,
    Message,
    Occasion,
    OfActs,
    Page,
    Searched,
    Seen,
    Sequence,
)
from ripely.model.problem import Problem

ACTS_MAX = 10
OLDER_COUNT_MAX = 500
DIFFERENT_MAX = 500
YEARS = (1970, 2999)
_AT_A_PLACE = ("$.steps", "$.goal", "$.leave")
Counted = Did | Page | Searched | Message | Bought
Windowed = Counted | Aggregate | Occasion
assert {*get_args(Windowed), Sequence, Absence, Seen} == {*get_args(OfActs)}


def check_act(path: str, part: OfActs) -> Iterator[Problem]:
    match part:
        case Sequence():
            yield from _sequence(path, part)
        case Absence(act, without, within):
            yield from check_span(path, "within", within)
            if act == without:
                sentence = "An act cannot be missing after itself: name two different acts."
                yield Problem("contradiction", join(path, "without"), sentence)
        case Seen(within):
            yield from check_span(path, "within", within)
        case Aggregate():
            yield from _aggregate(path, part)
            yield from _window(path, part)
        case Occasion(of=of, op=op, value=value):
            yield from _named(path, "of", of)
            yield from check_comparison(path, op, value, of_event=True)
            yield from _window(path, part)
        case _:
            yield from _counted(path, part)
            yield from _window(path, part)


def _counted(path: str, part: Counted) -> Iterator[Problem]:
    yield from check_counts(path, part.at_least, part.at_most)
    for name, number in (("at_least", part.at_least), ("at_most", part.at_most)):
        if part.older_than and number is not None and number > OLDER_COUNT_MAX:
            yield out_of_range(join(path, name), number, 0, OLDER_COUNT_MAX)
    match part:
        case Page():
            yield from _page(path, part)
        case Searched(value):
            yield from _named(path, "value", value)
        case Message():
            yield from _message(path, part)
        case _:
            pass


def _window(path: str, window: Windowed) -> Iterator[Problem]:
    yield from check_span(path, "within", window.within)
    if window.older_than == 0:
        sentence = "Whatever happened is at least no time ago: leave this out."
        yield Problem("contradiction", join(path, "older_than"), sentence)
    if window.within and window.older_than and window.older_than >= window.within:
        sentence = f"Nothing is at least {window.older_than} ago and within {window.within}."
        yield Problem("contradiction", join(path, "older_than"), sentence)
    yield from _days(path, window)
    if window.since_entering and not path.startswith(_AT_A_PLACE):
        sentence = "Nobody has entered here yet: this is for the steps, the goal and the reasons to leave of a journey."
        yield Problem("contradiction", join(path, "since_entering"), sentence)


def _days(path: str, window: Windowed) -> Iterator[Problem]:
    wrong = False
    for name, day in (("since", window.since), ("until", window.until)):
        if day is not None and not _is_day(day):
            wrong = True
            sentence = f"The calendar has no {day}, or it is too far away."
            yield Problem("wrong_value", join(path, name), sentence)
    if not wrong and window.since and window.until and window.since > window.until:
        sentence = f"Nothing is since {window.since} and until {window.until}."
        yield Problem("contradiction", join(path, "until"), sentence)


def _is_day(day: str) -> bool:
    try:
        return YEARS[0] <= date.fromisoformat(day).year <= YEARS[1]
    except ValueError:
        return False


def _page(path: str, page: Page) -> Iterator[Problem]:
    yield from _named(path, "value", page.value)
    if page.match == "matches":
        yield from check_pattern(join(path, "value"), page.value)
    for name, number, most in (("seconds", page.seconds, 86_400), ("scroll", page.scroll, 100)):
        if number is not None and not 1 <= number <= most:
            yield out_of_range(join(path, name), number, 1, most)


def _message(path: str, message: Message) -> Iterator[Problem]:
    judged = message.did in {"opened", "clicked"}
    if not message.by:
        sentence = "Say by whom: human, unknown or machine."
        yield Problem("missing_field", join(path, "by"), sentence)
    elif not judged and message.by != Message("opened").by:
        sentence = "Only opens and clicks are judged by whom they were made."
        yield Problem("contradiction", join(path, "by"), sentence)
    if message.link and message.did != "clicked":
        yield Problem("contradiction", join(path, "link"), "Only a click has a link.")


def _aggregate(path: str, asked: Aggregate) -> Iterator[Problem]:
    yield from _named(path, "of", asked.of)
    yield from check_some_bound(path, asked.at_least, asked.at_most)
    for name, number in (("at_least", asked.at_least), ("at_most", asked.at_most)):
        if asked.take == "distinct" and number is not None and not 0 <= number < DIFFERENT_MAX:
            yield out_of_range(join(path, name), number, 0, DIFFERENT_MAX - 1)


def _sequence(path: str, asked: Sequence) -> Iterator[Problem]:
    if not 2 <= len(asked.acts) <= ACTS_MAX:
        sentence = f"A sequence is 2 to {ACTS_MAX} acts, one after another."
        yield Problem("out_of_range", join(path, "acts"), sentence)
    yield from check_span(path, "in_last", asked.in_last)


def _named(path: str, field: str, value: str) -> Iterator[Problem]:
    if not value:
        yield Problem("missing_field", join(path, field), f'Say the "{field}".')
