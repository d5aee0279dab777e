"""What one contact hands to another when they turn out to be one: taken in, and given back."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TypeVar

import msgspec

from ripely.engine.draft import Draft
from ripely.engine.gathering import Gathered, gathered_by, return_points, take_points
from ripely.engine.keeping import has_room
from ripely.engine.limits import ATTRIBUTES_MAX, PURPOSES_MAX, TAGS_MAX
from ripely.engine.reactions import join_reactions
from ripely.engine.repeats import join_ids
from ripely.engine.series import return_series, take_series
from ripely.engine.standing import (
    Moved,
    Standing,
    return_standing,
    standing_of,
    take_level,
    take_standing,
)
from ripely.engine.visits import SEEN, join_visits, most_interesting
from ripely.model.ids import JourneyId, PredicateId, SeriesId
from ripely.model.profile import (
    Consent,
    Enrollment,
    Fact,
    Profile,
    Pursuit,
    Sent,
    Series,
    Visit,
)

UNDO_MAX = 16
"""How many merges of a contact can still be undone."""
GIVEN_MAX = 2_000
"""How often a limited rule gave points is known; no rule counts beyond half of it."""
SENT_MAX = 2_000
"""How many messages are known after merges; no guard counts beyond a hundred."""
_SAME = (
    "attributes",
    "tags",
    "consents",
    "suppressed",
    "counts",
    "interests",
    "score_limits",
    "series",
    "sent",
)
_K = TypeVar("_K")
_V = TypeVar("_V")


class Facts(msgspec.Struct, frozen=True):
    """All that is known of a contact that ends."""

    attributes: dict[str, Fact] = {}
    tags: list[str] = []
    consents: dict[str, Consent] = {}
    suppressed: dict[str, str] = {}
    counts: dict[PredicateId, list[int]] = {}
    interests: dict[str, int] = {}
    score_limits: dict[str, list[int]] = {}
    series: dict[SeriesId, Series] = {}
    points: Gathered = msgspec.field(default_factory=Gathered)
    visit: Visit = msgspec.field(default_factory=Visit)
    created_s: int = 0
    seen: dict[int, bytes] = {}
    entered: dict[JourneyId, int] = {}
    enrollments: list[Enrollment] = []
    goals: dict[JourneyId, int] = {}
    keys: dict[JourneyId, list[int]] = {}
    pursuits: list[Pursuit] = []
    sent: list[Sent] = []
    reactions: dict[int, int] = {}
    standing: Standing = msgspec.field(default_factory=Standing)


class Taken(msgspec.Struct, frozen=True):
    """What was taken in of it, so that just that can be given back.

    `replaced`: what it stood in for; `firsts`: the first values of series that were known before.
    """

    attributes: dict[str, Fact] = {}
    tags: list[str] = []
    consents: dict[str, Consent] = {}
    replaced: dict[str, Consent] = {}
    suppressed: dict[str, str] = {}
    counts: dict[PredicateId, list[int]] = {}
    interests: dict[str, int] = {}
    score_limits: dict[str, list[int]] = {}
    series: dict[SeriesId, Series] = {}
    firsts: dict[SeriesId, tuple[int, Fact]] = {}
    points: Gathered = msgspec.field(default_factory=Gathered)
    visits: int = 0
    sent: list[Sent] = []
    moved: Moved = msgspec.field(default_factory=Moved)


def facts_of(profile: Profile) -> Facts:
    return Facts(
        **{name: getattr(profile, name) for name in _SAME},
        points=gathered_by(profile),
        visit=profile.visit,
        standing=standing_of(profile),
        created_s=profile.created_s,
        seen=profile.seen,
        entered=profile.entered,
        enrollments=profile.enrollments,
        goals=profile.goals,
        keys=profile.keys,
        pursuits=profile.pursuits,
        reactions=profile.reactions,
    )


def take_in(draft: Draft, facts: Facts) -> Taken:
    """Add what another contact knew. What is known here stays, but for what people said later there."""
    profile = draft.profile
    earlier = 0 < facts.created_s < profile.created_s
    later = facts.visit.last_s > profile.visit.last_s
    series = {s: kept for s, kept in facts.series.items() if s in draft.rules.series}
    consents = {
        purpose: said
        for purpose, said in _new(facts.consents, {}, PURPOSES_MAX).items()
        if purpose not in profile.consents or said.at_s > profile.consents[purpose].at_s
    }
    taken = Taken(
        attributes=_new_attributes(facts.attributes, profile.attributes),
        tags=list(_new(dict.fromkeys(facts.tags), dict.fromkeys(profile.tags), TAGS_MAX)),
        consents=consents,
        replaced={p: said for p, said in profile.consents.items() if p in consents},
        suppressed=_new(facts.suppressed, profile.suppressed, PURPOSES_MAX),
        counts={p: m for p, m in facts.counts.items() if p in draft.rules.tracked},
        interests=facts.interests,
        score_limits=facts.score_limits,
        series=series,
        firsts=take_series(draft, series, 1 + UNDO_MAX),
        points=take_points(draft, facts.points),
        visits=join_visits(profile.visit, facts.visit),
        sent=facts.sent,
        moved=take_standing(draft, facts.standing, earlier=earlier, later=later),
    )
    _add(draft, taken)
    take_level(draft, facts.standing, taken.moved)
    for purpose, said in consents.items():
        how = "consent.granted" if said.granted else "consent.withdrawn"
        draft.note(how, purpose, "contact.absorbed")
    profile.created_s = min(profile.created_s, facts.created_s or profile.created_s)
    join_ids(profile.seen, facts.seen)
    join_reactions(profile.reactions, facts.reactions)
    _touch_all(draft, taken)
    return taken


def give_back(draft: Draft, taken: Taken) -> None:
    """Take away again what was taken in."""
    profile = draft.profile
    _remove(profile.attributes, taken.attributes)
    _remove(profile.consents, taken.consents, taken.replaced)
    _remove(profile.suppressed, taken.suppressed)
    profile.tags = [tag for tag in profile.tags if tag not in taken.tags]
    _take_away(profile.counts, taken.counts)
    _take_away(profile.score_limits, taken.score_limits)
    return_series(draft, taken.series, taken.firsts)
    return_points(draft, taken.points)
    less = {s: n - taken.interests.get(s, 0) for s, n in profile.interests.items()}
    profile.interests = {section: n for section, n in less.items() if n > 0}
    profile.visit.number -= taken.visits
    profile.sent = _in_order((Counter(profile.sent) - Counter(taken.sent)).elements())
    return_standing(draft, taken.moved)
    _touch_all(draft, taken)


def _new(theirs: Mapping[str, _V], ours: Mapping[str, object], most: int) -> dict[str, _V]:
    """Return what is not known here, as far as there is room."""
    found = ((name, value) for name, value in theirs.items() if name not in ours)
    return dict(islice(found, max(0, most - len(ours))))


def _new_attributes(theirs: Mapping[str, Fact], ours: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return what is not known here, and not too long to be known as well."""
    found, known = _new(theirs, ours, ATTRIBUTES_MAX), dict(ours)
    for name, value in list(found.items()):
        if has_room(known, name, value):
            known[name] = value
        else:
            del found[name]
    return found


