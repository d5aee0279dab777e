"""What a ClickHouse server has kept, read back as the rows it was made of, and byte for byte."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ripely.adapters.clickhouse.archive import ClickHouseArchive, statements
from ripely.adapters.clickhouse.server import Server
from ripely.adapters.clickhouse.warehouse import ClickHouseWarehouse

MOMENTS = {"occurred_ms": "occurred_at", "received_ms": "received_at", "at_ms": "at"}
TABLES = ("events", "decisions", "people", "erasing")
NAMELESS = ("kept", "keepers")
SECONDS_MAX = 60.0
AT_ONCE = (
    "old_parts_lifetime = 0, merge_tree_clear_old_parts_interval_seconds = 0,"
    " cleanup_delay_period = 0, max_cleanup_delay_period = 1"
)
"""When old parts go: a minute is too long here."""
PARTS_LEFT = (
    "SELECT 1 FROM system.parts WHERE database = currentDatabase() AND _state <> 'Active'"
    f" AND table NOT IN {NAMELESS} LIMIT 1"
)
"""Also those that are just being removed. Old parts of what names nobody may stay, which they do for eight minutes."""


class InClickHouse:
    def __init__(self, url: str) -> None:
        self.url = url
        self.archive = ClickHouseArchive(url)
        self._server, self._warehouse = Server(url), ClickHouseWarehouse(url)
        self._server.make_database()
        for statement in statements():
            self.tell(statement)
        for table in TABLES:
            self.tell(f"ALTER TABLE {table} MODIFY SETTING {AT_ONCE}")
        self.archive.positions()

    def tell(self, sql: str) -> list[list[object]]:
        return self._server.tell(sql, SECONDS_MAX)

    def rows(self, table: str, kind: type) -> list:
        """Read a table back, as it is when everything of one key has been merged."""
        columns = [
            f'toUnixTimestamp64Milli("{MOMENTS[field]}")' if field in MOMENTS else f'"{field}"'
            for field in kind.__struct_fields__
        ]
        final = "FINAL" if table == "people" else ""
        found = self._warehouse.each(f"SELECT {', '.join(columns)} FROM {table} {final}")
        return [
            msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)
            for row in found
        ]

    def every_byte(self) -> Iterator[bytes]:
        """Everything that lies on the disk once old parts are gone, and what packed parts say."""
        while self.tell(PARTS_LEFT):
            pass
        asked = (
            "SELECT arrayJoin(data_paths) FROM system.tables WHERE database = currentDatabase()"
        )
        for (folder,) in self.tell(asked):
            for place, _, names in os.walk(
                str(folder)
            ):  # What is gone meanwhile it passes over.
                yield from (_bytes(Path(place, name)) for name in names)
        for table in (*TABLES, *NAMELESS):
            for row in self._warehouse.each(f"SELECT * FROM {table}"):
                yield repr(row).encode()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
