"""Kernel -> a test of a contact in SQL: the parts of a condition put together."""

from ripely.compiler.kernel import (
    Chain,
    Every,
    Gap,
    Kernel,
    Negated,
    Often,
    Picked,
    Scored,
    Several,
    Total,
)
from ripely.compiler.query.acts import chain, gap, often, seen
from ripely.compiler.query.asking import Asking
from ripely.compiler.query.build import (
    Sql,
    case,
    compared,
    every,
    negated,
    number,
    plus,
    some,
)
from ripely.compiler.query.facts import fact
from ripely.compiler.query.scores import score
from ripely.compiler.query.times import time
from ripely.compiler.query.values import picked, total
from ripely.model.acts import Seen
from ripely.model.condition import DateIs, Now


def compile_query(kernel: Kernel, asking: Asking) -> Sql:
    """Return the test of a contact, which is true or false, and never unknown."""
    match kernel:
        case Every(inner):
            return every([compile_query(one, asking) for one in inner])
        case Several(1, inner):
            return some([compile_query(one, asking) for one in inner])
        case Several(count, inner):
            together: Sql = number(0)
            for one in inner:
                together = plus(together, as_number(compile_query(one, asking)))
            return compared(together, ">=", number(count))
        case Negated(inner):
            return negated(compile_query(inner, asking))
        case Often():
            return often(kernel, asking)
        case Total():
            return total(kernel, asking)
        case Picked():
            return picked(kernel, asking)
        case Chain():
            return chain(kernel, asking)
        case Gap():
            return gap(kernel, asking)
        case Seen():
            return seen(kernel, asking)
        case Scored():
            return score(kernel, asking)
        case DateIs() | Now():
            return time(kernel, asking)
        case _:
            return fact(kernel, asking)


def as_number(test: Sql) -> Sql:
    return case([(test, number(1))], number(0))
