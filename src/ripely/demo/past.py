"""The two weeks before the demo began, so that no page is empty at first sight."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from ripely.demo.envelope import stamp
from ripely.demo.plots import plan
from ripely.demo.population import population
from ripely.demo.visit import Call

DAYS = 14
VISITS = 100
REGULARS = 40
"""Visits of the past are made by so few, so that some people came several times."""
DAY_SECONDS = 86_400


def past(seed: str, now: datetime, shop: str) -> Iterator[Call]:
    """Yield what the tracker would have sent, oldest first, up to an hour before `now`."""
    chance = Random(f"{seed} past")
    people = population(seed)[:REGULARS]
    span = DAYS * DAY_SECONDS
    for start in sorted(chance.uniform(3_600, span) for _ in range(VISITS))[::-1]:
        person = chance.choice(people)
        at = now - timedelta(seconds=start)
        for act in plan(person, chance, shop):
            at += timedelta(seconds=act.pause_s)
            yield from (stamp(call, person, chance, at) for call in act.calls)
