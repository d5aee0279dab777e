"""What every operator means, of texts in a database: the same as `compiler.operators`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec

from ripely.compiler.operators import (
    compares_days,
    items,
    number as as_number,
    text as as_text,
    wanted_days,
    words,
)
from ripely.compiler.query.build import (
    Sql,
    among,
    compared,
    either,
    every,
    known,
    negated,
    no,
    number,
    some,
    text,
    yes,
)
from ripely.compiler.query.days import day_of
from ripely.compiler.query.speech import Make, Speech
from ripely.model.acts import Op

_ORDER: Mapping[Op, str] = {
    "at_least": ">=",
    "at_most": "<=",
    "more_than": ">",
    "less_than": "<",
}


class Texts(msgspec.Struct, frozen=True):
    """Values as texts: a list of them, or `one` that is not known when it is empty."""

    speech: Speech
    sql: Sql
    one: bool = False

    def some(self, test: Make) -> Sql:
        """Whether one of them passes."""
        if self.one:
            return every([compared(self.sql.copy(), "<>", text("")), test(self.sql.copy())])
        return self.speech.some_of(self.sql.copy(), test)


def passes(facts: Texts, op: Op, wanted: object) -> Sql:
    """Return the test that `op` and a wanted value make of facts. Days are those that are written."""
    if compares_days(op, wanted):
        days = [day.isoformat() for day in wanted_days(wanted) if isinstance(day, date)]
        speech = facts.speech
        return facts.some(lambda one: on_day(op, day_of(speech, one), list(map(text, days))))
    return _PASSES[op](facts, wanted)


def on_day(op: Op, day: Sql, wanted: Sequence[Sql]) -> Sql:
    """Compare a day, which may be empty, with the wanted one, or for `between` with two."""
    match op:
        case "before":
            test = compared(day.copy(), "<", wanted[0])
        case "after":
            test = compared(day.copy(), ">", wanted[0])
        case "on":
            test = compared(day.copy(), "=", wanted[0])
        case _ if len(wanted) == 2:
            test = every(
                [
                    compared(day.copy(), ">=", wanted[0]),
                    compared(day.copy(), "<=", wanted[1]),
                ]
            )
        case _:
            test = no()
    return every([compared(day, "<>", text("")), test])


def same(speech: Speech, one: Sql, wanted: Sequence[object]) -> Sql:
    """Whether a text is the same as one of some values."""
    numbers = [value for each in wanted if (value := as_number(each)) is not None]
    texts = [as_text(each) for each in wanted if as_number(each) is None]
    tests = []
    if texts:
        lower = _lower(speech, one, "".join(texts))
        tests.append(among(lower, list(map(text, texts))))
    if numbers:
        tests.append(among(speech.number(one.copy()), [number(float(n)) for n in numbers]))
    return some([either(test, no()) for test in tests])


def _lower(speech: Speech, one: Sql, needle: str) -> Sql:
    return speech.lower_plain(one.copy()) if needle.isascii() else speech.lower(one.copy())


def _equals(facts: Texts, wanted: object) -> Sql:
    return facts.some(lambda one: same(facts.speech, one, [wanted]))


def _among(facts: Texts, wanted: object) -> Sql:
    return facts.some(lambda one: same(facts.speech, one, items(wanted)))


def _has_all(facts: Texts, wanted: object) -> Sql:
    return every([_equals(facts, one) for one in items(wanted)])


def _on_text(test: Callable[[Speech, Sql, str], Sql]) -> Callable[[Texts, object], Sql]:
    def with_wanted(facts: Texts, wanted: object) -> Sql:
        speech, needle = facts.speech, as_text(wanted)
        return facts.some(lambda one: test(speech, _lower(speech, one, needle), needle))

    return with_wanted


def _contains_words(facts: Texts, wanted: object) -> Sql:
    speech, needles = facts.speech, sorted(words(as_text(wanted)))
    if not needles:
        return facts.some(lambda _: yes())
    needed = list(map(text, needles))
    return facts.some(
        lambda one: speech.holds_all(speech.words(speech.lower(one.copy())), needed)
    )


def _matches(facts: Texts, wanted: object) -> Sql:
    speech = facts.speech
    return facts.some(lambda one: speech.matches(speech.lower(one.copy()), str(wanted)))


def _compared(sign: str) -> Callable[[Texts, object], Sql]:
    return lambda facts, wanted: facts.some(
        lambda one: _in_order(facts.speech, one, sign, wanted)
    )


def _in_order(speech: Speech, one: Sql, sign: str, wanted: object) -> Sql:
    read, value = speech.number(one.copy()), as_number(wanted)
    if value is not None:
        return either(compared(read, sign, number(float(value))), no())
    return every(
        [
            negated(known(read)),
            compared(speech.lower(one.copy()), sign, text(as_text(wanted))),
        ]
    )


def _between(facts: Texts, wanted: object) -> Sql:
    least, most = wanted if isinstance(wanted, list | tuple) and len(wanted) == 2 else ("", "")
    speech = facts.speech
    return facts.some(
        lambda one: every(
            [
                _in_order(speech, one, ">=", least),
                _in_order(speech, one, "<=", most),
            ]
        )
    )


def _exists(facts: Texts, _: object) -> Sql:
    return facts.some(lambda one: compared(one.copy(), "<>", text("")))


_PASSES: dict[Op, Callable[[Texts, object], Sql]] = {
    "equals": _equals,
    "not_equals": lambda facts, wanted: negated(_equals(facts, wanted)),
    "in": _among,
    "not_in": lambda facts, wanted: negated(_among(facts, wanted)),
    "has_all": _has_all,
    "contains": _on_text(lambda speech, one, needle: speech.contains(one, needle)),
    "starts_with": _on_text(lambda speech, one, needle: speech.starts(one, needle)),
    "ends_with": _on_text(lambda speech, one, needle: speech.ends(one, needle)),
    "contains_words": _contains_words,
    "matches": _matches,
    **{op: _compared(sign) for op, sign in _ORDER.items()},
    "between": _between,
    "exists": _exists,
    "empty": lambda facts, wanted: negated(_exists(facts, wanted)),
}
