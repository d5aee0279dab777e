"""The collector: durable events a second, one by one and in batches, and how long an answer takes."""

import psycopg

from bench.load import CONNECTIONS, SECONDS, WARM_UP_SECONDS, flood, pace
from bench.runner import Figure, bench, paired
from bench.servers import PROCESSES, Server, nothing_server, web_server

BATCH = 100


@bench("collect_single")
def collect_single() -> Figure:
    return _throughput(1)


@bench("collect_batch")
def collect_batch() -> Figure:
    return _throughput(BATCH)


@bench("collect_p99")
def collect_p99() -> Figure:
    """The limit is the answer time of a server that does nothing, at the same pace."""
    with web_server() as web, nothing_server() as nothing:
        flood(web, seconds=WARM_UP_SECONDS)
        half = flood(web).per_second / 2
        value, limit = paired(
            lambda: _p99(web, half),
            lambda: _p99(nothing, half),
        )
    load = (
        f"{half:,.0f} requests a second, one event each, {CONNECTIONS} keep-alive connections"
    )
    return Figure(value, "ms", limit, f"{load}, {PROCESSES} processes", lower_is_better=True)


def _throughput(batch: int) -> Figure:
    with web_server() as web, nothing_server() as nothing:
        flood(web, batch, WARM_UP_SECONDS)
        value, limit = paired(
            lambda: flood(web, batch).per_second * batch,
            lambda: flood(nothing, batch).per_second * batch,
        )
        _check_durable(web, value)
    load = f"{batch} events a request, 8 a visitor, {CONNECTIONS} keep-alive connections"
    return Figure(value, "events/s", limit, f"{load}, {PROCESSES} processes, {SECONDS} s a run")


def _p99(server: Server, per_second: float) -> float:
    result = pace(server, per_second)
    assert not result.bad
    return result.p99_ms


def _check_durable(web: Server, per_second: float) -> None:
    """The figure is worth nothing unless the log has what was answered for."""
    with psycopg.connect(web.database_url) as connection:
        row = connection.execute("SELECT sum(events), sum(length(body)) FROM log").fetchone()
    assert row is not None
    assert row[0] >= per_second * SECONDS
