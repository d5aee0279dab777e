"""What must be asked again of everybody when one set of definitions follows another."""

from ripely.compiler.ruleset import Published
from ripely.engine.ruleset import Ruleset, Watch
from ripely.model.definition import Definition
from ripely.model.journey import Journey
from ripely.model.segment import Segment
from ripely.model.template import Template

_Alone = Segment | Journey | Template
"""Definitions on which no other's answer depends, unless through a key that it names."""


def asked_anew(before: Published, after: Published, rules: Ruleset) -> frozenset[str] | None:
    """Return the keys of the watches of `rules` (of `after`) that `before` did not answer; None: any of them.

    An answer depends on its own document, and on the company, scores and guards. What it asks of
    other segments and journeys comes to it by their keys, when those are answered.
    """
    if _shared(before) != _shared(after) or before.timezone != after.timezone:
        return None
    known = _alone(before)
    changed = {place for place, one in _alone(after).items() if known.get(place) != one}
    return frozenset(
        watch.key
        for watch in rules.watches
        if watch.kind == "schedule"
        or _place(watch) in changed  # Schedules are all planned anew.
    )


def _shared(published: Published) -> list[Definition]:
    return [d for d in published.definitions if not isinstance(d, _Alone)]


def _alone(published: Published) -> dict[tuple[type[Definition], str], Definition]:
    return {(type(d), d.id): d for d in published.definitions if isinstance(d, _Alone)}


def _place(watch: Watch) -> tuple[type[Definition], str]:
    return (Segment if watch.kind == "segment" else Journey, watch.subject)
