"""What stands between messages and contacts, compiled: how many may go, and when none may."""

from collections.abc import Mapping

import msgspec

from ripely.model.ids import SegmentId
from ripely.model.profile import Sent

NEVER_S = 1 << 40
"""Later than any moment: what waits until then does not go."""


class Span(msgspec.Struct, frozen=True):
    """A part of the day by the contact's own clock, in seconds from midnight, on weekdays from 0, Monday.

    Over midnight when it ends no later than it begins: it counts for the day on which it begins.
    """

    begins: int
    ends: int
    weekdays: frozenset[int]


class QuietRule(msgspec.Struct, frozen=True):
    """When messages wait. Nothing in `countries`, `regions` or `segment`: for everybody."""

    spans: tuple[Span, ...]
    holidays: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    segment: SegmentId | None = None


class CapRule(msgspec.Struct, frozen=True):
    """No more than so many messages of a sort in a time. `name` is how it is called as a reason."""

    at_most: int
    within_s: int
    name: str
    channel: str | None = None
    topic: str = ""
    purpose: str = ""
    segment: SegmentId | None = None

    def counts(self, one: Sent) -> bool:
        return (
            self.channel in {None, one.channel}
            and self.topic in {"", one.topic}
            and self.purpose in {"", one.purpose}
        )


class BudgetRule(msgspec.Struct, frozen=True):
    """So much attention in a time. From `important` on, a priority goes beyond it."""

    at_most: int
    within_s: int
    compete_s: int
    important: int
    name: str
    segment: SegmentId | None = None

    def counts(self, one: Sent) -> bool:
        return one.priority > 0


class Protection(msgspec.Struct, frozen=True):
    """All guards together; rules that can hold a message are found by its channel.

    `counting` are the rules that ask what was sent before. `holdout` percent of all contacts get
    no marketing message.
    """

    quiet: Mapping[str, tuple[QuietRule, ...]]
    caps: Mapping[str, tuple[CapRule, ...]]
    budgets: tuple[BudgetRule, ...]
    counting: tuple[CapRule | BudgetRule, ...]
    country_rules: bool = False
    holdout: float = 0


class Hold(msgspec.Struct, frozen=True):
    """Until when a message has to wait, and why."""

    until_s: int
    reason: str
