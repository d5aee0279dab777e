"""Questions about values of a property, asked of events: what they come to, and the first and the last."""

from sqlglot import exp

from ripely.compiler.kernel import DIGITS, Picked, Total
from ripely.compiler.query.acts import in_window, times_of
from ripely.compiler.query.asking import Asking
from ripely.compiler.query.build import (
    Sql,
    call,
    case,
    column,
    compared,
    concatenated,
    divided,
    either,
    every,
    known,
    no,
    number,
    plus,
    text,
)
from ripely.compiler.query.speech import Speech
from ripely.compiler.query.texts import Texts, passes
from ripely.compiler.series import CHOICES_MAX, Tracked
from ripely.engine.limits import NUMBER_MAX, TEXT_MAX


def total(asked: Total, asking: Asking) -> Sql:
    tracked = asking.series[asked.series]
    hit = in_window(tracked.predicate, asked.window, asking)
    if asked.take == "distinct":
        return _between(asked, _different(tracked, hit, asking))
    speech = asking.speech
    numbers = speech.each(
        speech.kept(_facts(tracked, asking), lambda one: _is_number(speech, one)),
        lambda one: speech.sure(speech.number(one)),
    )
    values = asking.scan.value(hit, numbers, speech.nothing("number"))
    return _between(asked, _made(asked, values, hit, asking))


def picked(asked: Picked, asking: Asking) -> Sql:
    speech, scan = asking.speech, asking.scan
    tracked = asking.series[asked.series]
    hit = in_window(tracked.predicate, asked.window, asking)
    found = speech.each(
        speech.first_of(_facts(tracked, asking), CHOICES_MAX),
        lambda one: speech.left(one, TEXT_MAX),
    )
    value = scan.value(hit, found, speech.nothing("text"))
    scan.in_order = True
    order = [column(name, "t") for name in ("s", "taken", "position", "n")]
    chosen = scan.come_to(speech.picked(value, order, asked.which, hit))
    facts = Texts(speech, either(chosen, speech.nothing("text")))
    return every(
        [
            compared(times_of(hit, asking), ">", number(0)),
            passes(facts, asked.op, asked.value),
        ]
    )


def _facts(tracked: Tracked, asking: Asking) -> Sql:
    """Return the texts of the property that is meant, as a list."""
    facts = asking.scan.fact(tracked.of)
    if not facts.one:
        return facts.sql
    speech = asking.speech
    is_known = compared(facts.sql.copy(), "<>", text(""))
    return case([(is_known, speech.listed([facts.sql]))], speech.nothing("text"))


def _made(asked: Total, values: Sql, hit: Sql, asking: Asking) -> Sql:
    """Return the number that is asked for, unknown where there is none."""
    speech, scan = asking.speech, asking.scan
    length = speech.length(values.copy())
    count = either(
        scan.come_to(call("sum", case([(hit.copy(), length.copy())], number(0)))), number(0)
    )
    together = either(
        scan.come_to(speech.summed(speech.total(values.copy()), hit.copy())), number(0)
    )
    some = every([hit.copy(), compared(length, ">", number(0))])
    match asked.take:
        case "sum":
            return _rounded(together)
        case "average":
            made = _rounded(divided(together, count.copy()))
        case "minimum":
            made = scan.come_to(speech.least_where(speech.least(values.copy()), some))
        case _:
            made = scan.come_to(speech.most_where(speech.most(values.copy()), some))
    return case([(compared(count, ">", number(0)), made)], exp.null())


def _different(tracked: Tracked, hit: Sql, asking: Asking) -> Sql:
    speech = asking.speech
    names = speech.each(
        speech.kept(_facts(tracked, asking), lambda one: compared(one, "<>", text(""))),
        lambda one: _name(speech, one),
    )
    values = asking.scan.value(hit, names, speech.nothing("text"))
    return either(asking.scan.come_to(speech.different(values, hit.copy())), number(0))


def _name(speech: Speech, one: Sql) -> Sql:
    """Return what values have in common that are the same: as numbers, or as texts without regard to case."""
    read = plus(speech.number(one.copy()), number(0.0))  # There is one 0, without a sign.
    as_number = concatenated(text("n"), speech.spelled(speech.sure(read)))
    as_text = concatenated(text("t"), speech.left(speech.lower(one.copy()), TEXT_MAX))
    return case([(_is_number(speech, one), as_number)], as_text)


def _is_number(speech: Speech, one: Sql) -> Sql:
    size = call("abs", speech.number(one.copy()))
    return either(compared(size, "<=", number(NUMBER_MAX)), no())


def _rounded(value: Sql) -> Sql:
    return call("round", value, number(DIGITS))


def _between(asked: Total, made: Sql) -> Sql:
    bounds = ((">=", asked.at_least), ("<=", asked.at_most))
    tests = [
        compared(made.copy(), sign, number(float(bound)))
        for sign, bound in bounds
        if bound is not None
    ]
    return either(every(tests or [known(made)]), no())
