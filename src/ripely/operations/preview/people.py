"""Who can be walked through a journey: somebody real as they are, or were; or somebody invented."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ripely.engine.counts import uncounted
from ripely.engine.erasure import first_profile
from ripely.engine.ruleset import Ruleset
from ripely.engine.series import is_enough, record_values
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.event import DERIVED, RULES_CHANGED, Event
from ripely.model.ids import ContactId, EventId, JourneyId, PredicateId, SeriesId, derive
from ripely.model.profile import Profile, Series
from ripely.operations.playing import Happening
from ripely.ports import History, Profiles
from ripely.runtime.archiving import idle_in
from ripely.runtime.backtest.running import in_time

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
_END = 2**63 - 1
STORIES_MAX = 10_000
"""How many batches of the past of one contact are read."""
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
    events = _told(records.history, contact)
    if begins_s < now_s:
        late_s = (records.current or rules).late_entry_s
        events = [one for one in in_time(events, late_s * 1000) if one.now_s <= begins_s]
        profile = _earlier(records.current, contact, events, begins_s)
    learned = _learned(rules, records.current, events)
    at_ms = begins_s * 1000
    identity = EventId(derive("preview", str(contact), str(begins_s)))
    told = Event(identity, contact, RULES_CHANGED, at_ms, at_ms, learned)
    return fold(rules, profile, (told,)).profile


def _told(history: History, contact: ContactId) -> list[Event]:
    """Return what counted of what was told of a contact, as it came."""
    found: list[Event] = []
    for _, story in reversed(history.of(contact, _END, STORIES_MAX)):
        idle = idle_in(story.notes)
        found += [event for event in story.events if event.id not in idle]
    return found


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


def _learned(
    rules: Ruleset, before: Ruleset | None, events: Sequence[Event]
) -> dict[str, object]:
    """Return what the draft's rules ask of the past, and those in force have not kept."""
    unlearned = uncounted(rules, before)
    kept = before.series if before is not None else {}
    new = {one for one, keep in rules.series.items() if not is_enough(kept.get(one), keep)}
    counts: dict[PredicateId, list[int]] = {}
    series: dict[SeriesId, Series] = {}
    for event in events if unlearned or new else ():
        reaction = rules.react(event)
        for predicate, *_ in reaction.counts:
            if predicate in unlearned:
                counts.setdefault(predicate, []).append(event.occurred_s)
        asked = [one for one in reaction.recordings if one.series in new]
        record_values(series, event, asked, event.now_s)
    latest = {p: sorted(found)[-rules.tracked[p] :] for p, found in counts.items()}
    return {
        "counts": {str(predicate): moments for predicate, moments in latest.items()},
        "series": {str(one): msgspec.to_builtins(values) for one, values in series.items()},
    }
