"""Scores: points for events, within limits, and what happens when a value is reached."""

from bisect import bisect_right, insort
from collections.abc import Iterable

from ripely.engine.decay import LOOK_S_MIN, LOOKS, brought_to, give, passes_next
from ripely.engine.draft import Draft
from ripely.engine.limits import SCORE_MAX
from ripely.engine.parts import border, changes, keys_of, parts_of, whole
from ripely.engine.ruleset import EventPoints, Shape, Trend
from ripely.engine.series import trim
from ripely.model.event import Event
from ripely.model.ids import ScoreId
from ripely.model.note import Note
from ripely.model.profile import NOWHERE, Decaying, Series
from ripely.model.score import PARTS_MAX

GRANTS_MAX = 200
"""How many moments a score keeps at which points end; beyond it the two that come first are one."""
WITH_TIME = "with time"
_JOINING = frozenset({"contact.absorbed", "contact.unmerged"})


def add_points(
    draft: Draft,
    score: ScoreId,
    points: float,
    reason: str,
    *,
    lasting: bool = False,
    since_s: int = 0,
) -> None:
    """Change a score, or a part of one, and say why.

    Of a score that fades, `lasting` points do not, and others do so since `since_s` (0: now).
    """
    if not points:
        return
    scores, shapes = draft.profile.scores, draft.rules.scoring.shapes
    if score not in scores and "/" in score:
        _make_room(draft, whole(score))
    shape = shapes.get(whole(score)) if shapes else None
    if shape is None:
        _add(draft, score, round(points), reason)
    elif lasting:
        _add_lasting(draft, score, shape, round(points), reason)
    else:
        _add_fading(draft, score, shape, points, since_s or draft.now_s, reason)


def _add(draft: Draft, score: ScoreId, points: int, reason: str) -> None:
    """Change a score of which nothing but a number is kept."""
    before = draft.profile.scores.get(score, 0)
    change(draft, score, before, _bounded(before + points), reason)


def award(draft: Draft, rules: Iterable[EventPoints], event: Event) -> None:
    """Give the points of event rules."""
    scores = draft.profile.scores
    for rule in rules:
        if rule.simple:
            before = scores.get(rule.score, 0)
            after = before + rule.points
            if -SCORE_MAX <= after <= SCORE_MAX:
                _write(draft, rule.score, before, after, rule.said)
            else:
                change(draft, rule.score, before, _bounded(after), rule.reason)
        elif rule.fade:
            shape = draft.rules.scoring.shapes[rule.score]
            _add_fading(draft, rule.score, shape, rule.points, event.occurred_s, rule.reason)
        else:
            _award(draft, rule, event)


def _award(draft: Draft, rule: EventPoints, event: Event) -> None:
    """Give the points of one rule, unless something speaks against it."""
    points = rule.points if rule.times is None else _multiplied(rule, event)
    if not points:
        return
    occurred_s = event.occurred_ms // 1000
    if rule.when is not None and not rule.when.test(draft.profile, draft.now_s, NOWHERE):
        return
    if rule.at_most and not _within_limit(draft, rule, occurred_s):
        return
    parts = rule.parts(event.properties, draft.profile) if rule.parts is not None else ()
    shape = draft.rules.scoring.shapes.get(rule.score)
    for key in (rule.score, *parts):
        if rule.expires_s:
            grant(draft, key, occurred_s + rule.expires_s, points, rule.reason)
        elif key not in draft.profile.scores:
            add_points(draft, key, points, rule.reason, since_s=occurred_s)
        elif shape is not None:
            _add_fading(draft, key, shape, points, occurred_s, rule.reason)
        else:
            _add(draft, key, points, rule.reason)


def grant(draft: Draft, key: ScoreId, until_s: int, points: int, reason: str) -> None:
    """Give points that end at a moment."""
    if until_s <= draft.now_s:
        draft.note(
            "event.ignored", draft.event.name, f"its points for {key} have ended already"
        )
        return
    add_points(draft, key, points, reason, lasting=True)
    granted = draft.profile.grants.setdefault(key, [])
    insort(granted, (until_s, points))
    if len(granted) > GRANTS_MAX:
        (_, first), (until_s, second), *_ = granted
        granted[:2] = [(until_s, first + second)]
    plan_end(draft, whole(key))


