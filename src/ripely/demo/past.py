"""The three months before the demo began, so that no page is empty at first sight."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from ripely.demo.colleagues import by_hand
from ripely.demo.envelope import stamp, written
from ripely.demo.plots import buy, plan
from ripely.demo.population import BUSINESS, Person, population, random_id
from ripely.demo.visit import Act, Call

DAYS = 91
VISITS = 400
VISITS_LATELY = 30
LATELY_SECONDS = 10_800
"""Of these hours journeys begin as of any other, so that there is something to do at once."""
REGULARS = 150
"""Visits of the past are made by so few, so that some people came several times."""
BUYS_AGAIN = 0.75
AGAIN_DAYS = (22.0, 6.0)
"""After how many days a business buys the next machine, on average, and how far that varies."""
LAST_SECONDS = 900
"""Longer than any visit takes: none of them may end in the future."""
DAY_SECONDS = 86_400

_Moment = tuple[datetime, Call]


def past(seed: str, now: datetime, shop: str) -> Iterator[Call]:
    """Yield what the tracker and colleagues would have told, oldest first, up to some minutes before `now`."""
    chance = Random(f"{seed} past")
    told: list[_Moment] = []
    for begins, person, acts in _visits(chance, population(seed)[:REGULARS], now, shop):
        at = begins
        for act in acts:
            at += timedelta(seconds=act.pause_s)
            told += ((at, stamp(call, person, chance, at)) for call in act.calls)
            told += (
                (then, _entered(call, person, chance, then))
                for then, call in by_hand(act, person, chance, at)
            )
    yield from (call for at, call in sorted(told, key=lambda one: one[0]) if at < now)


def _visits(
    chance: Random, people: tuple[Person, ...], now: datetime, shop: str
) -> Iterator[tuple[datetime, Person, list[Act]]]:
    span = DAYS * DAY_SECONDS
    starts = [chance.uniform(LATELY_SECONDS, span) for _ in range(VISITS)]
    starts += [chance.uniform(LAST_SECONDS, LATELY_SECONDS) for _ in range(VISITS_LATELY)]
    for start in starts:
        person = chance.choice(people)
        yield now - timedelta(seconds=start), person, plan(person, chance, shop)
    for person in people:
        if person.role in BUSINESS:
            for start in _orders(chance, span):
                yield now - timedelta(seconds=start), person, buy(person, chance, shop)


def _orders(chance: Random, start: float) -> Iterator[float]:
    """Yield how many seconds ago a business bought, from its first order in this time on."""
    start -= chance.uniform(0, start * 0.7)
    while start > LATELY_SECONDS:
        yield start
        if chance.random() > BUYS_AGAIN:
            return
        start -= max(1.0, chance.gauss(*AGAIN_DAYS)) * DAY_SECONDS


def _entered(call: Call, person: Person, chance: Random, at: datetime) -> Call:
    """Return what a colleague did as the company's own server tells it."""
    who = {"messageId": random_id(chance), "anonymousId": person.anonymous_id}
    return call | who | {"timestamp": written(at)}
