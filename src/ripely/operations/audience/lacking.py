"""How many contacts lack a fact or a consent: of all whom the archive knows, or of a sample where there is none."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache

from ripely.model.ids import ContactId
from ripely.model.profile import Profile
from ripely.operations.questions.asking import ask, text, whole
from ripely.ports import AskError, Profiles, Warehouse
from ripely.records.hot.models import ContactCard

SAMPLE_MAX = 500
CONSENT = "consent/"
KEPT_S = 300
"""An answer of the archive serves so long: who types a document does not ask again with each letter."""
ANSWERS_MAX = 4
Share = Callable[[str], float | None]


def lacking_among(profiles: Profiles, warehouse: Warehouse, now: datetime) -> Share:
    """Return what tells the share of contacts that lack an attribute, or `consent/marketing`."""
    sample = cache(lambda: _sample(profiles))

    def share(name: str) -> float | None:
        try:
            known = _known(warehouse, int(now.timestamp()) // KEPT_S)  # type: ignore[arg-type]  # each is itself
        except AskError:
            known = {}
        people = known.get("", 0)
        return 1 - known.get(name, 0) / people if people else _share(sample(), name)

    return share


@lru_cache(ANSWERS_MAX)
def _known(warehouse: Warehouse, _: int) -> Mapping[str, int]:
    """Ask once how many have each fact and consent; nobody's name is empty, so that one counts everybody."""
    prefixes = {"consent": CONSENT}
    rows = ask(warehouse, "lacking", {})
    return {f"{prefixes.get(text(kind), '')}{text(name)}": whole(n) for kind, name, n in rows}


def _sample(profiles: Profiles) -> Sequence[Profile]:
    codes = ContactCard.objects.order_by("-seen_at").values_list("contact", flat=True)
    known = [ContactId(code) for code in codes[:SAMPLE_MAX]]
    return list(profiles.load(known).profiles.values()) if known else []


def _share(people: Sequence[Profile], name: str) -> float | None:
    if not people:
        return None
    return sum(not _has(one, name) for one in people) / len(people)


def _has(profile: Profile, name: str) -> bool:
    if name.startswith(CONSENT):
        consent = profile.consents.get(name.removeprefix(CONSENT))
        return consent is not None and consent.granted
    return profile.attributes.get(name) not in {None, ""}