def trigger_values(draft: Draft) -> None:
    """Trigger what waits for the values that scores have passed, all changes taken together."""
    scored, draft.scored = draft.scored, {}
    scoring = draft.rules.scoring
    for key, before in scored.items():
        after = draft.profile.scores.get(key, 0)
        for trigger in scoring.triggers.get(key, ()):
            value = trigger.value
            if trigger.below and after < value <= before:
                draft.entries.append((trigger.journey, f"score {key} fell below {value}"))
            elif not trigger.below and before < value <= after:
                draft.entries.append((trigger.journey, f"score {key} reached {value}"))
        if scoring.told and after != before:
            _tell(draft, key, before, after)


def change(draft: Draft, key: ScoreId, before: int, after: int, reason: str) -> None:
    """Write down what a score comes to now, and let those know who ask about it."""
    _write(draft, key, before, after, f"{after - before:+d} {reason}")


def _write(draft: Draft, key: ScoreId, before: int, after: int, said: str) -> None:
    draft.profile.scores[key] = after
    draft.notes.append(Note("score.changed", key, said, after, draft.now_ms))
    if after == before:
        return
    scoring = draft.rules.scoring
    if scoring.told:
        draft.scored.setdefault(key, before)
    following = scoring.followed.get(key)
    if following is None:
        following = scoring.followed_parts.get(whole(key)) if "/" in key else None
        if following is None:
            return
    borders = following.borders
    if borders and bisect_right(borders, before) != bisect_right(borders, after):
        _pass(draft, key, borders, before, after)
    rises = after > before
    if following.trend is not None:
        rises = _remember(draft, following.trend, after - before) and rises
    if following.key is None:
        return
    if not rises:
        draft.touch(following.key)
        return
    draft.changed.add(following.key)
    if following.risers is not None:
        draft.ask(following.risers)


def _pass(
    draft: Draft, key: ScoreId, borders: tuple[int, ...], before: int, after: int
) -> None:
    """Let those know who ask for the values that lie between; before the first of them nothing was passed, either."""
    draft.scored.setdefault(key, before)
    was, now = bisect_right(borders, before), bisect_right(borders, after)
    for value in borders[min(was, now) : max(was, now)]:
        draft.touch(border(key, value))


def see_fading(draft: Draft, key: ScoreId, kept: Decaying) -> None:
    """Note what has been lost since the score was last looked at."""
    before, now = draft.profile.scores.get(key, 0), kept.value(draft.now_s)
    if now != before:
        change(draft, key, before, now, WITH_TIME)


