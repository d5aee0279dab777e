"""A second archive beside the first, which catches up by itself whenever it was away or came later."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import msgspec
from typing_extensions import override

from ripely.model.ids import ContactId
from ripely.ports import Archive, Lines, Rows

PeopleOf: TypeAlias = Callable[[Rows], Lines]
"""Returns how people were on earlier days, of the time that these rows are about."""


class Copy(Archive):
    """What is told of people is how they are now; how they were on earlier days is told by the first archive."""

    def __init__(self, inner: Archive, people_of: PeopleOf) -> None:
        self._inner = inner
        self._people_of = people_of

    @override
    def positions(self) -> Mapping[int, int]:
        return self._inner.positions()

    @override
    def keep(self, rows: Rows) -> bool:
        earlier, latest = self._people_of(rows), rows.people
        people = Lines(earlier.count + latest.count, (*earlier.parts, *latest.parts))
        return self._inner.keep(msgspec.structs.replace(rows, people=people))

    @override
    def compact(self) -> None:
        self._inner.compact()

    @override
    def erase(self, contacts: Sequence[ContactId]) -> None:
        self._inner.erase(contacts)
