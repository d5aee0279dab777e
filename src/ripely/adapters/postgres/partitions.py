"""Which worker folds which partitions: session locks, which PostgreSQL frees when a worker dies."""

import time
from typing import Any

from psycopg import Connection

from ripely.adapters.postgres.statements import load
from ripely.model.ids import RulesetId
from ripely.ports import PARTITIONS

SQL = load("profiles")
WORKERS = 0x5269_7001
PARTITION = 0x5269_7002
BALANCE_SECONDS = 0.5


class Partitions:
    """The share of one worker, balanced again from time to time.

    The locks live in the session that also commits, so a worker that lost them cannot commit.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._balanced_at = -BALANCE_SECONDS
        self.places: dict[int, tuple[int, RulesetId]] = {}
        connection.execute(SQL["enlist"], {"workers": WORKERS})

    def balance(self) -> bool:
        """Take or leave partitions when it is time to; return whether any was left to others."""
        now = time.monotonic()
        if now - self._balanced_at < BALANCE_SECONDS:
            return False
        self._balanced_at = now
        row = self._connection.execute(SQL["workers"], {"workers": WORKERS}).fetchone()
        assert row is not None
        share = -(-PARTITIONS // max(1, row[0]))
        surplus = sorted(self.places)[share:]
        for partition in surplus:
            self._ask("leave_partition", partition)
            del self.places[partition]
        self._take(share - len(self.places))
        return bool(surplus)

    def advance(self, partitions: tuple[int, ...], upto: int, ruleset: RulesetId) -> None:
        for partition in partitions:
            self.places[partition] = (upto, ruleset)

    def _take(self, wanted: int) -> None:
        taken: list[int] = []
        for partition in range(PARTITIONS):
            if len(taken) >= wanted:
                break
            if partition not in self.places and self._ask("take_partition", partition):
                taken.append(partition)
        if taken:
            rows = self._connection.execute(SQL["positions"], {"partitions": taken})
            self.places.update({p: (position, RulesetId(rules)) for p, position, rules in rows})

    def _ask(self, statement: str, partition: int) -> bool:
        asked = {"partitions": PARTITION, "partition": partition}
        row = self._connection.execute(SQL[statement], asked).fetchone()
        return bool(row and row[0])
