"""What the scores of a contact come to now, what they are made of, and what time will do to them."""

from collections.abc import Sequence

import msgspec

from ripely.engine.parts import parts_of, whole
from ripely.model.ids import ScoreId
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.model.score import Score
from ripely.operations.wording.names import Names

CHANGES_SHOWN = 12


class Part(msgspec.Struct, frozen=True):
    """The points for one category, stage or tag."""

    name: str
    points: int
    level: str


class ScoreWhy(msgspec.Struct, frozen=True):
    """A score, its level, and what changed it, latest first.

    `fading` points lose half of their worth by `halved_s`, if nothing more happens; `ending` are
    points with the moment at which they end.
    """

    id: str
    name: str
    points: int
    level: str
    changes: Sequence[Note]
    parts: Sequence[Part] = ()
    fading: int = 0
    halved_s: int = 0
    ending: Sequence[tuple[int, int]] = ()


def scores_of(
    profile: Profile, names: Names, notes: Sequence[Note], now_s: int
) -> Sequence[ScoreWhy]:
    ids = {*names.scores, *map(whole, profile.scores)}
    scores = [_score(ScoreId(score), profile, names, notes, now_s) for score in ids]
    # The main one sums a contact up; others with levels say how ripe; the rest help them.
    main = {score.id for score in names.scores.values() if score.main}
    return sorted(scores, key=lambda s: (s.id not in main, not s.level, -s.points, s.name))


def _score(
    score: ScoreId, profile: Profile, names: Names, notes: Sequence[Note], now_s: int
) -> ScoreWhy:
    definition = names.scores.get(score)
    points, kept = profile.points(score, now_s), profile.decaying.get(score)
    changes = [n for n in notes if n.kind == "score.changed" and n.subject == score]
    fades = kept is not None and kept.half_life > 0
    return ScoreWhy(
        id=score,
        name=names.score(score),
        points=points,
        level=definition.level(points) if definition else "",
        changes=changes[:CHANGES_SHOWN],
        parts=_parts(score, profile, definition, now_s),
        fading=round(kept.left(now_s)) if kept is not None and fades else 0,
        halved_s=now_s + kept.half_life if kept is not None and fades else 0,
        ending=[(points, until_s) for until_s, points in profile.grants.get(score, ())],
    )


def _parts(
    score: ScoreId, profile: Profile, definition: Score | None, now_s: int
) -> Sequence[Part]:
    """Return the parts, the highest first."""
    found = [
        Part(
            name=key.partition("/")[2],
            points=(points := profile.points(key, now_s)),
            level=definition.level(points) if definition else "",
        )
        for key in parts_of(profile.scores, score)
    ]
    return sorted(found, key=lambda part: (-part.points, part.name))
