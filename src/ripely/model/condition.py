"""What may be asked about a contact. Both compilers read this and nothing else."""

from typing import Literal

import msgspec

from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.model.ids import JourneyId, ScoreId, SegmentId

Op = Literal[
    "equals", "not_equals", "contains", "contains_words", "starts_with", "ends_with",
    "matches", "in", "not_in", "at_least", "at_most", "more_than", "less_than",
    "exists", "empty",
]  # fmt: skip
"""How a fact is compared. `contains_words` wants every word, in any order, ignoring case."""

PageMatch = Literal["equals", "path", "contains", "contains_words", "category"]


class _Node(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="if", omit_defaults=True
):
    pass


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A test of one property of an event. A missing property passes only `empty` and the negative operators."""

    property: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class AttributeIs(_Node, frozen=True, tag="attribute"):
    """A test of one attribute of the contact."""

    name: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class Did(_Node, frozen=True, tag="did"):
    """The contact did something at least / at most so many times, ever or within a window that ends now."""

    event: str
    where: tuple[Where, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    within: Duration | None = None


class Page(_Node, frozen=True, tag="page"):
    """Viewed pages whose address equals / contains ..., counted as in `did`."""

    match: PageMatch
    value: str
    at_least: int | None = None
    at_most: int | None = None
    within: Duration | None = None


class InSegment(_Node, frozen=True, tag="segment"):
    id: SegmentId


class ScoreIs(_Node, frozen=True, tag="score"):
    """A named score lies between two values, both included."""

    id: ScoreId
    at_least: int | None = None
    at_most: int | None = None


class HasTag(_Node, frozen=True, tag="tag"):
    name: str


class HasConsent(_Node, frozen=True, tag="consent"):
    """The contact agreed to this purpose, and has not withdrawn."""

    purpose: str = "marketing"


class InJourney(_Node, frozen=True, tag="journey"):
    """The contact is inside a journey now."""

    id: JourneyId


class All(_Node, frozen=True, tag="all"):
    conditions: "tuple[Condition, ...]"


class AnyOf(_Node, frozen=True, tag="any"):
    conditions: "tuple[Condition, ...]"


class Not(_Node, frozen=True, tag="not"):
    condition: "Condition"


Condition = (
    AttributeIs
    | Did
    | Page
    | InSegment
    | ScoreIs
    | HasTag
    | HasConsent
    | InJourney
    | All
    | AnyOf
    | Not
)


def walk(condition: Condition) -> list[Condition]:
    """Return `condition` and every condition inside it, outermost first."""
    match condition:
        case All(inners) | AnyOf(inners):
            return [condition, *(found for inner in inners for found in walk(inner))]
        case Not(inner):
            return [condition, *walk(inner)]
        case _:
            return [condition]
