"""Questions about scores."""

from ripely.engine.ruleset import Condition, Test
from ripely.model.condition import OfScores, ScoreIs
from ripely.model.profile import Enrollment, Profile


def compile_score(asked: OfScores) -> Condition:
    match asked:
        case ScoreIs(score):
            return Condition(_between(asked), None, frozenset({f"score/{score}"}))
        case _:
            raise NotImplementedError(asked)


def _between(asked: ScoreIs) -> Test:
    score, least, most = asked.id, asked.at_least, asked.at_most

    def lies_between(profile: Profile, _now: int, _place: Enrollment) -> bool:
        points = profile.scores.get(score, 0)
        return (least is None or points >= least) and (most is None or points <= most)

    return lies_between
