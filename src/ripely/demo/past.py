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
VISITS_LATELY = 30
LATELY_SECONDS = 10_800
"""Of these hours journeys begin as of any other, so that there is something to do at once."""
REGULARS = 40
"""Visits of the past are made by so few, so that some people came several times."""
LAST_SECONDS = 900
"""Longer than any visit takes: none of them may end in the future."""
DAY_SECONDS = 86_400


def past(seed: str, now: datetime, shop: str) -> Iterator[Call]:
    """Yield what the tracker would have sent, oldest first, up to some minutes before `now`."""
    chance = Random(f"{seed} past")
    people = population(seed)[:REGULARS]
    span = DAYS * DAY_SECONDS
    starts = [chance.uniform(LATELY_SECONDS, span) for _ in range(VISITS)]
    starts += [chance.uniform(LAST_SECONDS, LATELY_SECONDS) for _ in range(VISITS_LATELY)]
    for start in sorted(starts, reverse=True):
        person = chance.choice(people)
        at = now - timedelta(seconds=start)
        for act in plan(person, chance, shop):
            at += timedelta(seconds=act.pause_s)
            yield from (stamp(call, person, chance, at) for call in act.calls)
