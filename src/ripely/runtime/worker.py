"""Log -> profiles, effects and history."""

import traceback
from collections.abc import Callable, Mapping, Sequence

import msgspec

from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.model.event import RULES_CHANGED, TIMER_FIRED, Event
from ripely.model.ids import ContactId, RulesetId
from ripely.model.profile import Profile
from ripely.model.transition import Transition
from ripely.ports import (
    Batch,
    Card,
    Change,
    Commit,
    EventLog,
    Loaded,
    Parked,
    ProfileStore,
    Story,
    UnstorableError,
)
from ripely.runtime.card import card_of
from ripely.runtime.tally import tally

BATCH_EVENTS_MAX = 2_000
RESUMED = "contact.resumed"

RulesOf = Callable[[RulesetId], Ruleset]

_encode = msgspec.msgpack.Encoder().encode


class Work(msgspec.Struct, frozen=True):
    """What the log holds for one group of partitions that are equally far."""

    partitions: tuple[int, ...]
    ruleset: RulesetId
    batch: Batch


class _Before(msgspec.Struct, frozen=True):
    """What the store shows of a contact. Its card may read otherwise under other rules.

    `asked` is what it knew before it was only asked about new rules.
    """

    due_s: int = 0
    card: Card | None = None
    same_rules: bool = True
    asked: bytes | None = None


def work_once(log: EventLog, store: ProfileStore, rules_of: RulesOf) -> int:
    """Fold one batch of the partitions that are furthest behind; return how many events it held."""
    work = _read(log, store.claim())
    if work is None:
        return 0
    contacts = {event.contact for _, event in work.batch.events}
    loaded = store.load(contacts)
    resumed = _resumed(work.batch, loaded)
    parked = {contact: store.parked(contact) for contact in resumed}
    rules = rules_of(work.ruleset)
    commit = decide(rules, work, loaded, parked)
    try:
        store.commit(commit)
    except UnstorableError:
        refused = _refused(store, commit)
        store.commit(decide(rules, work, store.load(contacts), parked, refused))
    return max(1, len(work.batch.events))


def decide(
    rules: Ruleset,
    work: Work,
    loaded: Loaded,
    parked: Mapping[ContactId, Sequence[tuple[int, Event]]],
    refused: Mapping[ContactId, str] = {},
) -> Commit:
    """Fold what a batch says of each contact. One that raises, or is `refused`, stops alone, in quarantine."""
    changes: list[Change] = []
    left: list[Parked] = []
    for contact, told in _by_contact(work.batch, parked).items():
        if contact in loaded.quarantined and contact not in parked:
            left.append(_park(contact, told))
            continue
        outcome = refused.get(contact) or _fold(
            rules, loaded.profiles.get(contact), contact, told
        )
        if isinstance(outcome, Change):
            changes.append(outcome)
        elif (
            outcome is not None
        ):  # What was parked before stays where it is; only what is new joins it.
            left.append(_park(contact, told[len(parked.get(contact, ())) :], outcome))
    return Commit(
        partitions=work.partitions,
        upto=work.batch.upto,
        ruleset=work.batch.rules or work.ruleset,
        changes=changes,
        parked=left,
        resumed=[
            change.profile.contact for change in changes if change.profile.contact in parked
        ],
        counts=tally(changes),
    )


def _read(log: EventLog, held: Mapping[int, tuple[int, RulesetId]]) -> Work | None:
    """Read on from where the partitions furthest behind stand; those ahead wait for them."""
    if not held:
        return None
    after, ruleset = min(held.values())
    partitions = tuple(sorted(p for p, place in held.items() if place == (after, ruleset)))
    ahead = min((place[0] for place in held.values() if place[0] > after), default=None)
    batch = log.read(partitions, after, BATCH_EVENTS_MAX, ahead)
    return Work(partitions, ruleset, batch) if batch.upto > after else None


def _refused(store: ProfileStore, commit: Commit) -> dict[ContactId, str]:
    """Find the contacts to blame for a commit that cannot be stored, by trying each alone."""
    errors: dict[ContactId, str] = {}
    for change in commit.changes:
        alone = msgspec.structs.replace(
            commit, changes=[change], parked=(), resumed=(), counts=tally([change])
        )
        if error := store.refused(alone):
            errors[change.profile.contact] = error
    if not errors:
        raise UnstorableError("no contact alone is to blame")
    return errors


def _by_contact(
    batch: Batch, parked: Mapping[ContactId, Sequence[tuple[int, Event]]]
) -> dict[ContactId, list[tuple[int, Event]]]:
    told: dict[ContactId, list[tuple[int, Event]]] = {
        contact: list(events) for contact, events in parked.items()
    }
    for placed in batch.events:
        told.setdefault(placed[1].contact, []).append(placed)
    return told


def _fold(
    rules: Ruleset,
    profile: Profile | None,
    contact: ContactId,
    told: Sequence[tuple[int, Event]],
) -> Change | str | None:
    """Return what the events change, if anything, or the error that they raise."""
    position = told[-1][0]
    events = [event for _, event in told]
    before = _before(rules, profile, events)
    owned = profile or new_profile(contact, events[0].occurred_s)
    try:
        after = fold(rules, owned, events)
    except Exception:  # noqa: BLE001 - a rule's mistake may be any; it must stop this contact alone.
        return traceback.format_exc(limit=-4).replace("\x00", "")
    if before.asked is not None and _known(after.profile) == before.asked:
        return None
    return _change(rules, after, position, before)


def _before(rules: Ruleset, profile: Profile | None, events: Sequence[Event]) -> _Before:
    if profile is None:
        return _Before()
    asked = _known(profile) if all(map(_only_asks, events)) else None
    return _Before(profile.due_s, card_of(rules, profile), profile.ruleset == rules.id, asked)


def _only_asks(event: Event) -> bool:
    """Whether it asks a contact about new rules that nobody's card, and no score, depends on."""
    return event.name == RULES_CHANGED and "asked" in event.properties


def _known(profile: Profile) -> bytes:
    """Return what is known of a contact, but for how far it has come in time and rules.

    One that new rules leave as it was need not be stored: its next event brings it to them.
    """
    return _encode(msgspec.structs.replace(profile, ruleset=None, now_s=0, seen={}))


def _change(rules: Ruleset, after: Transition, position: int, before: _Before) -> Change:
    profile = after.profile
    due_s: int | None = profile.due_s
    fired = any(event.name == TIMER_FIRED for event in after.events)
    if due_s == before.due_s and not fired:
        due_s = None
    card = card_of(rules, profile)
    return Change(
        profile=profile,
        position=position,
        story=Story(after.events, after.notes),
        effects=after.effects,
        due_s=due_s,
        card=card if card != before.card or not before.same_rules else None,
        unlisted=before.card is not None and card is None,
    )


def _resumed(batch: Batch, loaded: Loaded) -> set[ContactId]:
    asked = {event.contact for _, event in batch.events if event.name == RESUMED}
    return asked & loaded.quarantined


def _park(contact: ContactId, told: Sequence[tuple[int, Event]], error: str = "") -> Parked:
    events = [event for _, event in told if event.name != RESUMED]
    return Parked(contact, told[-1][0], events, error)
