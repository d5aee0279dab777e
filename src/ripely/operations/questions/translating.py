"""A question in the words of ClickHouse, with the answer that DuckDB gives.

In ClickHouse nothing is a value of its kind: a property that is not there is an empty text, the
highest of no moments is 1970. DuckDB says NULL, and so do these questions.
"""

from collections.abc import Callable, Mapping

import sqlglot
from sqlglot import exp

_MAPS = {"properties", "attributes"}
_SETTINGS = (
    " SETTINGS join_use_nulls = 1, aggregate_functions_null_for_empty = 1,"
    " prefer_column_name_to_alias = 1"
)
_OR_NULL = {exp.DType.DOUBLE: "toFloat64OrNull", exp.DType.BIGINT: "toInt64OrNull"}


def in_clickhouse(sql: str) -> str:
    tree = sqlglot.parse_one(sql, read="duckdb")
    # What is within something comes first.
    for node in reversed(list(tree.walk())):
        if translate := _TRANSLATIONS.get(type(node)):
            translated = translate(node.copy())
            if node is tree:
                tree = translated
            else:
                node.replace(translated)
    return tree.sql(dialect="clickhouse") + _SETTINGS


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _bracket(node: exp.Expr) -> exp.Expr:
    """Return the first text of a property, NULL where it has none."""
    texts: exp.Expr = node.this
    return _if_any(texts, node, exp.null()) if _is_texts(texts) else node


def _coalesce(node: exp.Expr) -> exp.Expr:
    """Return the first of some lists with anything in it: none of them is NULL."""
    lists: list[exp.Expr] = [node.this, *node.expressions]
    found = lists.pop()
    if not _is_texts(found):
        return node
    for texts in reversed(lists):
        found = _if_any(texts, texts.copy(), found)
    return found


def _if_any(texts: exp.Expr, then: exp.Expr, otherwise: exp.Expr) -> exp.Expr:
    return _call("if", _call("notEmpty", texts.copy()), then, otherwise)


def _is_texts(node: exp.Expr) -> bool:
    return isinstance(node, exp.Bracket) and node.this.name in _MAPS


def _cast(node: exp.Expr) -> exp.Expr:
    match node.args["to"].this:
        case exp.DType.DATE:
            return _call("toDate32", node.this)
        case exp.DType.TIMESTAMPNTZ:
            zone = exp.Literal.string("UTC")
            return _call("toDateTime64", node.this, exp.Literal.number(3), zone)
        case exp.DType.TEXT:
            return _call("toString", node.this)
        case _:
            return node


def _try_cast(node: exp.Expr) -> exp.Expr:
    return _call(_OR_NULL[node.args["to"].this], node.this)


def _split_part(node: exp.Expr) -> exp.Expr:
    parts = _call("splitByString", node.args["delimiter"], node.this)
    return _call("arrayElement", parts, node.args["part_index"])


def _length(node: exp.Expr) -> exp.Expr:
    """Count the items of a list, or the characters of a text."""
    is_list = isinstance(node.this, exp.ArrayFilter | exp.Array | exp.Bracket)
    return _call("length" if is_list else "lengthUTF8", node.this)


def _substring(node: exp.Expr) -> exp.Expr:
    return _call("substringUTF8", node.this, node.args["start"])


def _named(node: exp.Expr) -> exp.Expr:
    """Let columns of joined tables keep their names alone."""
    for one in list(node.expressions):
        if isinstance(one, exp.Column) and one.table:
            one.replace(exp.alias_(one.copy(), one.name, quoted=True))
    return node


def _lead(node: exp.Expr) -> exp.Expr:
    return exp.Lead(this=_call("toNullable", node.this))


def _joined(node: exp.Expr) -> exp.Expr:
    return _call("arrayStringConcat", node.this, node.expression)


_TRANSLATIONS: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.ArraySort: lambda node: _call("arraySort", node.this),
    exp.ArrayToString: _joined,
    exp.Bracket: _bracket,
    exp.Cast: _cast,
    exp.Coalesce: _coalesce,
    exp.Lead: _lead,
    exp.Length: _length,
    exp.Lower: lambda node: _call("lowerUTF8", node.this),
    exp.MapKeys: lambda node: _call("mapKeys", node.this),
    exp.Select: _named,
    exp.SplitPart: _split_part,
    exp.Substring: _substring,
    exp.TryCast: _try_cast,
}
"""What sqlglot leaves in the words of DuckDB, or says with another meaning."""
