"""The words of ClickHouse."""

from collections.abc import Callable
from typing import ClassVar

from sqlglot import exp
from typing_extensions import override

from ripely.compiler.query.build import (
    Sql,
    call,
    case,
    column,
    compared,
    function,
    number,
    text,
)
from ripely.compiler.query.speech import NUMBER, WORD, Make, Speech

_KINDS = {"text": "Array(String)", "number": "Array(Float64)", "integer": "Array(Int64)"}


class ClickHouse(Speech):
    dialect: ClassVar[str] = "clickhouse"
    settings: ClassVar[str] = (
        " SETTINGS join_use_nulls = 1, allow_nonconst_timezone_arguments = 1"
    )

    @override
    def timestamp(self, written: Sql) -> Sql:
        return call("toDateTime64", written, number(3), text("UTC"))

    @override
    def seconds(self, moment: Sql) -> Sql:
        return call("toUnixTimestamp", moment)

    @override
    def lower(self, value: Sql) -> Sql:
        return self.replaced(self.lower_plain(value), "ς", "σ")  # noqa: RUF001 - two sigmas of Greek.

    @override
    def lower_plain(self, value: Sql) -> Sql:
        return call("lowerUTF8", self.replaced(value, "İ", "i"))

    @override
    def contains(self, value: Sql, needle: str) -> Sql:
        return compared(call("position", value, text(needle)), ">", number(0))

    @override
    def starts(self, value: Sql, needle: str) -> Sql:
        return call("startsWith", value, text(needle))

    @override
    def ends(self, value: Sql, needle: str) -> Sql:
        return call("endsWith", value, text(needle))

    @override
    def matches(self, value: Sql, pattern: str, *, cases: bool = False) -> Sql:
        return call("match", value, text(f"{'(?-s)' if cases else '(?i-s)'}{pattern}"))

    @override
    def words(self, value: Sql) -> Sql:
        return call("extractAll", value, text(WORD))

    @override
    def holds_all(self, items: Sql, wanted: list[Sql]) -> Sql:
        return call("hasAll", items, self.listed(wanted))

    @override
    def number(self, value: Sql) -> Sql:
        read = call("toFloat64OrNull", value)
        return case([(call("match", value, text(f"^{NUMBER}$")), read)], exp.null())

    @override
    def sure(self, value: Sql) -> Sql:
        return call("assumeNotNull", value)

    @override
    def integer(self, value: Sql) -> Sql:
        return call("toInt64", value)

    @override
    def spelled(self, value: Sql) -> Sql:
        return call("toString", value)

    @override
    def left(self, value: Sql, most: int) -> Sql:
        return call("substringUTF8", value, number(1), number(most))

    @override
    def part(self, value: Sql, begin: int, length: int) -> Sql:
        return call("substring", value, number(begin), number(length))

    @override
    def tail(self, value: Sql, most: int) -> Sql:
        return call("right", value, number(most))

    @override
    def small(self, value: Sql) -> Sql:
        return call("toInt32OrZero", value)

    @override
    def replaced(self, value: Sql, what: str, by: str) -> Sql:
        return call("replaceAll", value, text(what), text(by))

    @override
    def before(self, value: Sql, mark: str) -> Sql:
        return self.at(self.split(value, mark), number(1))

    @override
    def split(self, value: Sql, mark: str) -> Sql:
        return call("splitByString", text(mark), value)

    @override
    def joined(self, items: Sql, mark: str) -> Sql:
        return call("arrayStringConcat", items, text(mark))

    @override
    def listed(self, items: list[Sql]) -> Sql:
        return call("array", *items)

    @override
    def nothing(self, kind: str) -> Sql:
        return call("CAST", call("array"), text(_KINDS[kind]))

    @override
    def value(self, known: Sql, key: str) -> Sql:
        return call("arrayElement", known, text(key))

    @override
    def entry(self, known: Sql, key: str, otherwise: Sql) -> Sql:
        return call("if", self.has(known, key), self.value(known, key), otherwise)

    @override
    def under(self, known: Sql, key: str) -> Sql:
        return call("arrayElement", known, text(key))

    @override
    def list_under(self, known: Sql, key: str) -> Sql:
        return self.under(known, key)

    @override
    def has(self, known: Sql, key: str) -> Sql:
        return call("mapContains", known, text(key))

    @override
    def pairs(self, known: Sql, make: Callable[[Sql, Sql], Sql]) -> Sql:
        test = function("k v", make(column("k"), column("v")))
        return call("arrayExists", test, call("mapKeys", known), call("mapValues", known))

    @override
    def field(self, value: Sql, name: str) -> Sql:
        return call("tupleElement", value, text(name))

    @override
    def length(self, items: Sql) -> Sql:
        return call("length", items)

    @override
    def first(self, items: Sql) -> Sql:
        return self.at(items, number(1))

    @override
    def at(self, items: Sql, place: Sql) -> Sql:
        return call("arrayElement", items, place)

    @override
    def kept(self, items: Sql, test: Make, name: str = "x") -> Sql:
        return call("arrayFilter", function(name, test(column(name))), items)

    @override
    def each(self, items: Sql, make: Make, name: str = "x") -> Sql:
        return call("arrayMap", function(name, make(column(name))), items)

    @override
    def first_of(self, items: Sql, most: int) -> Sql:
        return call("arraySlice", items, number(1), number(most))

    @override
    def pushed(self, items: Sql, item: Sql) -> Sql:
        return call("arrayPushBack", items, call("toInt64", item))

    @override
    def places(self, items: Sql) -> Sql:
        return call("range", self.length(items))

    @override
    def total(self, items: Sql) -> Sql:
        return call("arraySum", items)

    @override
    def least(self, items: Sql) -> Sql:
        return call("arrayMin", items)

    @override
    def most(self, items: Sql) -> Sql:
        return call("arrayMax", items)

    @override
    def least_where(self, value: Sql, test: Sql) -> Sql:
        return call("minIf", value, test)

    @override
    def most_where(self, value: Sql, test: Sql) -> Sql:
        return call("maxIf", value, test)

    @override
    def summed(self, value: Sql, test: Sql) -> Sql:
        return call("sumKahanIf", value, test)

    @override
    def latest(self, moment: Sql, most: int, test: Sql) -> Sql:
        found = call(f"groupArraySortedIf({most})", exp.Neg(this=moment), test)
        return call("arraySort", self.each(found, lambda one: exp.Neg(this=one)))

    @override
    def picked(self, value: Sql, order: list[Sql], which: str, test: Sql) -> Sql:
        name = "argMinIf" if which == "first" else "argMaxIf"
        return call(name, value, call("tuple", *order), test)

    @override
    def different(self, items: Sql, test: Sql) -> Sql:
        return call("length", call("groupUniqArrayArrayIf", items, test))

    @override
    def count_where(self, test: Sql) -> Sql:
        return call("countIf", test)

    @override
    def even(self, value: Sql) -> Sql:
        return call("roundBankers", value)

    @override
    def digest(self, value: Sql) -> Sql:
        return call("lower", call("hex", call("MD5", value)))

    @override
    def local_day(self, moment: Sql, zone: Sql) -> Sql:
        return call("formatDateTime", moment, text("%F"), zone)

    @override
    def written_moment(self, written: Sql, minutes: Sql) -> Sql:
        read = call(
            "toDateTime64OrNull",
            exp.DPipe(this=written, expression=text(":00")),
            number(0),
            text("UTC"),
        )
        return call("subtractMinutes", read, minutes)
