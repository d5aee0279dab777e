"""Questions about where a contact is, and what it came with, asked of people."""

from ripely.compiler.kernel import EARTH_KM
from ripely.compiler.operators import text as as_text
from ripely.compiler.query.asking import Asking
from ripely.compiler.query.build import (
    Sql,
    among,
    call,
    case,
    compared,
    either,
    every,
    minus,
    no,
    number,
    plus,
    some,
    text,
    times,
)
from ripely.compiler.query.texts import passes
from ripely.model.condition import Items, Near, Place, Uses


def place(asked: Place, asking: Asking) -> Sql:
    wanted = {"country": asked.country, "region": asked.region, "city": asked.city}
    return _each(wanted, asking)


def uses(asked: Uses, asking: Asking) -> Sql:
    wanted = {"device": asked.device, "os": asked.os, "browser": asked.browser}
    tests = [_each(wanted, asking)]
    if asked.language:
        tests.append(_speaks(asked.language, asking))
    return every(tests)


def near(asked: Near, asking: Asking) -> Sql:
    """Reckon the way along a great circle (haversine)."""
    north, east = (_degrees(name, asking) for name in ("latitude", "longitude"))
    up = call("sin", _half(call("radians", minus(number(asked.latitude), north.copy()))))
    along = call("sin", _half(call("radians", minus(number(asked.longitude), east))))
    widths = times(
        call("cos", call("radians", north)),
        call("cos", call("radians", number(asked.latitude))),
    )
    part = plus(times(up, up.copy()), times(times(widths, along), along.copy()))
    angle = call("asin", call("least", number(1.0), call("sqrt", part)))
    way = times(number(2 * EARTH_KM), angle)
    return either(compared(way, "<=", number(asked.km)), no())


def _each(wanted: dict[str, Items], asking: Asking) -> Sql:
    return every(
        [
            passes(asking.attribute(name), "in", values)
            for name, values in wanted.items()
            if values
        ]
    )


def _speaks(languages: Items, asking: Asking) -> Sql:
    speech = asking.speech
    wanted = [text(as_text(one).replace("_", "-")) for one in languages]
    told, locale = (asking.attribute(name).sql for name in ("language", "locale"))
    is_told = compared(speech.joined(told.copy(), ""), "<>", text(""))

    def speaks(one: Sql) -> Sql:
        spoken = speech.replaced(speech.lower(one.copy()), "_", "-")
        found = [among(spoken.copy(), wanted), among(speech.before(spoken, "-"), wanted)]
        return every([compared(one.copy(), "<>", text("")), some(found)])

    return speech.some_of(case([(is_told, told)], locale), speaks)


def _degrees(name: str, asking: Asking) -> Sql:
    return asking.speech.number(asking.speech.first(asking.attribute(name).sql))


def _half(value: Sql) -> Sql:
    return times(value, number(0.5))
