"""The first event under a new ruleset: every answer is asked anew, and what is gone is let go.

Whoever is in a new segment from the start has not entered it: no journey begins by that.
"""

from collections import Counter

from ripely.engine.ageing import AGEING, renew_scores
from ripely.engine.draft import Draft
from ripely.engine.ruleset import Watch
from ripely.engine.scores import add_points
from ripely.engine.series import drop_series, learn_series
from ripely.engine.versions import move_people
from ripely.engine.watches import update_watches
from ripely.model.event import RULES_CHANGED, Event
from ripely.model.ids import PredicateId, ScoreId, SeriesId


def learn_rules(draft: Draft, event: Event) -> None:
    """Take what history says of newly tracked predicates, and answer everything by it."""
    erased_s = draft.profile.erased_s  # Who asked history may not have known of it.
    for key, moments in event.properties.get("counts", {}).items():
        predicate = PredicateId(int(key))
        since = [moment for moment in moments if moment > erased_s]
        if since and predicate in draft.rules.tracked:
            _seed(draft, predicate, since)
    for key, told in event.properties.get("series", {}).items():
        learn_series(draft, SeriesId(int(key)), told)
    answer_quietly(draft)


def refresh(draft: Draft) -> None:
    """Come to the rules that hold now."""
    profile, rules = draft.profile, draft.rules
    asked = _asked(draft)
    is_new, profile.ruleset = profile.ruleset is None, rules.id
    if is_new:  # The answers about somebody of whom nothing is known were found when compiling.
        draft.recheck(rules.at_birth)
        return
    for segment in [s for s in profile.segments if f"segment/{s}" not in rules.watch_by_key]:
        del profile.segments[segment]
        draft.note("segment.left", segment, "no longer published")
    renew_scores(draft)
    for key in [k for k in profile.facts if k not in rules.watch_by_key]:
        points, score = profile.facts.pop(key), ScoreId(key.split("/")[1])
        if score in rules.scores:
            add_points(draft, score, -points, "its rule is gone", lasting=True)
    for predicate in [p for p in profile.counts if p not in rules.tracked]:
        del profile.counts[predicate]
    drop_series(draft)
    profile.lapses = {
        key: due
        for key, due in profile.lapses.items()
        if key in rules.watch_by_key or key.startswith(AGEING)
    }
    profile.dates = {}
    profile.dated = {key: day for key, day in profile.dated.items() if key in rules.planned}
    draft.changed |= rules.date_triggers.keys()
    move_people(draft, profile.enrollments)
    for enrollment in profile.enrollments:
        enrollment.check_s = draft.now_s  # Its goal, and what it awaits, may be others now.
    for pursuit in profile.pursuits:
        pursuit.check_s = draft.now_s
    draft.recheck(rules.watches if asked is None else asked)
    answer_quietly(draft)


def answer_quietly(draft: Draft) -> None:
    """Answer what is to be answered again; whatever that brings begins no journey."""
    update_watches(draft)
    draft.entries.clear()
    draft.told.clear()
    draft.scored.clear()


def _asked(draft: Draft) -> list[Watch] | None:
    """Return the watches that the event of a sweep names for those who come from `since`; None: all of them.

    When other rules hold already than those it was made for, it does not know what they ask.
    """
    told, profile, rules = draft.event.properties, draft.profile, draft.rules
    if draft.event.name != RULES_CHANGED or told.get("since") != profile.ruleset:
        return None
    if told.get("rules", rules.id) != rules.id:
        return None
    keys: list[str] | None = told.get("asked")
    if keys is None:
        return None
    return [w for key in keys if (w := rules.watch_by_key.get(key)) is not None]


def _seed(draft: Draft, predicate: PredicateId, moments: list[int]) -> None:
    """Join moments from history with those counted since; what both know counts once."""
    known = Counter(draft.profile.counts.get(predicate, ()))
    together = sorted((known | Counter(moments)).elements())
    draft.profile.counts[predicate] = together[-draft.rules.tracked[predicate] :]
    draft.touch(predicate)
