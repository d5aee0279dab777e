"""How many contacts lack a fact or a consent, by a sample of those who are known."""

from collections.abc import Callable, Sequence
from functools import cache

from ripely.model.ids import ContactId
from ripely.model.profile import Profile
from ripely.ports import Profiles
from ripely.records.hot.models import ContactCard

SAMPLE_MAX = 500
CONSENT = "consent/"


def lacking_among(profiles: Profiles) -> Callable[[str], float | None]:
    """Return what tells the share of contacts that lack an attribute, or `consent/marketing`."""

    @cache
    def sample() -> Sequence[Profile]:
        codes = ContactCard.objects.order_by("-seen_at").values_list("contact", flat=True)
        known = [ContactId(code) for code in codes[:SAMPLE_MAX]]
        return list(profiles.load(known).profiles.values()) if known else []

    def share(name: str) -> float | None:
        people = sample()
        if not people:
            return None
        return sum(not _has(one, name) for one in people) / len(people)

    return share


def _has(profile: Profile, name: str) -> bool:
    if name.startswith(CONSENT):
        consent = profile.consents.get(name.removeprefix(CONSENT))
        return consent is not None and consent.granted
    return profile.attributes.get(name) not in {None, ""}
