"""What lists and search show of a contact."""

from ripely.engine.ruleset import Ruleset
from ripely.model.profile import Profile
from ripely.ports import Card

SEEN_ROUNDED_S = 60  # A card is not written again for every page view.
_NAME = ("name", "full_name")
_NAME_PARTS = (("first_name", "last_name"), ("firstName", "lastName"))


def card_of(rules: Ruleset, profile: Profile) -> Card | None:
    """Return the card of an identified contact; an anonymous or merged one has none."""
    if not profile.identified or profile.merged_into is not None:
        return None
    score, level = _main_score(rules, profile)
    return Card(
        contact=profile.contact,
        name=name_of(profile),
        email=_text(profile, "email"),
        phone=_text(profile, "phone"),
        company=_text(profile, "company") or _text(profile, "company_name"),
        owner=_text(profile, "owner"),
        score=score,
        level=level,
        segments=sorted(profile.segments),
        created_s=profile.created_s,
        seen_s=profile.visit.last_s // SEEN_ROUNDED_S * SEEN_ROUNDED_S or profile.created_s,
    )


def name_of(profile: Profile) -> str:
    """Return how a contact is called, from whatever is known of it."""
    for attribute in _NAME:
        if name := _text(profile, attribute):
            return name
    for first, last in _NAME_PARTS:
        if name := f"{_text(profile, first)} {_text(profile, last)}".strip():
            return name
    return ""


def _main_score(rules: Ruleset, profile: Profile) -> tuple[int, str]:
    """Return the points that sum a contact up, and their label."""
    if not profile.scores:
        return 0, ""
    known = [score for score in rules.scores.values() if score.id in profile.scores]
    chosen = [score for score in known if score.main] or known
    worth = {score.id: profile.points(score.id, profile.now_s) for score in chosen}
    shown = max(chosen, key=lambda score: worth[score.id], default=None)
    if shown is None:
        return 0, ""
    points = worth[shown.id]
    return points, shown.level(points)


def _text(profile: Profile, attribute: str) -> str:
    value = profile.attributes.get(attribute)
    return value if isinstance(value, str) else ""
