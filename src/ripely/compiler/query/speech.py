"""What every engine that history lies in can say, each in its own words."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

from ripely.compiler.query.build import Sql, compared, number, text

NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
WORD = r"[\p{L}\p{N}]+"
LONG_AGO_S = -(1 << 60)
NEVER_S = 1 << 60
Make = Callable[[Sql], Sql]


class Speech(ABC):
    """Lists are never unknown here: of what is not known they are empty."""

    dialect: ClassVar[str]
    settings: ClassVar[str] = ""

    def moment(self, at_s: int) -> Sql:
        """Return a moment to compare columns of moments with."""
        at = datetime.fromtimestamp(max(at_s, 0), UTC)
        return self.timestamp(text(f"{at:%Y-%m-%d %H:%M:%S}"))

    def some_of(self, items: Sql, test: Make, name: str = "x") -> Sql:
        """Whether one of some items passes."""
        return compared(self.length(self.kept(items, test, name)), ">", number(0))

    @abstractmethod
    def timestamp(self, written: Sql) -> Sql: ...
    @abstractmethod
    def seconds(self, moment: Sql) -> Sql:
        """Return the whole seconds since 1970."""

    @abstractmethod
    def lower(self, value: Sql) -> Sql:
        """Return text to compare, as `model.words.lowered` does."""

    @abstractmethod
    def lower_plain(self, value: Sql) -> Sql:
        """Return text to look for letters of ASCII in."""

    @abstractmethod
    def contains(self, value: Sql, needle: str) -> Sql: ...
    @abstractmethod
    def starts(self, value: Sql, needle: str) -> Sql: ...
    @abstractmethod
    def ends(self, value: Sql, needle: str) -> Sql: ...
    @abstractmethod
    def matches(self, value: Sql, pattern: str, *, cases: bool = False) -> Sql: ...
    @abstractmethod
    def words(self, value: Sql) -> Sql: ...
    @abstractmethod
    def holds_all(self, items: Sql, wanted: list[Sql]) -> Sql: ...
    @abstractmethod
    def number(self, value: Sql) -> Sql:
        """Return text as a number, if it reads as one."""

    @abstractmethod
    def sure(self, value: Sql) -> Sql:
        """Return a value that is known, as it is known already."""

    @abstractmethod
    def integer(self, value: Sql) -> Sql: ...
    @abstractmethod
    def spelled(self, value: Sql) -> Sql:
        """Return a number as text."""

    @abstractmethod
    def left(self, value: Sql, most: int) -> Sql: ...
    @abstractmethod
    def part(self, value: Sql, begin: int, length: int) -> Sql: ...
    @abstractmethod
    def tail(self, value: Sql, most: int) -> Sql: ...
    @abstractmethod
    def small(self, value: Sql) -> Sql:
        """Return digits as a number; 0 where they are none."""

    @abstractmethod
    def replaced(self, value: Sql, what: str, by: str) -> Sql: ...
    @abstractmethod
    def before(self, value: Sql, mark: str) -> Sql:
        """Return what comes before a mark, or everything."""

    @abstractmethod
    def split(self, value: Sql, mark: str) -> Sql: ...
    @abstractmethod
    def joined(self, items: Sql, mark: str) -> Sql: ...
    @abstractmethod
    def listed(self, items: list[Sql]) -> Sql: ...
    @abstractmethod
    def nothing(self, kind: str) -> Sql:
        """Return an empty list of `text`, `number` or `integer`."""

    @abstractmethod
    def value(self, known: Sql, key: str) -> Sql:
        """Return the list under a key; an empty one where there is none."""

    @abstractmethod
    def entry(self, known: Sql, key: str, otherwise: Sql) -> Sql:
        """Return what is under a key, or something else."""

    @abstractmethod
    def under(self, known: Sql, key: str) -> Sql:
        """Return what is under a key that is there."""

    @abstractmethod
    def list_under(self, known: Sql, key: str) -> Sql:
        """Return the list of records under a key; an empty one where there is none."""

    @abstractmethod
    def has(self, known: Sql, key: str) -> Sql: ...
    @abstractmethod
    def pairs(self, known: Sql, make: Callable[[Sql, Sql], Sql]) -> Sql:
        """Whether a key and its value pass."""

    @abstractmethod
    def field(self, value: Sql, name: str) -> Sql: ...
    @abstractmethod
    def length(self, items: Sql) -> Sql: ...
    @abstractmethod
    def first(self, items: Sql) -> Sql:
        """Return the first of some texts, or an empty one."""

    @abstractmethod
    def at(self, items: Sql, place: Sql) -> Sql:
        """Return the item at a place, which begins with 1."""

    @abstractmethod
    def kept(self, items: Sql, test: Make, name: str = "x") -> Sql: ...
    @abstractmethod
    def each(self, items: Sql, make: Make, name: str = "x") -> Sql: ...
    @abstractmethod
    def first_of(self, items: Sql, most: int) -> Sql: ...
    @abstractmethod
    def pushed(self, items: Sql, item: Sql) -> Sql: ...
    @abstractmethod
    def places(self, items: Sql) -> Sql:
        """Return the places of some items, counted from 0."""

    @abstractmethod
    def total(self, items: Sql) -> Sql: ...
    @abstractmethod
    def least(self, items: Sql) -> Sql: ...
    @abstractmethod
    def most(self, items: Sql) -> Sql: ...
    @abstractmethod
    def least_where(self, value: Sql, test: Sql) -> Sql: ...
    @abstractmethod
    def most_where(self, value: Sql, test: Sql) -> Sql: ...
    @abstractmethod
    def summed(self, value: Sql, test: Sql) -> Sql:
        """Sum numbers up over rows, so that their order hardly matters."""

    @abstractmethod
    def latest(self, moment: Sql, most: int, test: Sql) -> Sql:
        """Return the latest moments over rows, oldest first."""

    @abstractmethod
    def picked(self, value: Sql, order: list[Sql], which: str, test: Sql) -> Sql:
        """Return the value of the first or the last row."""

    @abstractmethod
    def different(self, items: Sql, test: Sql) -> Sql:
        """Return how many different texts are in lists over rows."""

    @abstractmethod
    def count_where(self, test: Sql) -> Sql: ...
    @abstractmethod
    def even(self, value: Sql) -> Sql:
        """Round a number; a half to the even side."""

    @abstractmethod
    def digest(self, value: Sql) -> Sql: ...
    @abstractmethod
    def local_day(self, moment: Sql, zone: Sql) -> Sql:
        """Return the day of a moment in a zone, as `2030-01-31`."""

    @abstractmethod
    def written_moment(self, written: Sql, minutes: Sql) -> Sql:
        """Read `2030-01-31 09:00`, so many minutes ahead of UTC."""
