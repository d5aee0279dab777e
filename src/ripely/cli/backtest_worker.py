"""One process of a backtest: it prepares once, and goes through the partitions that it is given."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import wait
from multiprocessing.sharedctypes import SynchronizedArray
from multiprocessing.synchronize import Event as Signal

import msgspec

from ripely.model.backtest import Asked
from ripely.model.ids import ContactId
from ripely.ports import History
from ripely.runtime.backtest.course import Course, course_of
from ripely.runtime.backtest.findings import Findings
from ripely.runtime.backtest.running import run_part
from ripely.runtime.rules import published_of
from ripely.settings import read_settings
from ripely.wiring import App, assemble, open_archived_history


class Shared(msgspec.Struct, frozen=True):
    """What processes tell each other: how many contacts and events are done, and that it is to stop."""

    done: "SynchronizedArray[int]"
    stop: Signal


class _Work(msgspec.Struct, frozen=True):
    course: Course
    history: History
    shared: Shared
    opened: ExitStack


_work: list[_Work] = []


def begin(url: str, documents: bytes, asked: Asked, shared: Shared) -> None:
    """Prepare; leave Ctrl-C to the parent, and end when it does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    course = course_of(published_of(documents), asked)
    opened = ExitStack()  # Never closed: the connections end with the process.
    app = opened.enter_context(assemble(read_settings(), url))
    history = opened.enter_context(history_of(app, asked))
    _work.append(_Work(course, history, shared, opened))


@contextmanager
def history_of(app: App, asked: Asked) -> Iterator[History]:
    """Open history where it is to be read."""
    if asked.source == "database":
        yield app.history
        return
    with open_archived_history(app) as archived:
        yield archived


def ready() -> None:
    """Do nothing: whoever asks for it has a process begin."""


def part(partition: int, contacts: list[ContactId] | None) -> Findings:
    (work,) = _work
    done, stop = work.shared.done, work.shared.stop

    def tell(contacts: int, events: int) -> bool:
        with done.get_lock():
            done[0] += contacts
            done[1] += events
        return not stop.is_set()

    return run_part(work.course, work.history, partition, contacts, tell)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
