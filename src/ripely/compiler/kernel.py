"""The kernel: the few conditions that everything else is written in."""

import msgspec

from ripely.model.condition import OfFacts, OfScores, OfTime, Seen, Where
from ripely.model.ids import PredicateId


class Predicate(msgspec.Struct, frozen=True):
    """An event, told by name and properties, that is to be counted."""

    id: PredicateId
    event: str
    where: tuple[Where, ...]


class Often(msgspec.Struct, frozen=True):
    """A predicate happened at least `times` times, ever or in the seconds up to now."""

    predicate: PredicateId
    times: int
    within_s: int


class Every(msgspec.Struct, frozen=True):
    inner: "tuple[Kernel, ...]"


class Several(msgspec.Struct, frozen=True):
    """So many of these or more; `count` 1 is any of them."""

    count: int
    inner: "tuple[Kernel, ...]"


class Negated(msgspec.Struct, frozen=True):
    inner: "Kernel"


OfOccasions = Often | Seen
Kernel = OfOccasions | OfFacts | OfScores | OfTime | Every | Several | Negated