def plan_look(draft: Draft, score: ScoreId, shape: Shape) -> None:
    """Set when a fading score is looked at again: when it passes a border, and now and then besides."""
    profile, now_s, name = draft.profile, draft.now_s, f"decay/{score}"
    if not shape.half_life_s:
        profile.lapses.pop(name, None)
        return
    dues = []
    if any(round(profile.decaying[k].left(now_s)) for k in keys_of(profile.decaying, score)):
        dues.append(now_s + max(LOOK_S_MIN, shape.half_life_s // LOOKS))
    for key, borders in shape.borders.items():
        kept = profile.decaying.get(key)
        if kept is not None and (due_s := passes_next(kept, borders, now_s)):
            dues.append(due_s)
    if dues:
        profile.lapses[name] = min(dues)
    else:
        profile.lapses.pop(name, None)


def plan_end(draft: Draft, score: ScoreId) -> None:
    """Set when the first of the points that end does so."""
    profile = draft.profile
    dues = [profile.grants[key][0][0] for key in keys_of(profile.grants, score)]
    if dues:
        profile.lapses[f"grant/{score}"] = min(dues)
    else:
        profile.lapses.pop(f"grant/{score}", None)


def _add_fading(
    draft: Draft, key: ScoreId, shape: Shape, points: float, since_s: int, reason: str
) -> None:
    kept, before = _kept(draft, key, shape)
    falls = kept.points >= 0
    beyond = give(kept, points, since_s, draft.now_s)
    after = kept.value(draft.now_s)
    if beyond or after == kept.least or after == kept.most:  # noqa: PLR1714 - most scores have neither.
        reason = _limited(kept, points, after - before, reason)
    change(draft, key, before, after, reason)
    _look_ahead(draft, key, shape, before, rises=falls and points > 0)


def _add_lasting(draft: Draft, key: ScoreId, shape: Shape, points: int, reason: str) -> None:
    kept, before = _kept(draft, key, shape)
    falls = kept.points >= 0
    kept.lasting += points
    after = kept.value(draft.now_s)
    if after - before != points:
        reason = _limited(kept, points, after - before, reason)
    change(draft, key, before, after, reason)
    _look_ahead(draft, key, shape, before, rises=falls and points > 0)


def _kept(draft: Draft, key: ScoreId, shape: Shape) -> tuple[Decaying, int]:
    """Return what is kept of a score, and what that comes to by now, which is written down."""
    kept = draft.profile.decaying.get(key)
    if kept is None:
        kept = brought_to(draft.profile, key, shape, draft.now_s)
    known, now = draft.profile.scores.get(key, 0), kept.value(draft.now_s)
    if known != now:
        change(draft, key, known, now, WITH_TIME)
    return kept, now


def _look_ahead(draft: Draft, key: ScoreId, shape: Shape, before: int, *, rises: bool) -> None:
    """Plan when fading is looked at, unless nothing passes a border sooner: what falls by itself and has come up."""
    if not rises:
        draft.touch(changes(key))
    elif f"decay/{whole(key)}" in draft.profile.lapses:
        borders, after = shape.borders.get(key), draft.profile.scores[key]
        if not borders or bisect_right(borders, before) == bisect_right(borders, after):
            return
    plan_look(draft, whole(key), shape)


def _limited(kept: Decaying, points: float, given: int, reason: str) -> str:
    if given == round(points):
        return reason
    limit = f"most {kept.most}" if points > 0 else f"least {kept.least}"
    return f"{reason}, of {points:+g}: it is at {limit}"


def _bounded(points: int) -> int:
    return max(-SCORE_MAX, min(points, SCORE_MAX))


def _multiplied(rule: EventPoints, event: Event) -> int:
    assert rule.times is not None
    number = rule.times(event.properties)
    if number is None:
        return 0
    return _bounded(round(rule.points * number))


def _within_limit(draft: Draft, rule: EventPoints, at: int) -> bool:
    limits = draft.profile.score_limits
    given = limits.get(rule.key, [])
    if rule.within_s:
        given = [moment for moment in given if moment > at - rule.within_s]
    allowed = len(given) < rule.at_most
    limits[rule.key] = [*given, at] if allowed else given
    return allowed


def _make_room(draft: Draft, score: ScoreId) -> None:
    """Forget the least part when there are as many as are kept: a new one may yet grow."""
    profile = draft.profile
    parts = parts_of(profile.scores, score)
    if len(parts) >= PARTS_MAX:
        least = min(parts, key=profile.scores.__getitem__)
        change(draft, least, profile.scores[least], 0, f"only {PARTS_MAX} parts are kept")
        forget(draft, least)


def forget(draft: Draft, key: ScoreId) -> None:
    profile = draft.profile
    for kept in (profile.scores, profile.decaying, profile.grants):
        kept.pop(key, None)


def _remember(draft: Draft, trend: Trend, points: int) -> bool:
    """Keep a change for questions about the trend; return whether that is all that has changed about it.

    Points that come from another contact, or go back to it, bring their own past.
    """
    if draft.event.name in _JOINING:
        return False
    keep, now_s = trend.keep, draft.now_s
    series = draft.profile.series.get(trend.series)
    if series is None:
        series = draft.profile.series[trend.series] = Series([], [])
    moments = series.moments
    moments.append(now_s)
    series.values.append(points)
    full = len(moments) > keep.most
    if full or moments[0] <= now_s - keep.span_s:
        # After a merge there are more than are asked for, so that taking some away leaves enough.
        trim(series, keep, now_s, max(keep.most, len(moments) - 1))
    return not full


def _tell(draft: Draft, key: ScoreId, before: int, after: int) -> None:
    """Tell a change as an event, and that it has passed the border of a level."""
    points = after - before
    draft.tell("score.changed", {"score": key, "points": points, "from": before, "to": after})
    definition = draft.rules.scores.get(whole(key))
    if definition is not None:
        was, now = definition.level(before), definition.level(after)
        if was != now:
            draft.tell("score.level_changed", {"score": key, "from": was, "to": now})
