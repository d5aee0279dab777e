"""Questions about what a contact did, asked of events: how often, when, and what followed what."""

from ripely.compiler.kernel import Chain, Gap, Often, Window
from ripely.compiler.normalize import SEQUENCE_MAX
from ripely.compiler.query.asking import Asking
from ripely.compiler.query.build import (
    Sql,
    call,
    case,
    column,
    compared,
    either,
    every,
    minus,
    negated,
    number,
    plus,
)
from ripely.compiler.query.speech import LONG_AGO_S, NEVER_S
from ripely.engine.periods import period_of
from ripely.model.acts import Period, Seen
from ripely.model.ids import PredicateId

SECOND = ("s", "t")


def often(asked: Often, asking: Asking) -> Sql:
    hit = in_window(asked.predicate, asked.window, asking)
    return compared(times_of(hit, asking), ">=", number(asked.times))


def times_of(hit: Sql, asking: Asking) -> Sql:
    return either(asking.scan.come_to(asking.speech.count_where(hit)), number(0))


def in_window(predicate: PredicateId, window: Window, asking: Asking) -> Sql:
    """Return the test of a row whether it is one of the occasions in a window."""
    now_s, during = asking.at_s, window.during
    floor_s = max(
        now_s - window.within_s if window.within_s else LONG_AGO_S,
        0 if window.since_entering else LONG_AGO_S,  # Asked outside any journey.
        _earliest(during, asking) - 1 if during else LONG_AGO_S,
    )
    upto_s = now_s - window.older_s if window.older_s else NEVER_S
    hit = asking.scan.hit(asking.predicates[predicate], floor_s, upto_s)
    if during is None:
        return hit
    begins = asking.zoned(lambda zone: period_of(during, now_s, zone)[0], "c")
    return every([hit, compared(column(*SECOND), ">=", begins)])


def chain(asked: Chain, asking: Asking) -> Sql:
    """Follow each of the latest first acts as quickly as can be, as `compiler.acts` does.

    A list holds the places and moments so far: place, moment, place, moment. Who cannot go on is
    at a moment that never comes.
    """
    speech = asking.speech
    begun_s = asking.at_s - asked.in_last_s if asked.in_last_s else LONG_AGO_S
    moments = [_latest(one, asking, begun_s) for one in asked.predicates]
    ways = speech.each(
        speech.places(moments[0]),
        lambda place: speech.listed(
            [
                speech.integer(place.copy()),
                speech.integer(speech.at(moments[0].copy(), plus(place, number(1)))),
            ]
        ),
    )
    for step, predicate in enumerate(asked.predicates[1:], 1):
        earlier = [n for n in range(step) if asked.predicates[n] == predicate]
        ways = _followed(ways, moments[step], earlier[-1] if earlier else None, step, asking)
    last = number(2 * len(asked.predicates))
    return speech.some_of(
        ways,
        lambda way: compared(
            minus(speech.at(way.copy(), last), speech.at(way.copy(), number(2))),
            "<=",
            number(asked.within_s),
        ),
    )


def _followed(ways: Sql, moments: Sql, used: int | None, step: int, asking: Asking) -> Sql:
    """Go on to the first moment that is no earlier, and that has not served this act before."""
    speech = asking.speech

    def place(way: Sql) -> Sql:
        before = speech.at(way.copy(), number(2 * step))
        earlier = speech.kept(moments.copy(), lambda m: compared(m, "<", before.copy()), "m")
        found = speech.integer(speech.length(earlier))
        if used is not None:
            taken = speech.at(way.copy(), number(2 * used + 1))
            found = call("greatest", found, plus(taken, number(1)))
        return speech.pushed(way, found)

    def moment(way: Sql) -> Sql:
        at = plus(speech.at(way.copy(), number(2 * step + 1)), number(1))
        there = speech.pushed(moments.copy(), number(NEVER_S))
        last = call("least", at, speech.integer(speech.length(there.copy())))
        return speech.pushed(way, speech.at(there, last))

    return speech.each(speech.each(ways, place), moment)


def gap(asked: Gap, asking: Asking) -> Sql:
    speech = asking.speech
    acted = asking.scan.hit(asking.predicates[asked.act])
    moments = case([(acted, column(*SECOND))], number(LONG_AGO_S))
    latest = either(asking.scan.come_to(call("max", moments)), number(LONG_AGO_S))
    follows = _latest(asked.without, asking)
    first = ">" if asked.alike else ">="
    followed = speech.some_of(
        follows,
        lambda at: every(
            [
                compared(at.copy(), first, latest.copy()),
                compared(at.copy(), "<=", plus(latest.copy(), number(asked.within_s))),
            ]
        ),
    )
    return every(
        [
            compared(latest.copy(), ">", number(LONG_AGO_S)),
            compared(plus(latest.copy(), number(asked.within_s)), "<=", number(asking.at_s)),
            negated(followed),
        ]
    )


def seen(asked: Seen, asking: Asking) -> Sql:
    return every(
        [
            compared(asking.person("visits"), ">", number(0)),
            compared(asking.person("seen_s"), ">", number(asking.at_s - asked.within)),
        ]
    )


def _earliest(period: Period, asking: Asking) -> int:
    """Return when the period that it is began where it began first."""
    return min(
        int(begun) for begun in asking.told(lambda z: str(period_of(period, asking.at_s, z)[0]))
    )


def _latest(predicate: PredicateId, asking: Asking, floor_s: int = LONG_AGO_S) -> Sql:
    """Return the latest moments of a predicate, oldest first: as many as the fold looks at."""
    speech = asking.speech
    hit = asking.scan.hit(asking.predicates[predicate], floor_s)
    found = asking.scan.come_to(speech.latest(column(*SECOND), SEQUENCE_MAX, hit))
    return either(found, speech.nothing("integer"))
