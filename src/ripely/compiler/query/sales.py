"""Questions about deals, quotes and the cart, asked of people."""

from ripely.compiler.operators import text as as_text
from ripely.compiler.query.asking import Asking
from ripely.compiler.query.build import (
    Sql,
    among,
    compared,
    every,
    number,
    text,
    times,
)
from ripely.compiler.query.speech import Make
from ripely.model.condition import HasCart, HasDeal, HasQuote


def sales(asked: HasDeal | HasQuote | HasCart, asking: Asking) -> Sql:
    match asked:
        case HasDeal():
            return _counted(
                "deals", lambda one: _deal(asked, one, asking), asked.at_most, asking
            )
        case HasQuote():
            return _counted(
                "quotes", lambda one: _quote(asked, one, asking), asked.at_most, asking
            )
        case HasCart():
            return _cart(asked, asking)


def _counted(column: str, is_meant: Make, at_most: int | None, asking: Asking) -> Sql:
    count = asking.speech.length(asking.speech.kept(asking.person(column), is_meant))
    if at_most is None:
        return compared(count, ">", number(0))
    return compared(count, "<=", number(at_most))


def _deal(asked: HasDeal, one: Sql, asking: Asking) -> Sql:
    speech = asking.speech
    tests = [*_worth(asked, one, "moved_s", asking)]
    if asked.state is not None:
        tests.append(compared(speech.field(one.copy(), "state"), "=", text(asked.state)))
    if asked.pipeline:
        tests.append(compared(speech.field(one.copy(), "pipeline"), "=", text(asked.pipeline)))
    if asked.stages:
        stages = [text(as_text(stage)) for stage in asked.stages]
        tests.append(among(speech.lower(speech.field(one.copy(), "stage")), stages))
    return every(tests)


def _quote(asked: HasQuote, one: Sql, asking: Asking) -> Sql:
    states = among(asking.speech.field(one.copy(), "state"), list(map(text, asked.states)))
    return every([states, *_worth(asked, one, "changed_s", asking)])


def _worth(asked: HasDeal | HasQuote, one: Sql, touched: str, asking: Asking) -> list[Sql]:
    speech, tests = asking.speech, []
    if asked.value_at_least is not None:
        value = speech.field(one.copy(), "value")
        tests.append(compared(value, ">=", number(asked.value_at_least)))
    if asked.idle_for:
        moment = speech.field(one.copy(), touched)
        tests.append(compared(moment, "<=", number(asking.at_s - asked.idle_for)))
    return tests


def _cart(asked: HasCart, asking: Asking) -> Sql:
    speech, cart = asking.speech, asking.person("cart")
    tests = [compared(speech.length(cart.copy()), ">", number(0))]
    if asked.value_at_least is not None:
        worths = speech.each(
            cart.copy(),
            lambda line: times(
                speech.field(line.copy(), "quantity"), speech.field(line.copy(), "price")
            ),
        )
        tests.append(compared(speech.total(worths), ">=", number(asked.value_at_least)))
    for name, wanted in (("product", asked.product), ("category", asked.category)):
        if wanted:
            tests.append(_holds(name, wanted, asking))
    if asked.idle_for:
        idle_s = number(asking.at_s - asked.idle_for)
        tests.append(compared(asking.person("cart_touched_s"), "<=", idle_s))
    return every(tests)


def _holds(name: str, wanted: str, asking: Asking) -> Sql:
    speech, meant = asking.speech, text(as_text(wanted))
    return speech.some_of(
        asking.person("cart"),
        lambda line: compared(speech.lower(speech.field(line, name)), "=", meant),
    )