def _add(draft: Draft, taken: Taken) -> None:
    profile, tracked = draft.profile, draft.rules.tracked
    profile.attributes.update(taken.attributes)
    profile.tags += taken.tags
    profile.consents.update(taken.consents)
    profile.suppressed.update(taken.suppressed)
    for predicate, moments in taken.counts.items():
        # More than the rules ask for, so that taking some away again leaves enough.
        most = tracked[predicate] * (1 + UNDO_MAX)
        joined = sorted(profile.counts.get(predicate, []) + moments)
        profile.counts[predicate] = joined[-most:]
    for rule, moments in taken.score_limits.items():
        given = sorted(profile.score_limits.get(rule, []) + moments)
        profile.score_limits[rule] = given[-GIVEN_MAX:]
    profile.interests = most_interesting(profile.interests, taken.interests)
    profile.sent = _in_order([*profile.sent, *taken.sent])[-SENT_MAX:]


def _in_order(sent: Iterable[Sent]) -> list[Sent]:
    return sorted(sent, key=lambda one: one.at_s)


def _remove(
    known: dict[str, _V], taken: Mapping[str, _V], replaced: Mapping[str, _V] | None = None
) -> None:
    """Remove what is still as it was taken in, and put back what it had replaced."""
    for name, value in taken.items():
        if known.get(name) == value:
            del known[name]
            known.update({name: replaced[name]} if replaced and name in replaced else {})


def _take_away(known: dict[_K, list[int]], taken: Mapping[_K, list[int]]) -> None:
    """Take moments out, each once; nothing stays of what has none left."""
    for name, moments in taken.items():
        left = sorted((Counter(known.pop(name, ())) - Counter(moments)).elements())
        if left:
            known[name] = left


def _touch_all(draft: Draft, taken: Taken) -> None:
    draft.touch(SEEN)
    for key in (*taken.counts, *taken.series):
        draft.touch(key)
    for kind, names in (
        ("attribute", taken.attributes),
        ("tag", taken.tags),
        ("consent", taken.consents),
        ("suppressed", taken.suppressed),
    ):
        for name in names:
            draft.touch(f"{kind}/{name}")
