"""Small pieces of SQL that every engine speaks alike."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from sqlglot import exp

Sql: TypeAlias = exp.Expr
"""A piece of SQL: a value, a test, a question."""


def column(name: str, table: str = "") -> Sql:
    return exp.column(exp.to_identifier(name, quoted=True), table or None)


def call(name: str, *arguments: Sql) -> Sql:
    return exp.Anonymous(this=name, expressions=list(arguments))


def text(value: str) -> Sql:
    return exp.Literal.string(value)


def number(value: float) -> Sql:
    return exp.Literal.number(repr(value)) if value >= 0 else exp.Neg(this=number(-value))


def yes() -> Sql:
    return exp.true()


def no() -> Sql:
    return exp.false()


def every(tests: Iterable[Sql]) -> Sql:
    found = list(tests)
    return exp.paren(exp.and_(*found, copy=False), copy=False) if found else exp.true()


def some(tests: Iterable[Sql]) -> Sql:
    found = list(tests)
    return exp.paren(exp.or_(*found, copy=False), copy=False) if found else exp.false()


def negated(test: Sql) -> Sql:
    return exp.Not(this=exp.paren(test, copy=False))


def compared(left: Sql, sign: str, right: Sql) -> Sql:
    made: Sql = _SIGNS[sign](this=left, expression=right)
    return made


def plus(left: Sql, right: Sql) -> Sql:
    return exp.paren(exp.Add(this=left, expression=right), copy=False)


def minus(left: Sql, right: Sql) -> Sql:
    return exp.paren(exp.Sub(this=left, expression=right), copy=False)


def times(left: Sql, right: Sql) -> Sql:
    return exp.Mul(this=left, expression=right)


def divided(left: Sql, right: Sql) -> Sql:
    return exp.Div(this=left, expression=right, typed=False, safe=True)


def among(value: Sql, wanted: Sequence[Sql]) -> Sql:
    return exp.In(this=value, expressions=list(wanted)) if wanted else exp.false()


def either(value: Sql, otherwise: Sql) -> Sql:
    """Return a value, or another one where it is not known."""
    return exp.Coalesce(this=value, expressions=[otherwise])


def case(cases: Iterable[tuple[Sql, Sql]], otherwise: Sql) -> Sql:
    written = exp.Case()
    for test, value in cases:
        written = written.when(test, value, copy=False)
    return written.else_(otherwise, copy=False) if written.args.get("ifs") else otherwise


def function(names: str, body: Sql) -> Sql:
    """Return a function of some names, separated by blanks."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(one) for one in names.split()])


def where(aggregate: Sql, test: Sql) -> Sql:
    """Take only those rows into an aggregate that pass."""
    return exp.Filter(this=aggregate, expression=exp.Where(this=test))


def known(value: Sql) -> Sql:
    return exp.Not(this=exp.Is(this=value, expression=exp.null()))


def concatenated(*parts: Sql) -> Sql:
    return call("concat", *parts)


_SIGNS = {
    "=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip
