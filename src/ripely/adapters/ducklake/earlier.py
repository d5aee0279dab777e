"""How people were on the days that the lake knows of, for an archive that comes later."""

from pathlib import Path

import duckdb

from ripely.adapters.ducklake.lake import Means, Place, connect
from ripely.adapters.ducklake.wording import plainly
from ripely.ports import PARTITIONS, ArchiveError, Lines, Rows

_MEANS_MEMORY = "256MB"
_MEANS_THREADS = 1
_ROWS_AT_ONCE = 1_000

# Nobody is told of from before being forgotten.
_ASKED = f"""
SELECT to_json(one)::VARCHAR FROM (
    SELECT * EXCLUDE ("at"), epoch_ms("at") AS at_ms FROM snapshots AS s
    WHERE position > list_min($after) AND position <= list_max($upto)
      AND position > $after[(contact % {PARTITIONS} + {PARTITIONS}) % {PARTITIONS} + 1]
      AND position <= $upto[(contact % {PARTITIONS} + {PARTITIONS}) % {PARTITIONS} + 1]
      AND NOT EXISTS (
          SELECT 1 FROM (SELECT unnest($contacts) AS contact, unnest($since) AS since) AS forgotten
          WHERE forgotten.contact = s.contact AND s.position < forgotten.since
      )
) AS one
"""  # noqa: S608 - a number of ours.


class EarlierPeople:
    """A connection of its own until everything is told that the lake knew at the beginning."""

    def __init__(self, place: Place, folder: Path) -> None:
        """Raises `ArchiveError`."""
        self._connection = connect(
            place, Means(_MEANS_MEMORY, _MEANS_THREADS, folder), read_only=True
        )
        try:
            told = self._connection.execute("SELECT partition, position FROM positions")
            self._known = dict(told.fetchall())
        except duckdb.Error as wrong:
            raise ArchiveError(f"The lake cannot be read: {plainly(wrong)}") from wrong

    def close(self) -> None:
        self._connection.close()

    def of(self, rows: Rows) -> Lines:
        if all(position <= rows.after.get(partition, 0) for partition, position in self._known.items()):  # fmt: skip
            self.close()
            return Lines(0, ())
        asked = {
            "after": [rows.after.get(partition, 0) for partition in range(PARTITIONS)],
            "upto": [rows.upto.get(partition, 0) for partition in range(PARTITIONS)],
            "contacts": list(rows.forgotten.keys()),
            "since": list(rows.forgotten.values()),
        }
        try:
            found = self._connection.execute(_ASKED, asked)
            parts, count = [], 0
            while some := found.fetchmany(_ROWS_AT_ONCE):
                parts.append("".join(f"{line}\n" for (line,) in some).encode())
                count += len(some)
        except duckdb.Error as wrong:
            raise ArchiveError(f"The lake cannot be read: {plainly(wrong)}") from wrong
        return Lines(count, parts)
