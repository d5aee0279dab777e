"""The fold alone, on one core."""

import gc
import time
from collections.abc import Sequence

from bench.reference import reference_rules, traffic
from bench.runner import Figure, bench, paired
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.model.action import Update
from ripely.model.acts import Page
from ripely.model.catalog import is_act
from ripely.model.definition import Definition
from ripely.model.event import Event
from ripely.model.ids import ContactId, JourneyId, RulesetId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.profile import Profile
from ripely.model.segment import Segment
from ripely.model.trigger import OnSegment

EVENTS = 60_000


def fold_rate(rules: Ruleset, events: Sequence[Event]) -> float:
    """Return events folded a second of processor time, one event at a time, profiles kept in memory."""
    profiles: dict[ContactId, Profile] = {}
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    started = time.process_time()
    for event in events:
        profile = profiles.get(event.contact) or new_profile(event.contact, event.occurred_s)
        profiles[event.contact] = fold(rules, profile, (event,)).profile
    rate = len(events) / (time.process_time() - started)
    gc.unfreeze()
    return rate


@bench("fold_reference")
def fold_reference() -> Figure:
    """The limit is the fold without a rule: repeats, visits and interests alone."""
    events, rules, none = traffic(EVENTS), reference_rules(), _rules(())
    value, limit = paired(lambda: fold_rate(rules, events), lambda: fold_rate(none, events))
    load = f"{EVENTS:,} events, 8 a visitor; 50 segments, 40 score rules, 20 triggers, 30 addresses"
    return Figure(value, "events/s", limit, f"{load}; seconds of processor time")


@bench("cost_by_rules")
def cost_by_rules() -> Figure:
    """What an event costs under 1,000 rules over what it costs under 10; at best the same."""
    events, few, many = traffic(EVENTS), _rules(_pairs(5)), _rules(_pairs(500))
    few_rate, many_rate = paired(
        lambda: fold_rate(few, events), lambda: fold_rate(many, events)
    )
    load = f"{EVENTS:,} events; half the rules are segments by address, half journeys"
    return Figure(few_rate / many_rate, "times", 1.0, load, lower_is_better=True)


def _pairs(count: int) -> tuple[Definition, ...]:
    """Return that many segments by address, each with a journey."""
    found: list[Definition] = []
    for n in range(count):
        segment = SegmentId(f"item{n}")
        word = f"-{n}" if n % 2 else f"campaign{n}"
        found.append(Segment(segment, f"Item {n}", Page("contains", word, at_least=2)))
        steps = {StepId("tag"): Update(add_tags=("seen",))}
        trigger = (OnSegment(segment),)
        found.append(Journey(JourneyId(f"item{n}"), "Item", trigger, StepId("tag"), steps))  # type: ignore[arg-type]
    return tuple(found)


def _rules(definitions: tuple[Definition, ...]) -> Ruleset:
    return compile_ruleset(Published(definitions), RulesetId("bench"), is_act)
