"""Questions about whole audiences, as one query each: for whom a condition holds now, or held at a past moment."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from sqlglot import exp

from ripely.compiler.normalize import Kernels
from ripely.compiler.query.asking import Asking
from ripely.compiler.query.build import (
    Sql,
    call,
    column,
    every,
    number,
)
from ripely.compiler.query.click import ClickHouse
from ripely.compiler.query.conditions import as_number, compile_query
from ripely.compiler.query.duck import DuckDb
from ripely.compiler.query.once import read_once
from ripely.compiler.query.people import question
from ripely.compiler.query.speech import Speech
from ripely.model.company import Company
from ripely.model.condition import Condition
from ripely.model.ids import ContactId, ScoreId
from ripely.model.score import Score

Dialect = Literal["duckdb", "clickhouse"]
SPEECHES: Mapping[str, type[Speech]] = {"duckdb": DuckDb, "clickhouse": ClickHouse}


class Moment(msgspec.Struct, frozen=True):
    """When something is asked, in seconds since 1970. `past`: of people as they were then."""

    at_s: int
    past: bool = False


class Rules(msgspec.Struct, frozen=True):
    """What conditions lean on: the company's clock and bounds, and the definitions of scores."""

    company: Company
    scores: Mapping[ScoreId, Score] = {}


def audience(
    condition: Condition, rules: Rules, moment: Moment, dialect: Dialect, most: int = 0
) -> str:
    """Return the query for the contacts for whom a condition holds; of `most` of them, or all."""
    audiences = Audiences(rules, moment, dialect)
    return audiences.members(condition, most)


def sizes(condition: Condition, rules: Rules, at: Sequence[Moment], dialect: Dialect) -> str:
    """Return the query for the counts at several moments.

    A row for each: its place among them, how many people there were, and for how many it held.
    """
    asked = [
        exp.select(
            exp.alias_(number(place), "place", copy=False), exp.Star(), copy=False
        ).from_(
            Audiences(rules, moment, dialect).counted([condition]).subquery("q", copy=False),
            copy=False,
        )
        for place, moment in enumerate(at)
    ]
    together: exp.Query = asked[0]
    for more in asked[1:]:
        together = exp.union(together, more, distinct=False, copy=False)
    # To begin to read a table of the lake costs more than to read it, and ClickHouse keeps no such rows.
    return said(read_once(together) if dialect == "duckdb" else together, dialect)


def said(asked: Sql, dialect: Dialect) -> str:
    return asked.sql(dialect=dialect, copy=False) + SPEECHES[dialect].settings


class Audiences:
    """Writes queries about audiences at one moment. Every answer is that of the matcher outside journeys."""

    def __init__(self, rules: Rules, moment: Moment, dialect: Dialect) -> None:
        self._rules = rules
        self._moment = moment
        self._dialect = dialect
        self._speech = SPEECHES[dialect]()

    def members(self, condition: Condition, most: int = 0, after: int = 0) -> str:
        """Return the contacts `after` an id, in the order of their ids, which are random; `most`: no more than that."""
        asking, (test,) = self._asked([condition])
        contact = column("contact", "p")
        asked = question(asking, [contact], test)
        if after:
            asked = asked.where(
                exp.GT(this=contact.copy(), expression=number(after)), copy=False
            )
        if most:
            asked = asked.order_by(column("contact", "p"), copy=False).limit(most, copy=False)
        return self._said(asked)

    def answers(self, conditions: Sequence[Condition]) -> str:
        """Return every contact, with the answer to each of the conditions as 1 or 0."""
        asking, tests = self._asked(conditions)
        answers = [
            exp.alias_(as_number(test), f"c{n}", quoted=True) for n, test in enumerate(tests)
        ]
        return self._said(question(asking, [column("contact", "p"), *answers]))

    def counts(self, conditions: Sequence[Condition]) -> str:
        """Return how many people there are, and for how many each of the conditions holds."""
        return self._said(self.counted(conditions))

    def among(self, condition: Condition, contacts: Sequence[ContactId]) -> str:
        """Return those of some contacts for whom a condition holds."""
        asking, (test,) = self._asked([condition])
        named = exp.In(
            this=column("contact", "p"), expressions=[number(int(one)) for one in contacts]
        )
        tests = every([named, test])
        return self._said(question(asking, [column("contact", "p")], tests))

    def counted(self, conditions: Sequence[Condition]) -> exp.Select:
        """Return the question that `counts` is."""
        asking, tests = self._asked(conditions)
        counts = [call("count", exp.Star()), *(self._speech.count_where(t) for t in tests)]
        named = [exp.alias_(one, f"n{n}", quoted=True) for n, one in enumerate(counts)]
        return question(asking, named)

    def _asked(self, conditions: Sequence[Condition]) -> tuple[Asking, list[Sql]]:
        kernels = Kernels(self._rules.company, self._rules.scores)
        asked = [kernels.normalize(condition) for condition in conditions]
        asking = Asking(self._speech, self._rules.company, self._moment.at_s)
        asking.past = self._moment.past
        asking.predicates, asking.series = kernels.predicates, kernels.series
        return asking, [compile_query(kernel, asking) for kernel in asked]

    def _said(self, asked: Sql) -> str:
        return said(asked, self._dialect)
