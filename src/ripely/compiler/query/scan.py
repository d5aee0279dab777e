"""What is asked of events: one look at those of the names that matter, and what it comes to for each contact."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from sqlglot import exp

from ripely.compiler.kernel import Predicate
from ripely.compiler.paths import URL
from ripely.compiler.query.build import (
    Sql,
    among,
    case,
    column,
    compared,
    concatenated,
    every,
    no,
    some,
    text,
)
from ripely.compiler.query.speech import LONG_AGO_S, NEVER_S, Speech
from ripely.compiler.query.texts import Texts, passes
from ripely.compiler.shorthand import SECTION
from ripely.engine.visits import SECTION_MAX

_T = TypeVar("_T")


class Hit(msgspec.Struct):
    """Events that are looked for: later than `floor_s`, and not later than `upto_s`."""

    event: str
    test: Sql
    floor_s: int
    upto_s: int


class Value(msgspec.Struct):
    """What is read of events, for those of one hit."""

    hit: str
    sql: Sql
    empty: Sql


class Scan:
    def __init__(self, speech: Speech, depth: int) -> None:
        self.speech = speech
        self.depth = depth
        self.hits: dict[str, Hit] = {}
        self.values: dict[str, Value] = {}
        self.made: dict[str, Sql] = {}
        self.in_order = False

    def hit(
        self, predicate: Predicate, floor_s: int = LONG_AGO_S, upto_s: int = NEVER_S
    ) -> Sql:
        """Look for the events of a predicate. Return the test of a row whether it is one."""
        floor_s = max(floor_s, predicate.since_s - 1 if predicate.since_s else LONG_AGO_S)
        upto_s = min(upto_s, predicate.until_s - 1 if predicate.until_s else NEVER_S)
        tests = [
            passes(self.property(where.property), where.op, where.value)
            for where in predicate.where
        ]
        wanted = Hit(predicate.event, every(tests), floor_s, upto_s)
        return column(_named(self.hits, wanted, "h", _hit_key), "t")

    def value(self, test: Sql, sql: Sql, empty: Sql) -> Sql:
        """Read a value of those events that a test of rows takes in."""
        hit = next(one.name for one in test.find_all(exp.Column) if one.name in self.hits)
        wanted = Value(hit, sql, empty)
        return column(_named(self.values, wanted, "v", _value_key), "t")

    def come_to(self, aggregate: Sql) -> Sql:
        """Return what the rows of each contact come to; it is unknown of who has none."""
        return column(_named(self.made, aggregate, "a", lambda sql: sql.sql()), "a")

    def property(self, name: str) -> Texts:
        """Return a property as a condition of an event asks for it: every event has a section."""
        if name == SECTION:
            return Texts(self.speech, self.speech.listed([self._section()]))
        return self.fact(name)

    def fact(self, name: str) -> Texts:
        if name == URL:
            return Texts(self.speech, column("url", "e"), one=True)
        return Texts(self.speech, self.speech.value(column("properties", "e"), name))

    def rows(self, received: Sql | None) -> Sql:
        """Return the question for the rows that matter of events."""
        floors = sorted({hit.floor_s for hit in self.hits.values()})
        found = [self._rows_since(floor_s, received) for floor_s in floors]
        together: Sql = found[0]
        for more in found[1:]:
            together = exp.union(together, more, distinct=False, copy=False)
        return together

    def _rows_since(self, floor_s: int, received: Sql | None) -> exp.Select:
        own = {name: hit for name, hit in self.hits.items() if hit.floor_s == floor_s}
        told = {name: self._test(hit) for name, hit in own.items()}
        asked = exp.select(
            column("contact", "e"),
            exp.alias_(self.speech.seconds(column("occurred_at", "e")), "s", quoted=True),
            *([column("position", "e"), column("n", "e")] if self.in_order else []),
            *(_as(told[name].copy() if name in told else no(), name) for name in self.hits),
            *(
                _as(value.sql.copy() if value.hit in own else value.empty.copy(), name)
                for name, value in self.values.items()
            ),
            copy=False,
        ).from_(exp.to_table("events").as_("e"), copy=False)
        names = sorted({hit.event for hit in own.values()})
        tests = [among(column("name", "e"), list(map(text, names))), column("counts", "e")]
        if floor_s > 0:
            begin = self.speech.moment(floor_s + 1)
            tests.append(compared(column("occurred_at", "e"), ">=", begin))
        if received is not None:
            tests.append(received.copy())
        tests.append(some(told.values()))
        return asked.where(every(tests), copy=False)

    def _test(self, hit: Hit) -> Sql:
        tests = [compared(column("name", "e"), "=", text(hit.event)), hit.test.copy()]
        if hit.upto_s < NEVER_S:
            end = self.speech.moment(hit.upto_s + 1)
            tests.append(compared(column("occurred_at", "e"), "<", end))
        return every(tests)

    def _section(self) -> Sql:
        """Return what `engine.visits.section_of` does, unless the event itself says its section."""
        speech, properties = self.speech, column("properties", "e")
        said, category, path = (
            speech.first(speech.value(properties.copy(), name))
            for name in (SECTION, "category", "path")
        )
        parts = speech.kept(
            speech.split(path, "/"), lambda part: compared(part, "<>", text(""))
        )
        some_parts = speech.first_of(parts, self.depth)
        of_path = concatenated(text("/"), speech.joined(some_parts.copy(), "/"))
        return case(
            [
                (compared(said.copy(), "<>", text("")), said),
                (compared(category.copy(), "<>", text("")), speech.left(category, SECTION_MAX)),
                (
                    compared(speech.length(some_parts), ">", exp.Literal.number("0")),
                    speech.left(of_path, SECTION_MAX),
                ),
            ],
            text(""),
        )


def _as(sql: Sql, name: str) -> Sql:
    return exp.alias_(sql, name, quoted=True, copy=False)


def _hit_key(hit: Hit) -> str:
    return f"{hit.event}\n{hit.test.sql()}\n{hit.floor_s}\n{hit.upto_s}"


def _value_key(value: Value) -> str:
    return f"{value.hit}\n{value.sql.sql()}"


def _named(known: dict[str, _T], wanted: _T, letter: str, key: Callable[[_T], str]) -> str:
    """Return under which name something is asked for already, or from now on."""
    for name, one in known.items():
        if key(one) == key(wanted):
            return name
    name = f"{letter}{len(known)}"
    known[name] = wanted
    return name
