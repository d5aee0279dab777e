"""Two contacts that turn out to be one, and the way back.

The loser of a merge freezes and hands its facts to the winner as an event; what comes to it later
is passed on. The winner remembers what it took, so that unmerging gives exactly that back.
"""

from typing import Any

import msgspec

from ripely.engine.transition import Draft
from ripely.model.effect import EmitEvent
from ripely.model.event import Event
from ripely.model.ids import ContactId, EffectId, PredicateId, ScoreId, derive_text
from ripely.model.profile import Consent, Profile

ABSORBED_MAX = 16
_SHARED = ("attributes", "tags", "consents", "counts", "interests", "suppressed")


class Facts(msgspec.Struct, frozen=True):
    """What one contact hands to another."""

    attributes: dict[str, Any] = {}
    tags: list[str] = []
    consents: dict[str, Consent] = {}
    suppressed: dict[str, str] = {}
    counts: dict[PredicateId, list[int]] = {}
    scores: dict[ScoreId, int] = {}
    interests: dict[str, int] = {}
    visits: int = 0
    created_s: int = 0


def freeze(draft: Draft, event: Event) -> None:
    """Take leave: everything known goes to the winner, and nothing happens here any more."""
    winner = ContactId(int(event.properties["into"]))
    profile = draft.profile
    if profile.merged_into is not None or winner == profile.contact:
        return
    profile.merged_into = winner
    draft.note("contact.merged", f"{winner:016x}", str(event.properties.get("by", "")))
    facts = msgspec.to_builtins(_facts_of(profile), str_keys=True)
    emit(draft, winner, "contact.absorbed", {"from": profile.contact, "facts": facts})
    profile.enrollments, profile.lapses, profile.dates = [], {}, {}


def forward(draft: Draft, event: Event) -> None:
    """Pass an event that came to a merged contact on to the one it is part of."""
    winner = draft.profile.merged_into
    assert winner is not None
    draft.note("event.forwarded", f"{winner:016x}", event.name)
    emit(draft, winner, event.name, event.properties, event)


def absorb(draft: Draft, event: Event) -> None:
    """Take another contact's facts in. What is known here wins over what comes."""
    loser = ContactId(int(event.properties["from"]))
    profile = draft.profile
    if loser in profile.absorbed or len(profile.absorbed) >= ABSORBED_MAX:
        return
    facts = msgspec.convert(event.properties["facts"], Facts, strict=False)
    taken = Facts(
        attributes={k: v for k, v in facts.attributes.items() if k not in profile.attributes},
        tags=[tag for tag in facts.tags if tag not in profile.tags],
        consents={k: v for k, v in facts.consents.items() if k not in profile.consents},
        suppressed={k: v for k, v in facts.suppressed.items() if k not in profile.suppressed},
        counts=facts.counts,
        scores=facts.scores,
        interests=facts.interests,
        visits=facts.visits,
    )
    profile.absorbed[loser] = msgspec.to_builtins(taken)
    profile.created_s = min(profile.created_s, facts.created_s or profile.created_s)
    _add(profile, taken)
    draft.note("contact.absorbed", f"{loser:016x}")
    _touch_all(draft, taken)


def release(draft: Draft, event: Event) -> None:
    """Give an absorbed contact its facts back, and let it live again."""
    loser = ContactId(int(event.properties["from"]))
    kept = draft.profile.absorbed.pop(loser, None)
    if kept is None:
        return
    taken = msgspec.convert(kept, Facts, strict=False)
    _subtract(draft.profile, taken)
    draft.note("contact.unmerged", f"{loser:016x}")
    _touch_all(draft, taken)
    emit(draft, loser, "contact.revived", {"from": draft.profile.contact})


def revive(draft: Draft, event: Event) -> None:
    """End the frozen state: the profile goes on where it stopped."""
    if draft.profile.merged_into is not None:
        draft.profile.merged_into = None
        draft.note("contact.revived", f"{int(event.properties['from']):016x}")
        draft.recheck(draft.rules.watches)


def emit(
    draft: Draft,
    target: ContactId,
    name: str,
    properties: dict[str, Any],
    event: Event | None = None,
) -> None:
    """Address an event to another contact: a copy of `event`, or a new one that happened now."""
    origin = draft.event
    draft.effects.append(
        EmitEvent(
            id=EffectId(derive_text("emit", str(origin.contact), str(origin.id), name)),
            contact=origin.contact,
            decided_ms=draft.now_ms,
            target=target,
            name=name,
            properties=properties,
            occurred_ms=event.occurred_ms if event else 0,
            source=event.source if event else "fold",
        )
    )


def _facts_of(profile: Profile) -> Facts:
    return Facts(
        **{name: getattr(profile, name) for name in _SHARED},
        scores=_event_points(profile),
        visits=profile.visit.number,
        created_s=profile.created_s,
    )


def _event_points(profile: Profile) -> dict[ScoreId, int]:
    """Return the scores without what facts add to them: the winner answers those conditions itself."""
    points = dict(profile.scores)
    for key, counted in profile.facts.items():
        score = ScoreId(key.split("/")[1])
        if score in points:
            points[score] -= counted
    return points


def _add(profile: Profile, taken: Facts) -> None:
    profile.attributes.update(taken.attributes)
    profile.tags += taken.tags
    profile.consents.update(taken.consents)
    profile.suppressed.update(taken.suppressed)
    for predicate, moments in taken.counts.items():
        profile.counts[predicate] = sorted(profile.counts.get(predicate, []) + moments)
    for score, points in taken.scores.items():
        profile.scores[score] = profile.scores.get(score, 0) + points
    for section, n in taken.interests.items():
        profile.interests[section] = profile.interests.get(section, 0) + n
    profile.visit.number += taken.visits


def _subtract(profile: Profile, taken: Facts) -> None:
    for name, value in taken.attributes.items():
        if profile.attributes.get(name) == value:
            del profile.attributes[name]
    profile.tags = [tag for tag in profile.tags if tag not in taken.tags]
    for kept, given in (
        (profile.consents, taken.consents),
        (profile.suppressed, taken.suppressed),
    ):
        for name, value in given.items():
            if kept.get(name) == value:
                del kept[name]
    for predicate, moments in taken.counts.items():
        profile.counts[predicate] = _without(profile.counts.get(predicate, []), moments)
    for score, points in taken.scores.items():
        profile.scores[score] = profile.scores.get(score, 0) - points
    for section, n in taken.interests.items():
        profile.interests[section] = max(0, profile.interests.get(section, 0) - n)
    profile.visit.number -= taken.visits


def _without(moments: list[int], taken: list[int]) -> list[int]:
    left = list(moments)
    for moment in taken:
        if moment in left:
            left.remove(moment)
    return left


def _touch_all(draft: Draft, taken: Facts) -> None:
    for predicate in taken.counts:
        draft.touch(predicate)
    for kind, names in (
        ("attribute", taken.attributes),
        ("tag", taken.tags),
        ("consent", taken.consents),
        ("score", taken.scores),
    ):
        for name in names:
            draft.touch(f"{kind}/{name}")
