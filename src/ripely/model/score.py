"""A named score: how ripe a contact is, in points of either sign."""

from typing import Annotated

import msgspec

from ripely.model.condition import Condition, Where
from ripely.model.duration import Duration
from ripely.model.ids import ScoreId

Points = Annotated[int, msgspec.Meta(ge=-100_000, le=100_000)]


class PointsFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Points each time a matching event happens; with `at_most` and `within`, no more often than that."""

    on: str
    points: Points
    where: tuple[Where, ...] = ()
    at_most: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    within: Duration | None = None
    name: str = ""


class PointsWhile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Points that count for as long as a condition holds, and are taken back when it ends."""

    when: Condition
    points: Points
    name: str = ""


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label for scores from `at_least` up to the next level."""

    name: str
    at_least: int


class Score(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="kind", tag="score",
):  # fmt: skip
    """Lists of contacts show the `main` score; of several, or of none, whichever is highest."""

    id: ScoreId
    name: str
    events: tuple[PointsFor, ...] = ()
    facts: tuple[PointsWhile, ...] = ()
    levels: tuple[Level, ...] = ()
    main: bool = False
    description: str = ""

    def level(self, points: int) -> str:
        """Return the label of `points`, or nothing below the lowest level."""
        reached = [level for level in self.levels if points >= level.at_least]
        return max(reached, key=lambda level: level.at_least).name if reached else ""
