"""What time, and new rules, do to scores: points fade and end, and what no rule gives any more goes."""

from ripely.engine.decay import brought_to
from ripely.engine.draft import Draft
from ripely.engine.parts import keys_of, whole
from ripely.engine.scores import add_points, change, forget, plan_end, plan_look, see_fading
from ripely.model.ids import ScoreId
from ripely.model.profile import Decaying

AGEING = ("decay/", "grant/")
"""How the lapses of scores begin."""


def age(draft: Draft, lapse: str) -> None:
    """Do what has come due for a score: look at what has faded, or take back what ends."""
    kind, _, score = lapse.partition("/")
    if kind == "grant":
        _end_points(draft, ScoreId(score))
    elif kind == "decay":
        _look(draft, ScoreId(score))


def age_all(draft: Draft) -> None:
    """Bring every score to this moment, and plan what comes next."""
    profile = draft.profile
    for score in {whole(key): None for key in profile.grants}:
        _end_points(draft, score)
    for score in draft.rules.scoring.shapes:
        _look(draft, score)


def renew_scores(draft: Draft) -> None:
    """Come to the scores that hold now: each keeps its points, and those that are gone are forgotten."""
    profile, rules = draft.profile, draft.rules
    for lapse in [name for name in profile.lapses if name.startswith(AGEING)]:
        del profile.lapses[lapse]
    for key in list(profile.scores):
        definition = rules.scores.get(whole(key))
        if definition is None or (definition.per is None and key != whole(key)):
            change(draft, key, profile.scores[key], 0, "its rules are gone")
            forget(draft, key)
        elif key in profile.decaying and whole(key) not in rules.scoring.shapes:
            see_fading(draft, key, profile.decaying.pop(key))
    for rule in [r for r in profile.score_limits if whole(ScoreId(r)) not in rules.scores]:
        del profile.score_limits[rule]
    for score, shape in rules.scoring.shapes.items():
        for key in keys_of(profile.scores, score):
            if key not in profile.decaying:
                lasting = _lasting(draft, key)
                points = profile.scores[key] - lasting
                profile.decaying[key] = Decaying(points, draft.now_s, lasting=lasting)
            see_fading(draft, key, brought_to(profile, key, shape, draft.now_s))
    age_all(draft)


def _look(draft: Draft, score: ScoreId) -> None:
    profile, shape = draft.profile, draft.rules.scoring.shapes.get(score)
    if shape is None:
        return
    for key in keys_of(profile.decaying, score):
        see_fading(draft, key, profile.decaying[key])
    plan_look(draft, score, shape)


def _end_points(draft: Draft, score: ScoreId) -> None:
    grants = draft.profile.grants
    for key in keys_of(grants, score):
        due = [points for until_s, points in grants[key] if until_s <= draft.now_s]
        del grants[key][: len(due)]
        if not grants[key]:
            del grants[key]
        add_points(draft, key, -sum(due), "has ended", lasting=True)
    plan_end(draft, score)


def _lasting(draft: Draft, key: ScoreId) -> int:
    """Return the points that do not fade: of facts, for a whole score, and those that end by themselves."""
    profile = draft.profile
    granted = sum(points for _, points in profile.grants.get(key, ()))
    return granted + sum(
        points for fact, points in profile.facts.items() if fact.startswith(f"fact/{key}/")
    )
