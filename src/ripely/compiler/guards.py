"""Guards and the company -> what is asked of a message, found by its channel."""

from collections.abc import Iterable, Sequence
from typing import get_args

from ripely.engine.calendar import WEEKDAYS
from ripely.engine.protection import BudgetRule, CapRule, Protection, QuietRule, Span
from ripely.model.company import Cap, Company, Guard, Hours, Quiet
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.ids import SegmentId
from ripely.model.words import ChannelKind

CHANNELS: tuple[ChannelKind, ...] = get_args(ChannelKind)
_PLURALS = {
    "email": "emails", "sms": "SMS", "call": "calls", "voice": "voice calls",
    "push": "push messages", "web_push": "web push messages", "messenger": "messenger messages",
    "chat": "chat messages", "in_app": "in-app messages",
}  # fmt: skip


def compile_guards(definitions: Iterable[Definition], company: Company) -> Protection | None:
    """Return what all guards ask together; None when nothing stands between messages and contacts."""
    guards = [one for one in definitions if isinstance(one, Guard)]
    if not guards and not company.holdout:
        return None
    quiet = [(rule, guard.segment) for guard in guards for rule in guard.quiet]
    caps = [_cap(cap, guard.segment) for guard in guards for cap in guard.caps]
    budgets = tuple(
        BudgetRule(
            at_most=guard.budget.at_most,
            within_s=guard.budget.within,
            compete_s=guard.budget.compete,
            important=guard.budget.important,
            name=f"{guard.budget.at_most} {_messages(guard.budget.at_most)} in {_time(guard.budget.within)}",
            segment=guard.segment,
        )
        for guard in guards
        if guard.budget is not None
    )
    return Protection(
        quiet={channel: _quiet(channel, quiet, company) for channel in CHANNELS},
        caps={
            channel: tuple(cap for cap in caps if cap.channel in {None, channel})
            for channel in CHANNELS
        },
        budgets=budgets,
        counting=(*caps, *budgets),
        country_rules=any(guard.country_rules for guard in guards),
        holdout=company.holdout,
    )


def compile_span(hours: Hours) -> Span:
    weekdays = frozenset(WEEKDAYS.index(day) for day in hours.weekdays)
    return Span(_seconds(hours.start), _seconds(hours.end), weekdays)


def _quiet(
    channel: ChannelKind, rules: Sequence[tuple[Quiet, SegmentId | None]], company: Company
) -> tuple[QuietRule, ...]:
    return tuple(
        QuietRule(
            spans=tuple(compile_span(hours) for hours in rule.hours),
            holidays=frozenset(company.holidays if rule.holidays else ()),
            countries=frozenset(str(name).casefold() for name in rule.countries),
            regions=frozenset(str(name).casefold() for name in rule.regions),
            segment=segment,
        )
        for rule, segment in rules
        if not rule.channels or channel in rule.channels
    )


def _cap(cap: Cap, segment: SegmentId | None) -> CapRule:
    return CapRule(
        at_most=cap.at_most,
        within_s=cap.within,
        name=_name(cap),
        channel=cap.channel,
        topic=cap.topic,
        purpose=cap.purpose,
        segment=segment,
    )


def _name(cap: Cap) -> str:
    """Call a cap by what it lets through: `3 emails about news in 7d`."""
    what = _plural(cap.channel, cap.at_most) if cap.channel else _messages(cap.at_most)
    about = f" about {cap.topic}" if cap.topic else ""
    purpose = f" for {cap.purpose}" if cap.purpose else ""
    return f"{cap.at_most} {what}{about}{purpose} in {_time(cap.within)}"


def _messages(number: int) -> str:
    return "message" if number == 1 else "messages"


def _plural(channel: ChannelKind, number: int) -> str:
    plural = _PLURALS[channel]
    return plural.removesuffix("s") if number == 1 else plural


def _time(within: Duration) -> str:
    """Write a time in days where those are whole."""
    days, rest = divmod(within, 86_400)
    return f"{days}d" if days and not rest else str(within)


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3_600 + int(minutes) * 60
