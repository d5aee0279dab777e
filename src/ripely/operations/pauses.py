"""Who is overdue in a paused journey: counted, and told before it is resumed."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from ripely.model.journey import Journey
from ripely.operations.tallies import tallies

_HOUR_S = 3_600


class Overdue(msgspec.Struct, frozen=True):
    """How many waits have ended in the pause, by step, and since which hour.

    Of them `late` leave on resume, and at most `late_max`: of one hour it is not known.
    """

    steps: Mapping[str, int] = {}
    since: datetime | None = None
    late: int = 0
    late_max: int = 0

    @property
    def total(self) -> int:
        return sum(self.steps.values())

    @property
    def leaving(self) -> str:
        """How many leave on resume, in words; nothing when nobody does."""
        if not self.late_max:
            return ""
        if not self.late:
            return f"up to {self.late_max:,}"
        return f"{self.late:,}" + (
            f" to {self.late_max:,}" if self.late_max > self.late else ""
        )


def overdue(journey: Journey, now: datetime) -> Overdue:
    """Return who would go on, and who would leave, if the journey were resumed now. Exact to the hour."""
    counted = tallies("overdue", journey.id).get(journey.id, {})
    steps: dict[str, int] = {}
    hours: dict[int, int] = {}
    for item, number in sorted(counted.items()):
        step, _, hour = item.rpartition(":")
        if number > 0:
            steps[step] = steps.get(step, 0) + number
            hours[int(hour)] = hours.get(int(hour), 0) + number
    if not steps:
        return Overdue()
    since = datetime.fromtimestamp(min(hours) * _HOUR_S, UTC)
    if journey.overdue_after is None:
        return Overdue(steps, since)
    latest_s = int(now.timestamp()) - journey.overdue_after
    late = sum(n for hour, n in hours.items() if (hour + 1) * _HOUR_S <= latest_s + 1)
    late_max = sum(n for hour, n in hours.items() if hour * _HOUR_S <= latest_s)
    return Overdue(steps, since, late, late_max)
