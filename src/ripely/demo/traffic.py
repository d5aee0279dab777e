"""Simulated visitors: people of the demo who use the shop through the public HTTP API at a human pace."""

import time
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import count
from random import Random
from threading import Event

import msgspec

from ripely.demo.envelope import Collector, stamp
from ripely.demo.mail_readers import MailReaders
from ripely.demo.plots import plan
from ripely.demo.population import Person, population
from ripely.demo.visit import Act
from ripely.ports import Clock, Mailbox

RETURNS = 0.45
"""How often a visit is made by somebody who was here before."""
VISITS_AT_ONCE_MAX = 200


class Pace(msgspec.Struct, frozen=True):
    visitors_per_minute: float
    minutes: float | None = None


class Traffic:
    """All visits that are under way. One thread is enough: people mostly read."""

    def __init__(self, base_url: str, seed: str, clock: Clock, mailbox: Mailbox) -> None:
        # What people are like depends on the seed alone; what they do, on the moment too,
        # or a second run would repeat the messages of the first.
        self._chance = Random(f"{seed} {clock.now().timestamp()}")
        self._people = population(seed)
        self._seen: list[Person] = []
        self._shop = f"{base_url}/shop"
        self._clock = clock
        self._collector = Collector(base_url)
        self._readers = MailReaders(mailbox, self._people, self._collector, self._chance)
        self._numbers = count()
        self._due: list[tuple[float, int, Person, Iterator[Act], Act]] = []

    def run(self, pace: Pace, stopping: Event) -> None:
        """Send until told to stop, or until the minutes are over."""
        began = time.monotonic()
        arrival = began
        while not stopping.is_set() and not _is_over(pace, began):
            now = time.monotonic()
            if now >= arrival:
                self._welcome(now)
                arrival = now + self._chance.expovariate(pace.visitors_per_minute / 60)
            for person, acts in self._readers.visits(now, self._shop):
                self._enter(person, acts, now)
            self._go_on(now)
            stopping.wait(max(0.0, min(self._next(), arrival, now + 1) - now))

    def _welcome(self, now: float) -> None:
        if len(self._due) < VISITS_AT_ONCE_MAX:
            person = self._visitor()
            self._enter(person, plan(person, self._chance, self._shop), now)

    def _visitor(self) -> Person:
        if self._seen and self._chance.random() < RETURNS:
            return self._chance.choice(self._seen)
        person = self._chance.choice(self._people)
        if person not in self._seen:
            self._seen.append(person)
        return person

    def _enter(self, person: Person, acts: Sequence[Act], now: float) -> None:
        self._wait_for(person, iter(acts), now)

    def _go_on(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            _, _, person, rest, act = heappop(self._due)
            at = self._clock.now()
            self._collector.send([stamp(c, person, self._chance, at) for c in act.calls], at)
            self._wait_for(person, rest, now)

    def _wait_for(self, person: Person, acts: Iterator[Act], now: float) -> None:
        act = next(acts, None)
        if act is not None:
            entry = (now + act.pause_s, next(self._numbers), person, acts, act)
            heappush(self._due, entry)

    def _next(self) -> float:
        return self._due[0][0] if self._due else float("inf")


def _is_over(pace: Pace, began: float) -> bool:
    return pace.minutes is not None and time.monotonic() - began >= pace.minutes * 60
