"""The sense of scores, and of what is asked about them."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ripely.documents.conditions import parts
from ripely.documents.nearest import suggestion
from ripely.documents.source import join
from ripely.model.condition import ScoreIs, ScoreLevel, ScoreTrend, TopPart, TopScore
from ripely.model.definition import Definition
from ripely.model.problem import Problem
from ripely.model.score import Per, PointsFor, Score
from ripely.model.trigger import OnScore

HALF_LIFE_S_MIN = 3_600
_OF_SCORES = ("score.changed", "score.level_changed")


def check_score(score: Score) -> Iterator[Problem]:
    if not (score.events or score.facts or score.general):
        yield Problem("empty_score", "$", "This score has no rules, so it is always 0.")
    yield from _circles(score)
    yield from _levels(score)
    yield from _bounds(score)
    if score.half_life is not None and score.half_life < HALF_LIFE_S_MIN:
        sentence = "Points need an hour or longer to lose half of their worth."
        yield Problem("out_of_range", "$.half_life", sentence)


def _circles(score: Score) -> Iterator[Problem]:
    """Find points for changes of the score itself, each of which would bring the next."""
    own = [
        f"$.events[{number}].on"
        for number, rule in enumerate(score.events)
        if rule.on in _OF_SCORES and not _is_of_another(rule, score)
    ]
    own += [join("$.general", name) for name in _OF_SCORES if name in score.general]
    for path in own:
        sentence = "A score that gives points for its own changes goes round without end."
        yield Problem("contradiction", path, sentence)


def _is_of_another(rule: PointsFor, score: Score) -> bool:
    return any(
        test.property == "score" and test.op == "equals" and test.value != score.id
        for test in rule.where
    )


def check_part_of_score(path: str, part: msgspec.Struct) -> Iterator[Problem]:
    """Look at what gives points, and at what is asked of a score."""
    match part:
        case PointsFor():
            yield from _points(path, part)
        case Per(by, name):
            yield from _per(path, by, name)
        case OnScore():
            ways = (part.reaches is not None, part.falls_below is not None, part.highest)
            if sum(ways) != 1:
                sentence = 'Say one of "reaches", "falls_below" and "highest: true".'
                yield Problem("contradiction" if any(ways) else "missing_field", path, sentence)
        case ScoreLevel(levels=()):
            yield Problem("missing_field", join(path, "levels"), "Name one level or several.")
        case ScoreTrend(_, within, least, most):
            yield from _trend(path, within, least, most)
        case TopScore(score, among) if among and set(among) <= {score}:
            sentence = "There is no other score to compare with."
            yield Problem("contradiction", join(path, "among"), sentence)
        case TopScore(lead=lead) if lead < 1:
            sentence = "Whoever leads is ahead by 1 point or more."
            yield Problem("out_of_range", join(path, "lead"), sentence)
        case _:
            pass


def check_scores_asked(
    definition: Definition, scores: Mapping[str, Score]
) -> Iterator[Problem]:
    """Look whether the levels and the parts that a definition names are there."""
    for path, part in parts(definition):
        match part:
            case ScoreLevel(id=score, levels=names) if score in scores:
                known = [level.name for level in scores[score].levels]
                yield from _levels_named(join(path, "levels"), names, known)
            case _:
                pass
        if isinstance(part, ScoreIs | ScoreLevel | OnScore | TopPart) and part.of:
            score = part.id
            if score in scores and scores[score].per is None:
                sentence = f'The score "{score}" keeps no parts; give it "per".'
                yield Problem("unknown_reference", join(path, "of"), sentence)


def _levels(score: Score) -> Iterator[Problem]:
    for number, (lower, upper) in enumerate(zip(score.levels, score.levels[1:], strict=False)):
        if lower.at_least >= upper.at_least:
            sentence = f'"{upper.name}" must begin above "{lower.name}" ({lower.at_least}).'
            yield Problem("bad_levels", f"$.levels[{number + 1}].at_least", sentence)
    names = [level.name for level in score.levels]
    for number, level in enumerate(score.levels):
        if level.name in names[:number]:
            sentence = f'Two levels are called "{level.name}".'
            yield Problem("bad_levels", f"$.levels[{number}].name", sentence)
        if score.most is not None and level.at_least > score.most:
            sentence = f'"{level.name}" is never reached: the score ends at {score.most}.'
            yield Problem("bad_levels", f"$.levels[{number}].at_least", sentence)


def _bounds(score: Score) -> Iterator[Problem]:
    """A score begins at 0, so 0 must lie within its bounds."""
    if score.least is not None and score.least > 0:
        sentence = "Every score begins at 0, so its least is 0 or below."
        yield Problem("out_of_range", "$.least", sentence)
    if score.most is not None and score.most < 1:
        sentence = "Every score begins at 0, so its most is 1 or above."
        yield Problem("out_of_range", "$.most", sentence)


def _points(path: str, rule: PointsFor) -> Iterator[Problem]:
    if rule.within is not None and rule.at_most is None and not rule.once:
        sentence = '"within" limits how often points are given, so it needs "at_most".'
        yield Problem("contradiction", join(path, "within"), sentence)
    if rule.once and (rule.at_most is not None or rule.within is not None):
        sentence = '"once" means once ever: leave "at_most" and "within" out.'
        yield Problem("contradiction", join(path, "once"), sentence)
    if rule.expires == 0:
        yield Problem("contradiction", join(path, "expires"), "They would end at once.")


def _per(path: str, by: str, name: str) -> Iterator[Problem]:
    if by == "tag" and name:
        sentence = 'Every tag counts; say which with "only".'
        yield Problem("contradiction", join(path, "name"), sentence)
    elif by != "tag" and not name:
        yield Problem("missing_field", join(path, "name"), f"Say which {by}.")


def _trend(path: str, within: int, least: int | None, most: int | None) -> Iterator[Problem]:
    if within == 0:
        sentence = "Nothing happens within no time."
        yield Problem("contradiction", join(path, "within"), sentence)
    if least is None and most is None:
        sentence = 'Say "at_least", "at_most" or both.'
        yield Problem("missing_field", join(path, "at_least"), sentence)
    elif least is not None and most is not None and least > most:
        sentence = f"Nothing is at least {least} and at most {most} at once."
        yield Problem("contradiction", join(path, "at_most"), sentence)


def _levels_named(path: str, names: Sequence[str], known: Sequence[str]) -> Iterator[Problem]:
    for number, name in enumerate(names):
        if name not in known:
            sentence = f'This score has no level "{name}"{suggestion(name, known)}'
            yield Problem("unknown_reference", join(path, number), sentence)
