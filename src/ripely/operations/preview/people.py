"""Who can be walked through a journey: somebody real as they are, or were; or somebody invented."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ripely.engine.counts import uncounted
from ripely.engine.erasure import first_profile
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.event import DERIVED, RULES_CHANGED, Event
from ripely.model.ids import ContactId, EventId, JourneyId, derive
from ripely.model.profile import Profile
from ripely.operations.rehearsing.playing import Happening
from ripely.ports import History, Profiles
from ripely.runtime.backtest.running import in_time
from ripely.runtime.remembering import learn, told_of, unkept

PERSONAS: Mapping[str, Mapping[str, object]] = {
    "A subscriber": {"first_name": "Ann", "email": "ann@example.com", "consent": "marketing"},
    "A customer with a phone": {
        "first_name": "Carol", "email": "carol@example.com", "phone": "+380441234567",
        "consent": "marketing", "lifecycle": "customer",
    },
    "Known, and never agreed": {"first_name": "Bob", "email": "bob@example.com"},
    "A visitor of whom nothing is known": {},
}  # fmt: skip
"""People to begin with. `consent`, `tags` and `lifecycle` are what they say; all else are attributes."""
INVENTED = ContactId(derive("story", "Ann"))
_LISTED = {"consent": ("consent.granted", "purpose"), "tags": ("tag.added", "tag"), "lists": ("list.joined", "list")}  # fmt: skip


def invented(facts: Mapping[str, object], begins_s: int) -> Iterator[Happening]:
    """Return what makes somebody known, a minute before the preview begins."""
    at_s = begins_s - 60
    plain = {
        name: value for name, value in facts.items() if name not in {*_LISTED, "lifecycle"}
    }
    if plain:
        yield Happening(at_s, "contact.identified", plain)
    for name, (event, said) in _LISTED.items():
        for one in str(facts.get(name, "")).replace(",", " ").split():
            yield Happening(at_s, event, {said: one})
    if facts.get("lifecycle"):
        yield Happening(at_s, "lifecycle.changed", {"to": facts["lifecycle"]})


def read_facts(text: str) -> dict[str, object]:
    """Read `name = value`, a line each."""
    facts: dict[str, object] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip():
            facts[name.strip()] = _value(value.strip())
    return facts


def write_facts(facts: Mapping[str, object]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in facts.items())


def _value(text: str) -> object:
    try:
        value: object = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    return value if isinstance(value, int | float | bool) else text


class Records(msgspec.Struct, frozen=True):
    """Where real people are read from, and the rules that hold now."""

    history: History
    profiles: Profiles
    current: Ruleset | None


def real(
    records: Records, contact: ContactId, begins_s: int, now_s: int, rules: Ruleset
) -> Profile | None:
    """Return somebody as they are, or were at a moment of the past, as far as new rules ask."""
    profile = records.profiles.load((contact,)).profiles.get(contact)
    if profile is None:
        return None
    events = list(told_of(records.history, contact))
    if begins_s < now_s:
        late_s = (records.current or rules).late_entry_s
        events = [one for one in in_time(events, late_s * 1000) if one.now_s <= begins_s]
        profile = _earlier(records.current, contact, events, begins_s)
    unlearned = dict.fromkeys(uncounted(rules, records.current), 0)
    past = learn(rules, unlearned, unkept(rules, records.current), events)
    at_ms = begins_s * 1000
    identity = EventId(derive("preview", str(contact), str(begins_s)))
    told = Event(identity, contact, RULES_CHANGED, at_ms, at_ms, past.told())
    return fold(rules, profile, (told,)).profile


def never_in(profile: Profile, journey: JourneyId) -> Profile:
    """Return somebody as if they had never been in a journey: a preview begins anew."""
    out = msgspec.structs.replace(profile)
    out.enrollments = [one for one in profile.enrollments if one.journey != journey]
    out.pursuits = [one for one in profile.pursuits if one.journey != journey]
    kept_out = f"{journey}/holdout"
    out.entered = {k: v for k, v in profile.entered.items() if k not in {journey, kept_out}}
    out.keys = {key: value for key, value in profile.keys.items() if key != journey}
    return out


def _earlier(
    rules: Ruleset | None, contact: ContactId, events: Sequence[Event], begins_s: int
) -> Profile:
    """Fold again what had come by a moment, by the rules that hold now."""
    told = [one for one in events if one.source != DERIVED and one.name != RULES_CHANGED]
    if rules is None or not told:
        return new_profile(contact, begins_s)
    return live(rules, first_profile(told[0]), told, begins_s).profile
