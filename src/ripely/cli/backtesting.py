"""A backtest on all cores: each process goes through some partitions, and their findings are added up."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import SpawnContext
from multiprocessing.sharedctypes import SynchronizedArray
from multiprocessing.synchronize import Event as Signal

from ripely.model.backtest import Asked, Report
from ripely.model.ids import ContactId
from ripely.ports import PARTITIONS, partition_of
from ripely.runtime.backtest.course import course_of
from ripely.runtime.backtest.findings import Findings
from ripely.runtime.backtest.narrowing import candidates
from ripely.runtime.backtest.report import report_of
from ripely.runtime.backtest.running import CancelledError, run_part
from ripely.runtime.rules import published_of
from ripely.settings import read_settings
from ripely.wiring import assemble

TOLD_EVERY_SECONDS = 0.3

Progress = Callable[[int, int], bool]
"""Is told how many contacts and events are done; answers whether to go on."""

_shared: "list[tuple[SynchronizedArray[int], Signal]]" = []


def compute(url: str, documents: bytes, asked: Asked, progress: Progress) -> Report:
    """Return the report of a backtest. Raises `CancelledError` when `progress` does not want it any more."""
    course = course_of(published_of(documents), asked)
    context = multiprocessing.get_context("spawn")
    done, stop = context.Array("q", 2), context.Event()
    findings = Findings()
    with assemble(read_settings(), url) as app:
        some = candidates(course, app.warehouse, app.history)
    who = None if some is None else some.contacts
    with _pool(context, done, stop) as pool:
        parts = {
            pool.submit(_part, url, documents, asked, n, _of(n, who)) for n in range(PARTITIONS)
        }
        try:
            while parts:
                ended, parts = wait(parts, TOLD_EVERY_SECONDS, FIRST_COMPLETED)
                for part in ended:
                    findings.join(part.result())
                _tell(progress, done)
        finally:
            stop.set()  # Whatever is not done yet need not be.
            for part in parts:
                part.cancel()
    if some is not None:
        findings.covered(some.covered_contacts, some.covered_events)
    return report_of(course, findings)


def _of(partition: int, who: Collection[ContactId] | None) -> list[ContactId] | None:
    return None if who is None else [one for one in who if partition_of(one) == partition]


def _tell(progress: Progress, done: "SynchronizedArray[int]") -> None:
    if not progress(done[0], done[1]):
        raise CancelledError


def _pool(
    context: SpawnContext, done: "SynchronizedArray[int]", stop: Signal
) -> ProcessPoolExecutor:
    cores = min(os.cpu_count() or 1, PARTITIONS)
    return ProcessPoolExecutor(cores, context, initializer=_begin, initargs=(done, stop))


def _begin(done: "SynchronizedArray[int]", stop: Signal) -> None:
    """Share what is told, leave Ctrl-C to the parent, and end when it does."""
    _shared.append((done, stop))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait_for([parent.sentinel])
    os._exit(1)


def _part(
    url: str, documents: bytes, asked: Asked, partition: int, contacts: list[ContactId] | None
) -> Findings:
    ((done, stop),) = _shared

    def tell(contacts: int, events: int) -> bool:
        with done.get_lock():
            done[0] += contacts
            done[1] += events
        return not stop.is_set()

    course = course_of(published_of(documents), asked)
    with assemble(read_settings(), url) as app:
        return run_part(course, app.history, partition, contacts, tell)
