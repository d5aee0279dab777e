"""The first event under a new ruleset: every answer is asked anew, and what is gone is let go."""

from ripely.engine.scores import add_points
from ripely.engine.transition import Draft
from ripely.model.ids import ScoreId


def refresh(draft: Draft) -> None:
    profile, rules = draft.profile, draft.rules
    is_new, profile.ruleset = profile.ruleset is None, rules.id
    if is_new:  # The answers about somebody of whom nothing is known were found when compiling.
        draft.recheck(rules.at_birth)
        return
    for segment in [s for s in profile.segments if f"segment/{s}" not in rules.watch_by_key]:
        del profile.segments[segment]
        draft.note("segment.left", segment, "no longer published")
    for key in [k for k in profile.facts if k not in rules.watch_by_key]:
        points = profile.facts.pop(key)
        add_points(draft, ScoreId(key.split("/")[1]), -points, "its rule is gone")
    for predicate in [p for p in profile.counts if p not in rules.tracked]:
        del profile.counts[predicate]
    profile.lapses = {k: due for k, due in profile.lapses.items() if k in rules.watch_by_key}
    profile.dates = {}
    draft.changed |= rules.date_triggers.keys()
    draft.recheck(rules.watches)
