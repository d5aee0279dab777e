"""Changes that a journey makes to what is known of a contact: each with a note of why."""

from collections.abc import Mapping
from math import isfinite

from ripely.engine.calendar import local_day, zone_of
from ripely.engine.facts import (
    FORBIDDEN,
    allow_calls,
    set_attribute,
    set_list,
    set_tag,
    set_topic,
)
from ripely.engine.lifecycle import set_lifecycle
from ripely.engine.performance import Performance
from ripely.engine.scores import add_points
from ripely.model.action import Update
from ripely.model.profile import Fact

_EXACT_MAX = 2**53


def update(act: Performance, step: Update) -> None:
    """Change attributes first, so that later parts of the same step can build on them."""
    draft = act.draft
    for name, value in step.set.items():
        _set(act, name, list(value) if isinstance(value, tuple) else value)
    if step.set_dates:
        zone = zone_of(draft.profile, draft.rules.zone)
        for name, ahead in step.set_dates.items():
            _set(act, name, local_day(draft.now_s + ahead, zone))
    for name, source in step.copy.items():
        _set(act, name, act.look_up(source))
    if step.add or step.multiply:
        _count(act, step.add, step.multiply)
    _belong(act, step)
    for score, points in step.add_points.items():
        add_points(draft, score, points, act.by)
    if step.lifecycle is not None:
        set_lifecycle(draft, step.lifecycle, act.by)
    if step.call_allowed is not None:
        reason = act.by if step.call_allowed else f"{FORBIDDEN}: {act.by}"
        allow_calls(draft, allowed=step.call_allowed, reason=reason)


def _set(act: Performance, name: str, value: Fact) -> None:
    attributes = act.draft.profile.attributes
    before = attributes.get(name)
    set_attribute(act.draft, name, value)
    after = attributes.get(name)
    if after != before:
        act.note("attribute.set", name, f"{'nothing' if after is None else after}, {act.by}")


def _count(act: Performance, add: Mapping[str, float], multiply: Mapping[str, float]) -> None:
    """Count with numbers. What is none counts as 0 when something is added, and cannot be multiplied."""
    attributes = act.draft.profile.attributes
    for name, more in add.items():
        _set_number(act, name, (_number(attributes.get(name)) or 0) + more)
    for name, factor in multiply.items():
        number = _number(attributes.get(name))
        if number is None:
            act.note("attribute.kept", name, f"it is no number, {act.by}")
        else:
            _set_number(act, name, number * factor)


def _set_number(act: Performance, name: str, number: float) -> None:
    if not isfinite(number):
        act.note("attribute.kept", name, f"the number grows too large, {act.by}")
        return
    whole = float(number).is_integer() and abs(number) < _EXACT_MAX
    _set(act, name, int(number) if whole else float(number))


def _number(value: Fact) -> int | float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _belong(act: Performance, step: Update) -> None:
    """Tags, lists and topics: first what is given, then what is taken."""
    draft = act.draft
    for tags, present in ((step.add_tags, True), (step.remove_tags, False)):
        for tag in tags:
            if (tag in draft.profile.tags) != present:
                set_tag(draft, tag, present=present)
                act.note("tag.added" if present else "tag.removed", tag, act.by)
    for lists, present in ((step.join_lists, True), (step.leave_lists, False)):
        for name in lists:
            if (name in draft.profile.lists) != present:
                set_list(draft, name, present=present)
                act.note("list.joined" if present else "list.left", name, act.by)
    for topics, wanted in ((step.join_topics, True), (step.leave_topics, False)):
        for topic in topics:
            set_topic(draft, topic, granted=wanted)
