"""How a loop process lives: until it is told to stop, turn after turn, whether the database is there or not."""

import gc
import logging
import signal
import threading
from collections.abc import Callable

import msgspec
import psycopg

RETRY_SECONDS = 1.0
# Loops make many small objects and hardly a cycle: the collector need not look so often.
GC_THRESHOLDS = (100_000, 50, 50)

log = logging.getLogger(__name__)


class Pause(msgspec.Struct, frozen=True):
    """How long to wait after a turn that did less than `small`; longer each time after nothing."""

    seconds_min: float
    seconds_max: float
    small: int = 1


def told_to_stop() -> threading.Event:
    """Return what is set when the process is asked to end."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def collect_seldom() -> None:
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def while_reachable(work: Callable[[], None], stopping: threading.Event) -> None:
    """Do the work, and begin it anew whenever the database had gone away."""
    while not stopping.is_set():
        try:
            work()
        except psycopg.OperationalError as lost:
            log.warning("The database is away, trying again: %s", lost)
            stopping.wait(RETRY_SECONDS)


def repeat(turn: Callable[[], int], pause: Pause, stopping: threading.Event) -> None:
    """Take turns without a pause while there is much work, with longer ones while there is none."""
    seconds = pause.seconds_min
    while not stopping.is_set():
        done = turn()
        if done:
            seconds = pause.seconds_min
        if done < pause.small:
            stopping.wait(seconds)
            if not done:
                seconds = min(2 * seconds, pause.seconds_max)
