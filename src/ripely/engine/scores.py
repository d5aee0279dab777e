"""Scores: points for events, within limits, and what happens when a value is reached."""

from ripely.engine.limits import SCORE_MAX
from ripely.engine.ruleset import EventPoints
from ripely.engine.transition import Draft
from ripely.model.ids import ScoreId


def add_points(draft: Draft, score: ScoreId, points: int, reason: str) -> None:
    """Change a score, and say why."""
    if not points:
        return
    scores = draft.profile.scores
    before = scores.get(score, 0)
    after = scores[score] = max(-SCORE_MAX, min(before + points, SCORE_MAX))
    draft.note("score.changed", score, f"{points:+d} {reason}", after)
    draft.touch(f"score/{score}")
    if score in draft.rules.score_triggers:
        draft.scored.setdefault(score, before)


def trigger_values(draft: Draft) -> None:
    """Trigger what waits for the values that scores have passed upward, all changes taken together."""
    scored, draft.scored = draft.scored, {}
    for score, before in scored.items():
        after = draft.profile.scores[score]
        for reaches, journey in draft.rules.score_triggers[score]:
            if before < reaches <= after:
                draft.entries.append((journey, f"score {score} reached {reaches}"))


def award(draft: Draft, rule: EventPoints) -> None:
    """Give the points of an event rule, unless its limit is used up."""
    if rule.at_most and not _within_limit(draft, rule):
        return
    add_points(draft, rule.score, rule.points, rule.reason)


def _within_limit(draft: Draft, rule: EventPoints) -> bool:
    limits, at = draft.profile.score_limits, draft.event.occurred_s
    given = limits.get(rule.key, [])
    if rule.within_s:
        given = [moment for moment in given if moment > at - rule.within_s]
    allowed = len(given) < rule.at_most
    limits[rule.key] = [*given, at] if allowed else given
    return allowed
