"""Time passes: due timers come back as events."""

from ripely.ports import Clock, Timers

TIMERS_PER_TURN_MAX = 5_000


def fire_once(timers: Timers, clock: Clock) -> int:
    """Move due timers into the log; return how many. A repeat does nothing: the move is one transaction."""
    return timers.fire(clock.now(), TIMERS_PER_TURN_MAX)
