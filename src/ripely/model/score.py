"""A named score: how ripe a contact is, in points of either sign."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from ripely.model.acts import Where
from ripely.model.condition import Condition
from ripely.model.duration import Duration
from ripely.model.ids import ScoreId

Points = Annotated[int, msgspec.Meta(ge=-100_000, le=100_000)]
PARTS_MAX = 40
"""How many parts of one score a contact keeps: the highest."""


class PointsFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Points each time a matching event happens; with `at_most` and `within`, no more often than that.

    `once` is `at_most: 1` ever. `times` multiplies by a number among the event's properties,
    rounded. `when` must hold as well. They end after `expires`.
    """

    on: str
    points: Points
    where: tuple[Where, ...] = ()
    at_most: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    within: Duration | None = None
    name: str = ""
    once: bool = False
    times: str = ""
    when: Condition | None = None
    expires: Duration | None = None


class PointsWhile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Points that count for as long as a condition holds, and are taken back when it ends."""

    when: Condition
    points: Points
    name: str = ""


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label for scores from `at_least` up to the next level."""

    name: str
    at_least: int


class Per(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Keep parts of a score beside the whole.

    Points for an event count for the value of one of its properties (`category`), for the
    contact's value of an attribute at that moment (`stage`), or for every tag that the contact
    has; `only` for these values.
    """

    by: Literal["property", "attribute", "tag"]
    name: str = ""
    only: tuple[str, ...] = ()


class Score(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="kind", tag="score",
):  # fmt: skip
    """Lists of contacts show the `main` score; of several, or of none, whichever is highest.

    `general` gives points to every event of a name, on top of the individual rules in `events`.
    The score stays between `least` and `most`. With `half_life` what was given loses half of its
    worth in that time, again and again; points of `facts` do not.
    """

    id: ScoreId
    name: str
    events: tuple[PointsFor, ...] = ()
    facts: tuple[PointsWhile, ...] = ()
    levels: tuple[Level, ...] = ()
    main: bool = False
    description: str = ""
    fit: bool = False
    least: int | None = None
    most: int | None = None
    half_life: Duration | None = None
    per: Per | None = None
    general: Mapping[str, Points] = {}

    def level(self, points: int) -> str:
        """Return the label of `points`, or nothing below the lowest level."""
        reached = [level for level in self.levels if points >= level.at_least]
        return max(reached, key=lambda level: level.at_least).name if reached else ""
