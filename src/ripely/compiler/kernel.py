"""The kernel: the few conditions that everything else is written in."""

from typing import Literal

import msgspec

from ripely.model.acts import Op, Period, Seen, Where
from ripely.model.condition import OfFacts, OfScores, OfTime
from ripely.model.event import Value
from ripely.model.ids import PredicateId, ScoreId, SeriesId

DIGITS = 6
"""Sums are compared to a millionth, so that the order of what is summed up does not matter."""

EARTH_KM = 6_371.0088
"""The mean radius of the Earth, after the IUGG."""

Take = Literal["sum", "minimum", "maximum", "average", "distinct"]


class Predicate(msgspec.Struct, frozen=True):
    """An event, told by name and properties, that is to be counted; from `since_s` until before `until_s`."""

    id: PredicateId
    event: str
    where: tuple[Where, ...]
    since_s: int = 0
    until_s: int = 0


class Window(msgspec.Struct, frozen=True):
    """Which of the counted occasions matter.

    Those of the seconds up to now, those old enough, those of a period of the contact's calendar,
    those since the contact entered a journey or step.
    """

    within_s: int = 0
    older_s: int = 0
    during: Period | None = None
    since_entering: Literal["journey", "step"] | None = None

    @property
    def begins(self) -> bool:
        """Whether it leaves out anything for being too long ago."""
        return bool(self.within_s or self.during or self.since_entering)


EVER = Window()


class Often(msgspec.Struct, frozen=True):
    """A predicate happened at least `times` times in a window."""

    predicate: PredicateId
    times: int
    window: Window


class Total(msgspec.Struct, frozen=True):
    """A number made of the values of a property in a window lies between two bounds."""

    series: SeriesId
    take: Take
    window: Window
    at_least: float | None
    at_most: float | None


class Picked(msgspec.Struct, frozen=True):
    """The first, or the last, value of a property in a window passes a test."""

    series: SeriesId
    which: Literal["first", "last"]
    window: Window
    op: Op
    value: Value | tuple[Value, ...]


class Chain(msgspec.Struct, frozen=True):
    """Predicates happened one after another, from the first to the last in `within_s` or less.

    `in_last_s`: and the first of them less than so long ago; 0: whenever.
    """

    predicates: tuple[PredicateId, ...]
    within_s: int
    in_last_s: int


class Gap(msgspec.Struct, frozen=True):
    """The latest `act` is `within_s` ago or more, and `without` did not follow it in that time.

    What comes in the same second follows, unless both are `alike`: no event follows itself.
    """

    act: PredicateId
    without: PredicateId
    within_s: int
    alike: bool = False


class Every(msgspec.Struct, frozen=True):
    inner: "tuple[Kernel, ...]"


class Several(msgspec.Struct, frozen=True):
    """So many of these or more; `count` 1 is any of them."""

    count: int
    inner: "tuple[Kernel, ...]"


class Negated(msgspec.Struct, frozen=True):
    inner: "Kernel"


class Scored(msgspec.Struct, frozen=True):
    """A question about scores, and what its answer needs of their definitions.

    `rivals` are the scores it compares with, `levels` the least and the most of those it names;
    `fading`: time alone changes one of them.
    """

    asked: OfScores
    rivals: tuple[ScoreId, ...]
    levels: tuple[tuple[int | None, int | None], ...]
    fading: bool


OfOccasions = Often | Chain | Gap | Seen
OfValues = Total | Picked
Kernel = OfOccasions | OfValues | OfFacts | Scored | OfTime | Every | Several | Negated
