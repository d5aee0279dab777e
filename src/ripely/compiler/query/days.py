"""Days out of texts in a database: the same as `engine.calendar.parse_date`."""

from ripely.compiler.query.build import (
    Sql,
    case,
    compared,
    concatenated,
    every,
    number,
    plus,
    text,
    times,
)
from ripely.compiler.query.speech import Speech
from ripely.engine.calendar import MOMENT

_IS_DAY = (
    "^("
    "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
    ")"
)
_IS_MOMENT = f"^{MOMENT.pattern}$"


def day_of(speech: Speech, one: Sql, zone: Sql | None = None) -> Sql:
    """Return the day that a text names, or an empty text; of a moment with an offset, its day in `zone`."""
    written = speech.part(one.copy(), 1, 10)
    is_day = every(
        [
            speech.matches(one.copy(), _IS_DAY, cases=True),
            compared(speech.part(one.copy(), 1, 4), "<>", text("0000")),
        ]
    )
    if zone is None:
        return case([(is_day, written)], text(""))
    is_moment = every([is_day.copy(), speech.matches(one.copy(), _IS_MOMENT, cases=True)])
    moment = speech.written_moment(_minute(speech, one), _ahead(speech, one))
    return case([(is_moment, speech.local_day(moment, zone)), (is_day, written)], text(""))


def _minute(speech: Speech, one: Sql) -> Sql:
    return concatenated(
        speech.part(one.copy(), 1, 10), text(" "), speech.part(one.copy(), 12, 5)
    )


def _ahead(speech: Speech, one: Sql) -> Sql:
    """Return how many minutes ahead of UTC a moment is written; it ends with `Z`, `+02:00` or `+0200`."""
    tail = speech.replaced(speech.tail(one.copy(), 6), ":", "")
    hours = speech.part(speech.tail(tail.copy(), 4), 1, 2)
    minutes = speech.tail(tail.copy(), 2)
    sign = speech.part(speech.tail(tail, 5), 1, 1)
    length = plus(times(speech.small(hours), number(60)), speech.small(minutes))
    return case(
        [
            (compared(sign.copy(), "=", text("+")), length),
            (compared(sign, "=", text("-")), times(length.copy(), number(-1))),
        ],
        number(0),
    )
