"""Many questions in one that look at the same rows: what all of them need is read once."""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from ripely.compiler.query.build import Sql, column, every, some

_READ = ("events", "snapshots")
_CLOCKS = frozenset({"occurred_at", "received_at"})
Read = tuple[exp.Table, exp.Select]


def read_once(asked: exp.Query) -> exp.Query:
    """Let a question take the rows of the archive from what is read once, as far as any part of it needs them."""
    for name in _READ:
        reads = [
            (table, select)
            for table in asked.find_all(exp.Table)
            if table.name == name and (select := table.find_ancestor(exp.Select)) is not None
        ]
        if len(reads) > 1:
            base = _base(name, reads)
            for table, _ in reads:
                table.replace(exp.to_table(f"{name}_once").as_(table.alias))
            asked = asked.with_(f"{name}_once", as_=base, materialized=True, copy=False)
    return asked


def _base(name: str, reads: Sequence[Read]) -> exp.Select:
    """Return the question for every column and row that some part needs."""
    columns = {
        one.name
        for table, select in reads
        for one in select.find_all(exp.Column)
        if one.table == table.alias
    }
    base = exp.select(*(column(one, "e") for one in sorted(columns)), copy=False)
    base = base.from_(exp.to_table(name).as_("e"), copy=False)
    needed = _needed([select for _, select in reads]) if name == "events" else None
    return base if needed is None else base.where(needed, copy=False)


def _needed(selects: Iterable[exp.Select]) -> Sql | None:
    """Return what one of the tests asks for, whatever the moments; the earliest moment bounds all of them."""
    tests: dict[str, Sql] = {}
    begins: list[Sql | None] = []
    for select in selects:
        where = select.args.get("where")
        if where is None or select.args.get("joins"):
            return None
        test = where.this.unnest()
        parts = [*test.flatten()] if isinstance(test, exp.And) else [test]
        lasting = every([one.copy() for one in parts if not _of_time(one)] or [exp.true()])
        tests[lasting.sql()] = lasting
        begins.append(
            next((one for one in parts if _of_time(one) and isinstance(one, exp.GTE)), None)
        )
    found = some(tests.values())
    bounds = [one for one in begins if one is not None]
    if len(bounds) < len(begins):
        return found
    return every([found, min(bounds, key=lambda one: one.sql()).copy()])


def _of_time(test: Sql) -> bool:
    return {one.name for one in test.find_all(exp.Column)} <= _CLOCKS
