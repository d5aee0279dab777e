"""The words of DuckDB."""

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
    either,
    function,
    number,
    text,
    where,
)
from ripely.compiler.query.speech import NUMBER, WORD, Make, Speech

_KINDS = {"text": "VARCHAR[]", "number": "DOUBLE[]", "integer": "BIGINT[]"}


class DuckDb(Speech):
    dialect: ClassVar[str] = "duckdb"

    @override
    def timestamp(self, written: Sql) -> Sql:
        return exp.cast(written, "TIMESTAMP", copy=False)

    @override
    def seconds(self, moment: Sql) -> Sql:
        return exp.IntDiv(this=call("epoch_ms", moment), expression=number(1000))

    @override
    def lower(self, value: Sql) -> Sql:
        return self.replaced(call("lower", value), "ς", "σ")  # noqa: RUF001 - two sigmas of Greek.

    @override
    def lower_plain(self, value: Sql) -> Sql:
        return call("lower", value)

    @override
    def contains(self, value: Sql, needle: str) -> Sql:
        return call("contains", value, text(needle))

    @override
    def starts(self, value: Sql, needle: str) -> Sql:
        return call("starts_with", value, text(needle))

    @override
    def ends(self, value: Sql, needle: str) -> Sql:
        return call("suffix", value, text(needle))

    @override
    def matches(self, value: Sql, pattern: str, *, cases: bool = False) -> Sql:
        return call("regexp_matches", value, text(pattern), text("c" if cases else "i"))

    @override
    def words(self, value: Sql) -> Sql:
        return call("regexp_extract_all", value, text(WORD))

    @override
    def holds_all(self, items: Sql, wanted: list[Sql]) -> Sql:
        return call("list_has_all", items, self.listed(wanted))

    @override
    def number(self, value: Sql) -> Sql:
        read = exp.TryCast(this=value, to=exp.DataType.build("DOUBLE"), safe=True)
        return case([(call("regexp_full_match", value, text(NUMBER)), read)], exp.null())

    @override
    def sure(self, value: Sql) -> Sql:
        return value

    @override
    def integer(self, value: Sql) -> Sql:
        return exp.cast(value, "BIGINT", copy=False)

    @override
    def spelled(self, value: Sql) -> Sql:
        return exp.cast(value, "VARCHAR", copy=False)

    @override
    def left(self, value: Sql, most: int) -> Sql:
        return call("left", value, number(most))

    @override
    def part(self, value: Sql, begin: int, length: int) -> Sql:
        return call("substring", value, number(begin), number(length))

    @override
    def tail(self, value: Sql, most: int) -> Sql:
        return call("right", value, number(most))

    @override
    def small(self, value: Sql) -> Sql:
        read = exp.TryCast(this=value, to=exp.DataType.build("INTEGER"), safe=True)
        return either(read, number(0))

    @override
    def replaced(self, value: Sql, what: str, by: str) -> Sql:
        return call("replace", value, text(what), text(by))

    @override
    def before(self, value: Sql, mark: str) -> Sql:
        return call("split_part", value, text(mark), number(1))

    @override
    def split(self, value: Sql, mark: str) -> Sql:
        return call("string_split", value, text(mark))

    @override
    def joined(self, items: Sql, mark: str) -> Sql:
        return call("array_to_string", items, text(mark))

    @override
    def listed(self, items: list[Sql]) -> Sql:
        return call("list_value", *items)

    @override
    def nothing(self, kind: str) -> Sql:
        return exp.cast(call("list_value"), _KINDS[kind], copy=False)

    @override
    def value(self, known: Sql, key: str) -> Sql:
        return either(self.under(known, key), self.nothing("text"))

    @override
    def entry(self, known: Sql, key: str, otherwise: Sql) -> Sql:
        return either(self.under(known, key), otherwise)

    @override
    def under(self, known: Sql, key: str) -> Sql:
        return self.at(call("map_extract", known, text(key)), number(1))

    @override
    def list_under(self, known: Sql, key: str) -> Sql:
        return either(self.under(known, key), call("list_value"))

    @override
    def has(self, known: Sql, key: str) -> Sql:
        return call("map_contains", known, text(key))

    @override
    def pairs(self, known: Sql, make: Callable[[Sql, Sql], Sql]) -> Sql:
        entry = column("k")
        test = make(self.field(entry, "key"), self.field(entry, "value"))
        found = call("list_filter", call("map_entries", known), function("k", test))
        return compared(self.length(found), ">", number(0))

    @override
    def field(self, value: Sql, name: str) -> Sql:
        return call("struct_extract", value, text(name))

    @override
    def length(self, items: Sql) -> Sql:
        return call("len", items)

    @override
    def first(self, items: Sql) -> Sql:
        return either(self.at(items, number(1)), text(""))

    @override
    def at(self, items: Sql, place: Sql) -> Sql:
        return call("list_extract", items, place)

    @override
    def kept(self, items: Sql, test: Make, name: str = "x") -> Sql:
        return call("list_filter", items, function(name, test(column(name))))

    @override
    def each(self, items: Sql, make: Make, name: str = "x") -> Sql:
        return call("list_transform", items, function(name, make(column(name))))

    @override
    def first_of(self, items: Sql, most: int) -> Sql:
        return call("list_slice", items, number(1), number(most))

    @override
    def pushed(self, items: Sql, item: Sql) -> Sql:
        return call("list_append", items, item)

    @override
    def places(self, items: Sql) -> Sql:
        return call("range", self.length(items))

    @override
    def total(self, items: Sql) -> Sql:
        return either(call("list_sum", items), number(0))

    @override
    def least(self, items: Sql) -> Sql:
        return call("list_min", items)

    @override
    def most(self, items: Sql) -> Sql:
        return call("list_max", items)

    @override
    def least_where(self, value: Sql, test: Sql) -> Sql:
        return where(call("min", value), test)

    @override
    def most_where(self, value: Sql, test: Sql) -> Sql:
        return where(call("max", value), test)

    @override
    def summed(self, value: Sql, test: Sql) -> Sql:
        return where(call("fsum", exp.cast(value, "DOUBLE", copy=False)), test)

    @override
    def latest(self, moment: Sql, most: int, test: Sql) -> Sql:
        found = where(call("max", moment, number(most)), test)
        return call("list_sort", either(found, self.nothing("integer")))

    @override
    def picked(self, value: Sql, order: list[Sql], which: str, test: Sql) -> Sql:
        name = "arg_min" if which == "first" else "arg_max"
        return where(call(name, value, exp.Tuple(expressions=order)), test)

    @override
    def different(self, items: Sql, test: Sql) -> Sql:
        found = call("list_distinct", call("flatten", where(call("list", items), test)))
        return either(self.length(found), number(0))

    @override
    def count_where(self, test: Sql) -> Sql:
        return where(call("count", exp.Star()), test)

    @override
    def even(self, value: Sql) -> Sql:
        return call("round_even", value, number(0))

    @override
    def digest(self, value: Sql) -> Sql:
        return call("md5", value)

    @override
    def local_day(self, moment: Sql, zone: Sql) -> Sql:
        local = call("timezone", zone, call("timezone", text("UTC"), moment))
        return call("strftime", local, text("%Y-%m-%d"))

    @override
    def written_moment(self, written: Sql, minutes: Sql) -> Sql:
        read = exp.TryCast(this=written, to=exp.DataType.build("TIMESTAMP"), safe=True)
        return exp.Sub(this=read, expression=call("to_minutes", minutes))
