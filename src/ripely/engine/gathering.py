"""The points that one contact hands to another when they turn out to be one, and gets back."""

import msgspec

from ripely.engine.draft import Draft
from ripely.engine.parts import whole
from ripely.engine.scores import add_points, grant, plan_end
from ripely.model.ids import ScoreId
from ripely.model.profile import Profile

TAKEN = "known of the absorbed contact"
GIVEN_BACK = "given back to the other contact"


class Gathered(msgspec.Struct, frozen=True):
    """Points of events: those that stay, those that fade with how many there were at a moment, those that end."""

    lasting: dict[ScoreId, int] = {}
    fading: dict[ScoreId, tuple[float, int]] = {}
    ending: dict[ScoreId, list[tuple[int, int]]] = {}


def gathered_by(profile: Profile) -> Gathered:
    """Return all points but those of facts: the other contact answers those conditions itself."""
    lasting, fading = {}, {}
    for key, points in profile.scores.items():
        kept = profile.decaying.get(key)
        if kept is None:
            lasting[key] = points - sum(points for _, points in profile.grants.get(key, ()))
        else:
            fading[key] = (kept.points, kept.at_s)
    for fact, counted in profile.facts.items():
        score = ScoreId(fact.split("/")[1])
        if score in lasting:
            lasting[score] -= counted
    return Gathered(lasting, fading, profile.grants)


def take_points(draft: Draft, gathered: Gathered) -> Gathered:
    """Add what another contact has gathered; return what of it was taken."""
    now_s = draft.now_s
    offered = {key: (float(points), now_s) for key, points in gathered.lasting.items()}
    taken: dict[ScoreId, tuple[float, int]] = {}
    for key, (points, since_s) in {**offered, **gathered.fading}.items():
        if whole(key) in draft.rules.scores:
            before = _points(draft.profile, key, now_s)
            add_points(draft, key, points, TAKEN, since_s=since_s)
            taken[key] = (_points(draft.profile, key, now_s) - before, now_s)
    ending = {
        key: [(until_s, points) for until_s, points in granted if until_s > now_s]
        for key, granted in gathered.ending.items()
        if whole(key) in draft.rules.scores
    }
    for key, granted in ending.items():
        for until_s, points in granted:
            grant(draft, key, until_s, points, TAKEN)
    return Gathered(fading=taken, ending=ending)


def return_points(draft: Draft, taken: Gathered) -> None:
    """Take away again what is left of what was taken."""
    for key, (points, since_s) in taken.fading.items():
        add_points(draft, key, -points, GIVEN_BACK, since_s=since_s)
    for key, granted in taken.ending.items():
        known = draft.profile.grants.get(key, [])
        for until_s, points in granted:
            if (until_s, points) in known:
                known.remove((until_s, points))
                add_points(draft, key, -points, GIVEN_BACK, lasting=True)
        if not known:
            draft.profile.grants.pop(key, None)
        plan_end(draft, whole(key))


def _points(profile: Profile, key: ScoreId, now_s: int) -> float:
    """Return what fades of a score, as it is at this moment; the score itself where nothing does."""
    kept = profile.decaying.get(key)
    return profile.scores.get(key, 0) if kept is None else kept.left(now_s)
