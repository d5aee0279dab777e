"""Stored history in a ClickHouse server, to ask the questions that the product asks of its archive."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ripely.adapters.clickhouse.archive import ClickHouseArchive
from ripely.adapters.clickhouse.warehouse import ClickHouseWarehouse
from ripely.model.event import Event
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.ports import PARTITIONS, Answered, Cell, Folded, Rows, Warehouse
from ripely.runtime.archiving import decision_rows, event_rows, person_row
from ripely.runtime.scribe import lines_of


class ServerLake(Warehouse):
    """Holds what it is given, as `lake.Lake` does."""

    dialect = "clickhouse"

    def __init__(self, url: str) -> None:
        self._archive = ClickHouseArchive(url)
        self._warehouse = ClickHouseWarehouse(url)
        self._archive.positions()  # It makes the tables.
        self._position = 0

    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        return self._warehouse.ask(sql, rows_max)

    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        return self._warehouse.each(sql)

    def keep(
        self, events: Iterable[Event] = (), notes: Mapping[int, Sequence[Note]] = {}
    ) -> None:
        told: dict[int, list[Event]] = {}
        for event in events:
            told.setdefault(event.contact, []).append(event)
        after = self._position
        folded = [
            Folded(contact, self._next(), told.get(contact, []), notes.get(contact, []))
            for contact in {**told, **notes}
        ]
        happened = lines_of(row for one in folded for row in event_rows(one))
        decided = lines_of(row for one in folded for row in decision_rows(one))
        self._keep(
            Rows(
                _everywhere(after), _everywhere(self._position), happened, decided, lines_of(())
            )
        )

    def know(self, profiles: Iterable[Profile]) -> None:
        after = self._position
        people = lines_of([person_row(profile, self._next()) for profile in profiles])
        nothing = lines_of(())
        self._keep(
            Rows(_everywhere(after), _everywhere(self._position), nothing, nothing, people)
        )

    def _keep(self, rows: Rows) -> None:
        assert self._archive.keep(rows)

    def _next(self) -> int:
        self._position += 1
        return self._position


def _everywhere(position: int) -> dict[int, int]:
    return dict.fromkeys(range(PARTITIONS), position)
