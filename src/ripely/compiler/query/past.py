"""What new rules must know of the past, as one query: the moments at which what they count happened."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlglot import exp

from ripely.compiler.kernel import Predicate
from ripely.compiler.query.acts import SECOND
from ripely.compiler.query.asking import Asking
from ripely.compiler.query.audience import SPEECHES
from ripely.compiler.query.build import (
    Sql,
    case,
    column,
    compared,
    either,
    every,
    known,
    number,
)
from ripely.compiler.query.people import question
from ripely.model.company import Company


class Extent(msgspec.Struct, frozen=True):
    """History up to a log position, of the contacts after one of them."""

    upto: int
    after: int


def occasions(
    counted: Mapping[Predicate, int],
    happened: Sequence[Predicate],
    extent: Extent,
    company: Company,
    dialect: str,
) -> str:
    """Return the query for everybody who did any of this, in the order of contacts.

    A row is the contact; for each of the `counted` its latest moments, no more than so many,
    oldest first; and for each of the `happened` 1 or 0.
    """
    speech = SPEECHES[dialect]()
    asking = Asking(speech, company, at_s=0)
    asking.upto = extent.upto
    told: list[Sql] = []
    for predicate, keep in counted.items():
        latest = speech.latest(column(*SECOND), keep, asking.scan.hit(predicate))
        told.append(either(asking.scan.come_to(latest), speech.nothing("integer")))
    for predicate in happened:
        times = asking.scan.come_to(speech.count_where(asking.scan.hit(predicate)))
        did = compared(either(times, number(0)), ">", number(0))
        told.append(case([(did, number(1))], number(0)))
    contact = column("contact", "p")
    found = every(
        [known(column("contact", "a")), compared(contact.copy(), ">", number(extent.after))]
    )
    columns = [exp.alias_(sql, f"c{n}", quoted=True) for n, sql in enumerate(told)]
    asked = question(asking, [contact, *columns], found)
    asked = asked.order_by(contact.copy(), copy=False)
    return asked.sql(dialect=speech.dialect, copy=False) + speech.settings
