"""Whether there is work for those who are seldom needed, asked by a process that has loaded nothing else."""

import threading

import psycopg

from ripely.adapters.postgres.statements import load

SQL = load("waiting")
LOOK_SECONDS = 0.25
RETRY_SECONDS = 1.0


def wait_for(url: str, work: str, stopping: threading.Event, **known: int) -> None:
    """Return when there is `history` or there are `backtests` to work at, or when we are to stop."""
    while not stopping.is_set():
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                if _comes(connection, work, stopping, known):
                    return
        except psycopg.OperationalError:
            stopping.wait(RETRY_SECONDS)


def _comes(
    connection: psycopg.Connection[tuple[object, ...]],
    work: str,
    stopping: threading.Event,
    known: dict[str, int],
) -> bool:
    while not stopping.is_set():
        row = connection.execute(SQL[work], known, prepare=True).fetchone()
        if row is not None and row[0]:
            return True
        stopping.wait(LOOK_SECONDS)
    return False
