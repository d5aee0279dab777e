"""People with all that was asked of them put together: as they are, or were; their clocks; what they did."""

from collections.abc import Sequence

from sqlglot import exp

from ripely.compiler.query.asking import TIMEZONE, Asking
from ripely.compiler.query.build import (
    Sql,
    call,
    column,
    compared,
    every,
    known,
    negated,
    number,
    plus,
)

HOPS_MAX = 32
"""So many merges lead from a contact to the one that it is part of by now."""


def question(
    asking: Asking,
    wanted: Sequence[Sql],
    test: Sql | None = None,
) -> exp.Select:
    """Return the question for what is wanted of everybody who passes."""
    scan = asking.scan
    asked = exp.select(*wanted, copy=False).from_(_named("who", "p"), copy=False)
    asked = asked.with_(_as("who"), as_=_who(asking), copy=False)
    if asking.by_zone:
        asked = asked.with_(_as("zones"), as_=_zones(asking), copy=False)
        asked = _join(asked, "zones", "z", "zone", _zone_of(asking))
    if scan.hits:
        asked = asked.with_(_as("merged"), as_=_merged(), recursive=True, copy=False)
        asked = asked.with_(_as("roots"), as_=_roots(), recursive=True, copy=False)
        asked = asked.with_(
            _as("rows_found"), as_=scan.rows(_received(asking)), recursive=True, copy=False
        )
        asked = asked.with_(_as("told"), as_=_told(asking), recursive=True, copy=False)
        asked = asked.with_(_as("acts"), as_=_acts(asking), recursive=True, copy=False)
        asked = _join(asked, "acts", "a", "contact", column("contact", "p"))
    alive = negated(known(column("merged_into", "p")))
    return asked.where(alive if test is None else every([alive, test]), copy=False)


def _who(asking: Asking) -> Sql:
    columns = [column(name, "w") for name in sorted(asking.columns)]
    if not asking.past:
        return exp.select(*columns).from_(_named("present", "w"), copy=False)
    begun = compared(column("at", "d"), "<", asking.speech.moment(asking.at_s + 1))
    latest = (
        exp.select(
            column("contact", "d"),
            exp.alias_(call("max", column("position", "d")), "position", quoted=True),
        )
        .from_(_named("snapshots", "d"), copy=False)
        .where(begun, copy=False)
        .group_by(column("contact", "d"), copy=False)
    )
    same = every(
        [
            compared(column(name, "w"), "=", column(name, "l"))
            for name in ("contact", "position")
        ]
    )
    return (
        exp.select(*columns)
        .from_(_named("snapshots", "w"), copy=False)
        .join(latest.subquery("l", copy=False), on=same, join_type="inner", copy=False)
    )


def _zones(asking: Asking) -> Sql:
    """Return what the clock of each zone tells that somebody lives in, or says to."""
    zone = exp.alias_(_zone_of(asking), "zone", quoted=True)
    named = exp.select(zone).distinct().from_(_named("who", "p")).subquery("d")
    told = [exp.alias_(sql, name, quoted=True) for name, sql in asking.by_zone.items()]
    return exp.select(column("zone", "d"), *told).from_(named)


def _zone_of(asking: Asking) -> Sql:
    attributes = column("attributes", "p")
    return asking.speech.first(asking.speech.value(attributes, TIMEZONE))


def _merged() -> Sql:
    """Return each contact that is part of another, with all that it became in turn."""
    first = (
        exp.select(
            column("contact", "w"),
            exp.alias_(column("merged_into", "w"), "root", quoted=True),
            exp.alias_(number(1), "hops", quoted=True),
        )
        .from_(_named("who", "w"), copy=False)
        .where(known(column("merged_into", "w")), copy=False)
    )
    further = (
        exp.select(
            column("contact", "m"),
            column("merged_into", "w"),
            plus(column("hops", "m"), number(1)),
        )
        .from_(_named("merged", "m"), copy=False)
        .join(
            _named("who", "w"),
            on=compared(column("contact", "w"), "=", column("root", "m")),
            join_type="inner",
            copy=False,
        )
        .where(
            every(
                [
                    known(column("merged_into", "w")),
                    compared(column("hops", "m"), "<", number(HOPS_MAX)),
                ]
            ),
            copy=False,
        )
    )
    return exp.union(first, further, distinct=False, copy=False)


def _roots() -> Sql:
    """Return for each contact that is part of another the one that lives."""
    return (
        exp.select(column("contact", "m"), column("root", "m"))
        .from_(_named("merged", "m"), copy=False)
        .join(
            _named("who", "w"),
            on=compared(column("contact", "w"), "=", column("root", "m")),
            join_type="inner",
            copy=False,
        )
        .where(negated(known(column("merged_into", "w"))), copy=False)
    )


def _received(asking: Asking) -> Sql | None:
    if asking.upto:
        return compared(column("position", "e"), "<=", number(asking.upto))
    if not asking.past:
        return None
    return compared(column("received_at", "e"), "<", asking.speech.moment(asking.at_s + 1))


def _told(asking: Asking) -> Sql:
    """Return the rows of events, each for the contact that lives."""
    scan = asking.scan
    root = exp.Coalesce(this=column("root", "r"), expressions=[column("contact", "f")])
    names = ["s", *scan.hits, *scan.values, *(["position", "n"] if scan.in_order else [])]
    taken = exp.alias_(known(column("root", "r")), "taken", quoted=True)
    told = exp.select(
        exp.alias_(root, "contact", quoted=True),
        *(column(name, "f") for name in names),
        *([taken] if scan.in_order else []),
    ).from_(_named("rows_found", "f"), copy=False)
    return _join(told, "roots", "r", "contact", column("contact", "f"))


def _acts(asking: Asking) -> Sql:
    made = [exp.alias_(sql, name, quoted=True) for name, sql in asking.scan.made.items()]
    contact = column("contact", "t")
    asked = exp.select(contact, *made).from_(_named("told", "t"), copy=False)
    if any(
        one.table == "c"
        for sql in asking.scan.made.values()
        for one in sql.find_all(exp.Column)
    ):
        asked = _join(asked, "clocks", "c", "contact", column("contact", "t"))
        asked = asked.with_(_as("clocks"), as_=_clocks(asking), copy=False)
    return asked.group_by(contact.copy(), copy=False)


def _clocks(asking: Asking) -> Sql:
    told = [column(name, "z") for name in asking.by_zone]
    clocks = exp.select(column("contact", "p"), *told).from_(_named("who", "p"))
    return _join(clocks, "zones", "z", "zone", _zone_of(asking))


def _named(table: str, name: str) -> Sql:
    return exp.Table(this=exp.to_identifier(table), alias=_as(name))


def _as(name: str) -> exp.TableAlias:
    """Return a name that need not be read first, which takes longer than to write it."""
    return exp.TableAlias(this=exp.to_identifier(name))


def _join(asked: exp.Select, table: str, name: str, key: str, value: Sql) -> exp.Select:
    same = compared(column(key, name), "=", value)
    joined = exp.Join(this=_named(table, name), side="LEFT", on=same)
    return asked.join(joined, copy=False)
