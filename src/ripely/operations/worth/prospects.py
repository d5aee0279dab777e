"""What history knows of a journey that does not run yet: how many would come, and what writing to them changed.

Who came to the beginning and was written to or called soon after, by whatever hand or journey, is
compared with those who came as they did and heard nothing. Conversions count from the end of the
time in which a message may come, for both: who converts sooner cannot be written to any more, and
would make those who heard nothing look better (Anderson, Cain and Gelber, "Analysis of survival by
tumor response", Journal of Clinical Oncology 1 (1983): the landmark).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec

from ripely.documents.conditions import parts
from ripely.model.action import Send
from ripely.model.company import Company
from ripely.model.journey import Journey
from ripely.model.score import Score
from ripely.model.words import ChannelKind
from ripely.operations.outcomes.results import SOLD, currency_of
from ripely.operations.questions.asking import Sql, Word, ask, number, quoted, text, whole
from ripely.operations.reports import OWN_SOURCES
from ripely.operations.wording.names import spoken
from ripely.operations.worth.automations import DAYS_PER_MONTH, Suggestion
from ripely.operations.worth.entries import UntoldError, entries_of, goal_of
from ripely.operations.worth.feasibility import WORKING_DAYS, Case, Figure
from ripely.operations.worth.filtered import LeansOn, LetIn, let_in
from ripely.operations.worth.uplift import REACHED_MIN, Cell, Uplift, uplift
from ripely.ports import Warehouse

DAYS = 180
REACH = timedelta(days=2)
"""A message that comes later is not taken for an answer to the beginning."""
WITHIN = timedelta(days=14)
"""A goal without a time of its own counts for so long."""
MARGIN = 0.3
"""What of a sale is left after its own cost, if nobody says better."""
HOURS_A_JOURNEY, HOURS_A_MESSAGE = 2.0, 1.5
MINUTES_MAX = 120
_SENT = (*(f"{channel}.sent" for channel in get_args(ChannelKind)), "call.made", "call.answered", "message.written")  # fmt: skip


ANY_COMPANY = Company("company")


class Prospect(msgspec.Struct, frozen=True):
    """The figures that history knows, the uplift they rest on, and what they do not tell."""

    case: Case
    uplift: Uplift | None
    limits: Sequence[str]


def prospect(
    warehouse: Warehouse,
    journey: Journey,
    now: datetime,
    scores: Iterable[Score] = (),
    habits: Sequence[Suggestion] = (),
    company: Company = ANY_COMPANY,
) -> Prospect:
    """Fill in what is known; what is not stays a guess."""
    goal, event = goal_of(journey)
    span: dict[str, Word] = {"since": now - timedelta(days=DAYS), "until": now}
    known = _of_document(journey) | _of_habits(journey, habits)
    currency = company.currency or currency_of(warehouse, (*SOLD, event))
    words = {**span, "goal": goal, "worth": _worth(journey), "ours": _ours(currency)}
    business, foreign = _of_business(warehouse, words, event)
    known |= business
    limits = _limits_of_money(foreign, currency)
    try:
        span["entries"] = entries_of(journey)
    except UntoldError:
        limits += ["How this journey begins leaves no plain trace in history: people and uplift are guesses."]  # fmt: skip
        return Prospect(Case(figures=known, currency=currency), None, limits)
    scores = tuple(scores)
    inside = _let_in(warehouse, journey, span, LeansOn(company, scores))
    known |= _people(warehouse, journey, span, inside)
    found = _uplift(warehouse, journey, span, goal, scores)
    if found.enough:
        known["uplift"] = _known(found.expected, "those like them who heard nothing", found.low, found.high)  # fmt: skip
    limits += [*_limits(found), *_limits_of_filter(journey, inside)]
    return Prospect(Case(figures=known, currency=currency), found, limits)


def _of_document(journey: Journey) -> dict[str, Figure]:
    sent = [part for _, part in parts(journey) if isinstance(part, Send)]
    channels = {send.channel for send in sent}
    hours = HOURS_A_JOURNEY + HOURS_A_MESSAGE * len({send.template for send in sent})
    found = {
        "setup_hours": Figure(hours, why=f"{len(sent)} message{'' if len(sent) == 1 else 's'}")
    }
    for channel in channels:
        n = sum(send.channel == channel for send in sent)
        found[f"messages/{channel}"] = _known(
            n, "the journey, if everybody gets all", min(1, n)
        )
    return found


def _of_habits(journey: Journey, habits: Sequence[Suggestion]) -> dict[str, Figure]:
    """Count the hours of what is done by hand after the same beginning."""
    same = [one for one in habits if set(one.journey.triggers) & set(journey.triggers)]
    if not same:
        return {}
    hours = sum(one.hours for one in same) / WORKING_DAYS
    acts = f"{sum(one.times for one in same)} acts by hand, {_spoken(hours)} a day"
    return {"hours_freed": Figure(hours, why=acts)}


def _spoken(hours: float) -> str:
    """Say a length of time as people do: in minutes while there are few hours."""
    minutes = round(hours * 60)
    if not minutes:
        return "less than a minute"
    if minutes < MINUTES_MAX:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{hours:,.1f} hours"


def _of_business(
    warehouse: Warehouse, words: dict[str, Word], event: str
) -> tuple[dict[str, Figure], int]:
    """Return the figures, and how many sales are not in them because of their currency."""
    ((deals, deal_value, _, worth, done, missed, foreign),) = ask(warehouse, "business", words)
    found: dict[str, Figure] = {}
    if number(worth):
        why = f"{MARGIN:.0%} of the mean value of “{spoken(event)}”"
        found["worth"] = Figure(number(worth) * MARGIN, why=why)
    if whole(deals):
        found["deals"] = _known(whole(deals) / DAYS * DAYS_PER_MONTH, "deals opened")
    if number(deal_value):
        why = f"{MARGIN:.0%} of the mean value of deals won"
        found["deal_worth"] = Figure(number(deal_value) * MARGIN, why=why)
    tasks = whole(done) + whole(missed)
    if tasks:
        found["errors"] = Figure(whole(missed) / tasks, why="tasks that were late or given up")
    return found, whole(foreign)


def _let_in(
    warehouse: Warehouse, journey: Journey, span: dict[str, Word], leans_on: LeansOn
) -> LetIn | None:
    if journey.filter is None:
        return None
    return let_in(warehouse, journey.filter, span, leans_on)


def _people(
    warehouse: Warehouse, journey: Journey, words: dict[str, Word], inside: LetIn | None
) -> dict[str, Figure]:
    ((times, people, since),) = ask(warehouse, "beginnings", words)
    if not isinstance(since, datetime):
        return {}
    until = words["until"]
    assert isinstance(until, datetime)
    days = min(DAYS, max(1, (until - since.replace(tzinfo=UTC)).days))
    n = whole(people) if journey.reentry == "once" else whole(times)
    a_month, why = n / days * DAYS_PER_MONTH, f"{n:,} in {days} days"
    if inside is None:
        return {"people": _known(a_month, why)}
    rate, (low, high) = inside.share.rate, inside.share.interval
    why += f", of whom the filter lets in {rate:.0%}"
    low, high = min(low, rate), max(high, rate)
    return {"people": _known(a_month * rate, why, a_month * low, a_month * high)}


def _uplift(
    warehouse: Warehouse,
    journey: Journey,
    span: dict[str, Word],
    goal: Sql,
    scores: Sequence[Score],
) -> Uplift:
    within = REACH + _within(journey)
    until = span["until"]
    assert isinstance(until, datetime)
    score = next((s for s in sorted(scores, key=lambda one: not one.main)), None)
    words: dict[str, Word] = {
        **span,
        "until": until - within,
        "goal": goal,
        "sent": _SENT,
        "bought": SOLD,
        "ours": (*OWN_SOURCES, "dispatch"),
        "reach_h": _hours(REACH),
        "within_h": _hours(within),
        "score": score.id if score else "",
        "level": Sql(_level(score)),
    }
    rows = ask(warehouse, "look_alikes", words)
    return uplift([Cell(tuple(map(text, row[:4])), *map(whole, row[4:])) for row in rows])


def _within(journey: Journey) -> timedelta:
    within = journey.goal.within if journey.goal else None
    return WITHIN if within is None else timedelta(seconds=int(within))


def _hours(span: timedelta) -> int:
    return max(1, round(span / timedelta(hours=1)))


def _level(score: Score | None) -> str:
    """Name the level of the points; without levels, ten points are alike."""
    if score is None:
        return "''"
    if not score.levels:
        return "CAST(floor(coalesce(points, 0) / 10) AS VARCHAR)"
    highest = sorted(score.levels, key=lambda level: -level.at_least)
    cases = " ".join(f"WHEN coalesce(points, 0) >= {one.at_least} THEN {quoted(one.name)}" for one in highest)  # fmt: skip
    return f"CASE {cases} ELSE '' END"


def _worth(journey: Journey) -> Sql:
    named = journey.goal.value_of if journey.goal else ""
    names = [named] if named else ["total", "value", "revenue"]
    return Sql(f"coalesce({', '.join(f'e.properties[{quoted(name)}][1]' for name in names)})")


def _ours(currency: str) -> Sql:
    """Ask for what is told in one currency; what says none is taken to be in it."""
    if not currency:
        return Sql("TRUE")
    return Sql(f"upper(coalesce(e.properties['currency'][1], '')) IN ('', {quoted(currency)})")


def _limits_of_money(foreign: int, currency: str) -> list[str]:
    if not foreign:
        return []
    sales = "1 sale" if foreign == 1 else f"{foreign:,} sales"
    return [f"What {sales} in other currencies than {currency} brought is not reckoned with."]


def _limits_of_filter(journey: Journey, inside: LetIn | None) -> Iterable[str]:
    if inside is not None:
        days = "1 day" if inside.days == 1 else f"{inside.days} days"
        yield (
            f"What the journey's own filter lets in was asked of {inside.people:,} people on {days};"
            " the uplift is that of all who come to its beginning."
        )
    elif journey.filter is not None:
        yield "The journey's own filter is not asked here: fewer people may come into it."


def _limits(found: Uplift) -> Iterable[str]:
    if not found.enough:
        yield (
            f"Fewer than {REACHED_MIN} people on either side can be compared"
            f" ({found.reached.of:,} were written to, {found.alone.of:,} were not):"
            " the uplift is a guess."
        )
        return
    yield (
        "Nobody divided these people by chance. If something unseen made both a message and a"
        f" conversion {found.hidden:.1f} times as likely, it alone would explain the difference."
    )
    yield f"Who converted within {REACH.days} days of the beginning is left out on both sides."
    if found.covered < 1:
        yield f"{1 - found.covered:.0%} of those written to are like nobody else, and are left out."


def _known(
    value: float, why: str, low: float | None = None, high: float | None = None
) -> Figure:
    return Figure(value, low, high, guess=False, why=why)
