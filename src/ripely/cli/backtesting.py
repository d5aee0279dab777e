"""A backtest on all cores: each process goes through some partitions, and their findings are added up."""

import multiprocessing
import os
from collections.abc import Callable, Collection
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from typing import TYPE_CHECKING

from ripely.cli.backtest_worker import Shared, begin, history_of, part, ready
from ripely.model.backtest import Asked, Report
from ripely.model.ids import ContactId
from ripely.ports import PARTITIONS, History, Warehouse, partition_of
from ripely.runtime.backtest.course import Course, course_of
from ripely.runtime.backtest.findings import Findings
from ripely.runtime.backtest.report import report_of
from ripely.runtime.backtest.running import CancelledError
from ripely.runtime.rules import published_of
from ripely.settings import read_settings
from ripely.wiring import assemble

if TYPE_CHECKING:
    from ripely.runtime.backtest.narrowing import Candidates

TOLD_EVERY_SECONDS = 0.3

Progress = Callable[[int, int], bool]
"""Is told how many contacts and events are done; answers whether to go on."""


def compute(url: str, documents: bytes, asked: Asked, progress: Progress) -> Report:
    """Return the report of a backtest. Raises `CancelledError` when `progress` does not want it any more."""
    course = course_of(published_of(documents), asked)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ripely.cli.backtest_worker"])  # Read once for all.
    shared = Shared(context.Array("q", 2), context.Event())
    cores = min(os.cpu_count() or 1, PARTITIONS)
    given = (url, documents, asked, shared)
    with ProcessPoolExecutor(cores, context, initializer=begin, initargs=given) as pool:
        for _ in range(cores):
            pool.submit(ready)  # They begin while the archive is asked.
        with assemble(read_settings(), url) as app, history_of(app, asked) as history:
            some = _candidates(course, app.warehouse, history, progress)
        who = None if some is None else some.contacts
        parts = {pool.submit(part, n, _of(n, who)) for n in range(PARTITIONS)}
        findings = _added(parts, shared, progress)
    if some is not None:
        findings.covered(some.covered_contacts, some.covered_events, some.began_s)
    return report_of(course, findings)


def _candidates(
    course: Course, warehouse: Warehouse, history: History, progress: Progress
) -> "Candidates | None":
    """Ask the archive whom to look at, for as long as somebody wants to know."""
    # Only who asks the archive needs what writes queries: the processes begin sooner without it.
    from ripely.runtime.backtest.narrowing import candidates

    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(candidates, course, warehouse, history)
        try:
            while not wait([asked], TOLD_EVERY_SECONDS).done:
                if not progress(0, 0):
                    raise CancelledError
        finally:
            while not asked.done():
                warehouse.stop()
                wait([asked], TOLD_EVERY_SECONDS)
    return asked.result()


def _added(parts: set[Future[Findings]], shared: Shared, progress: Progress) -> Findings:
    """Add findings up as they come."""
    findings = Findings()
    try:
        while parts:
            ended, parts = wait(parts, TOLD_EVERY_SECONDS, FIRST_COMPLETED)
            for one in ended:
                findings.join(one.result())
            if not progress(shared.done[0], shared.done[1]):
                raise CancelledError
    finally:
        shared.stop.set()  # Whatever is not done yet need not be.
        for one in parts:
            one.cancel()
    return findings


def _of(partition: int, who: Collection[ContactId] | None) -> list[ContactId] | None:
    return None if who is None else [one for one in who if partition_of(one) == partition]
