"""Questions about scores, asked of people: what fades is reckoned for the moment."""

from ripely.compiler.kernel import Scored
from ripely.compiler.query.asking import Asking
from ripely.compiler.query.build import (
    Sql,
    call,
    case,
    compared,
    divided,
    either,
    every,
    minus,
    negated,
    no,
    number,
    plus,
    some,
    text,
    times,
)
from ripely.engine.parts import part
from ripely.model.condition import ScoreIs, ScoreLevel, ScoreTrend, TopPart, TopScore
from ripely.model.ids import ScoreId

Bounds = tuple[int | None, int | None]


def score(scored: Scored, asking: Asking) -> Sql:
    asked = scored.asked
    match asked:
        case ScoreIs(key, least, most, of):
            return _between(_points(part(key, of), asking), (least, most))
        case ScoreLevel(key, _, of):
            points = _points(part(key, of), asking)
            return some([_between(points.copy(), bounds) for bounds in scored.levels])
        case ScoreTrend():
            return _trend(asked, asking)
        case TopScore(key, _, lead):
            own = _points(key, asking)
            above = [
                compared(_points(rival, asking), ">", minus(own.copy(), number(lead)))
                for rival in scored.rivals
                if rival != key
            ]
            return every([compared(own, ">", number(0)), negated(some(above))])
        case TopPart(key, of):
            return _top_part(key, part(key, of), asking)


def _top_part(key: ScoreId, own_key: ScoreId, asking: Asking) -> Sql:
    speech, own = asking.speech, _points(own_key, asking)

    def is_above(name: Sql, kept: Sql) -> Sql:
        return every(
            [
                speech.starts(name.copy(), f"{key}/"),
                compared(name, "<>", text(own_key)),
                compared(_worth(kept, asking), ">", minus(own.copy(), number(1))),
            ]
        )

    above = speech.pairs(asking.person("scores"), is_above)
    return every([compared(own.copy(), ">", number(0)), negated(above)])


def _points(key: ScoreId, asking: Asking) -> Sql:
    speech, scores = asking.speech, asking.person("scores")
    kept = speech.under(scores.copy(), key)
    return case([(speech.has(scores, key), _worth(kept, asking))], number(0))


def _worth(kept: Sql, asking: Asking) -> Sql:
    """Return what a score comes to, as `model.profile.Decaying.value` does."""
    speech = asking.speech
    points, at_s, half_life, lasting, least, most = (
        speech.field(kept.copy(), name)
        for name in ("points", "at_s", "half_life", "lasting", "least", "most")
    )
    gone = minus(at_s.copy(), number(asking.at_s))
    fades = every(
        [
            compared(half_life.copy(), ">", number(0)),
            compared(at_s, "<", number(asking.at_s)),
        ]
    )
    left = times(points.copy(), call("pow", number(2.0), divided(gone, half_life)))
    whole = plus(speech.even(case([(fades, left)], points)), lasting)
    return case(
        [
            (either(compared(whole.copy(), ">", most.copy()), no()), most),
            (either(compared(whole.copy(), "<", least.copy()), no()), least),
        ],
        whole,
    )


def _trend(asked: ScoreTrend, asking: Asking) -> Sql:
    speech = asking.speech
    trends = asking.person("trends")
    lately = speech.kept(
        speech.list_under(trends, asked.id),
        lambda one: compared(
            speech.field(one, "at_s"), ">", number(asking.at_s - asked.within)
        ),
    )
    changes = speech.each(lately, lambda one: speech.field(one, "points"))
    return _between(speech.total(changes), (asked.at_least, asked.at_most))


def _between(value: Sql, bounds: Bounds) -> Sql:
    tests = [
        compared(value.copy(), sign, number(bound))
        for sign, bound in zip((">=", "<="), bounds, strict=True)
        if bound is not None
    ]
    return every(tests)
