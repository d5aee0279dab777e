"""Who is overdue in a paused journey: counted, and told before it is resumed."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from ripely.model.journey import Journey
from ripely.operations.tallies import tallies

_HOUR_S = 3_600


class Overdue(msgspec.Struct, frozen=True):
    """How many waits have ended in the pause, by step, and since which hour; `late` of them leave on resume."""

    steps: Mapping[str, int] = {}
    since: datetime | None = None
    late: int = 0

    @property
    def total(self) -> int:
        return sum(self.steps.values())


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
    limit_s = journey.overdue_after
    now_s = now.timestamp()
    late = sum(
        number
        for hour, number in hours.items()
        if limit_s is not None and now_s - (hour + 1) * _HOUR_S >= limit_s
    )
    return Overdue(steps, datetime.fromtimestamp(min(hours) * _HOUR_S, UTC), late)
