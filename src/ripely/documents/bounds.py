"""The sense of numbers: how often, from where to where, for how long."""

from collections.abc import Iterator

from ripely.documents.source import join
from ripely.model.problem import Problem

COUNT_MAX = 10_000


def check_counts(path: str, least: int | None, most: int | None) -> Iterator[Problem]:
    for name, number in (("at_least", least), ("at_most", most)):
        if number is not None and not 0 <= number <= COUNT_MAX:
            sentence = f"{number} should lie between 0 and 10,000: it counts how often."
            yield Problem("out_of_range", join(path, name), sentence)
    if least == 0 and most is None:
        sentence = (
            'Everybody did this at least 0 times; say "at_least: 1", or "at_most: 0" for never.'
        )
        yield Problem("contradiction", join(path, "at_least"), sentence)
    yield from check_order(path, least, most)


def check_some_bound(path: str, least: float | None, most: float | None) -> Iterator[Problem]:
    if least is None and most is None:
        sentence = 'Say "at_least", "at_most" or both.'
        yield Problem("missing_field", join(path, "at_least"), sentence)
    yield from check_order(path, least, most)


def check_order(
    path: str, least: float | None, most: float | None, name: str = "at_most"
) -> Iterator[Problem]:
    if least is not None and most is not None and least > most:
        sentence = f"Nothing is at least {least} and at most {most} at once."
        yield Problem("contradiction", join(path, name), sentence)


def check_span(path: str, name: str, span: int | None) -> Iterator[Problem]:
    if span == 0:
        sentence = "Nothing happens within no time."
        yield Problem("contradiction", join(path, name), sentence)


def out_of_range(path: str, number: float, least: float, most: float) -> Problem:
    return Problem("out_of_range", path, f"{number} should lie between {least} and {most}.")
