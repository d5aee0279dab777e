"""Teams at work: who was chosen last, how much everybody has to do, and the calls that wait."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from ripely.model.effect import CreateTask
from ripely.model.event import Event
from ripely.model.ids import EffectId, TeamId

CHOICES_KEPT = timedelta(days=2)
"""How long it is known who was given a contact; of those by turns the latest stays, for whose turn it is."""


class Call(msgspec.Struct, frozen=True):
    """A call that was released: when, to whom, and whether it is still to be made."""

    at: datetime
    who: str
    open: bool


class Workload(msgspec.Struct, frozen=True):
    """What a team has done since a moment, and what its people have to do.

    `last` became an owner by turns last of all; `given` are contacts given to each since the
    moment, `released` the team's calls since then; `open` are all other calls that each has to make.
    """

    last: str = ""
    given: Mapping[str, int] = {}
    released: Sequence[Call] = ()
    open: Mapping[str, int] = {}


class Chosen(msgspec.Struct, frozen=True):
    """Who became the owner of a contact, and by which way of choosing."""

    id: EffectId
    who: str
    how: str
    at: datetime


class Released(msgspec.Struct, frozen=True):
    """What became of calls that waited.

    `tasks` are made now, each with its person; `dropped` are not made at all; `reason` is why the
    others wait, or nothing when none do.
    """

    at: datetime
    tasks: Sequence[CreateTask] = ()
    dropped: Collection[EffectId] = ()
    reason: str = ""
    events: Sequence[Event] = ()


class Turn(Protocol):
    """A team while one process alone decides for it."""

    def workload(self, people: Collection[str], since: datetime) -> Workload: ...

    def choose(self, chosen: Sequence[Chosen]) -> None:
        """Keep who was chosen, and no longer than `CHOICES_KEPT` who was before."""
        ...

    def next(self, limit: int) -> list[CreateTask]:
        """Return the calls to be released first: of the highest priority, then the oldest."""
        ...

    def expired(self, now: datetime, limit: int) -> list[CreateTask]:
        """Return calls that have waited longer than they may."""
        ...

    def release(self, released: Released) -> None: ...


class Teams(Protocol):
    def queued(self) -> list[TeamId]:
        """Return the teams for which calls wait."""
        ...

    def turn(self, team: TeamId) -> AbstractContextManager[Turn]:
        """Let one process decide for a team.

        It and what the same dispatcher finishes meanwhile are stored together, or not at all.
        """
        ...
