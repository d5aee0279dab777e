"""Whose event is it? From the identities it claims to one contact, and never two people in one."""

from collections.abc import Iterable, Mapping

import msgspec

from ripely.model.identity import (
    ANONYMOUS,
    CONTACT,
    EMAIL,
    MESSENGER,
    PERSONAL,
    PHONE,
    USER,
    Claims,
    Identity,
    Kind,
    contact_named,
    first_contact,
    named_contact,
)
from ripely.model.ids import ContactId

Owners = Mapping[Identity, ContactId]
Kinds = Mapping[ContactId, Iterable[Kind]]
"""The personal kinds of identity that a contact has of its own."""

# A signed link says as much as the address it was mailed to; a device says least of all.
_RANK = {USER: 0, CONTACT: 1, EMAIL: 1, PHONE: 2, MESSENGER: 3, ANONYMOUS: 4}


class Resolution(msgspec.Struct, frozen=True):
    """The contact of an event, and what the event taught.

    `attach` are identities that nobody had, `repoint` those that somebody else had until now;
    both belong to `contact` from here on. `merges` are pairs of the contact that ends and the
    one that goes on, in order.
    """

    contact: ContactId
    attach: tuple[Identity, ...] = ()
    repoint: tuple[Identity, ...] = ()
    merges: tuple[tuple[ContactId, ContactId], ...] = ()

    @property
    def moves(self) -> bool:
        """Whether an earlier answer to somebody may be wrong from here on."""
        return bool(self.repoint or self.merges)


def by_strength(claims: Iterable[Identity]) -> Claims:
    return tuple(sorted(set(claims), key=lambda claim: (_RANK[claim[0]], claim)))


def resolve(claims: Claims, owners: Owners, kinds: Kinds, alias: Claims = ()) -> Resolution:
    """Decide for one event. `claims` come strongest first; `alias` names the same person by force.

    An unknown identity goes to a contact that a weaker claim leads to, unless that contact has
    one of this kind already: then it is another person. Known contacts that meet in one event
    are merged on the same condition. A device is only where they met: it joins contacts that
    have nothing of the same kind, and else goes over to whoever was named on it last.
    """
    case = _Case(claims, owners, kinds)
    case.find_home(alias)
    case.attach(claims + alias)
    for claim in claims:
        case.join(claim)
    for name in alias:
        case.merge(case.owner(name))
    return Resolution(case.home, tuple(case.attached), tuple(case.moved), tuple(case.merges))


class Directory:
    """Who is known by what, as far as it was looked up. `settle` decides, and learns from it."""

    def __init__(self) -> None:
        self.owners: dict[Identity, ContactId] = {}
        self._kinds: dict[ContactId, set[Kind]] = {}

    def learn(self, identity: Identity, contact: ContactId) -> None:
        self.owners[identity] = contact
        if identity[0] in PERSONAL:
            self._kinds.setdefault(contact, set()).add(identity[0])

    def settle(self, claims: Claims, alias: Claims = ()) -> Resolution:
        resolution = resolve(claims, self.owners, self._kinds, alias)
        for loser, winner in resolution.merges:
            self._merge(loser, winner)
        for identity in (*resolution.attach, *resolution.repoint):
            self.learn(identity, resolution.contact)
        return resolution

    def _merge(self, loser: ContactId, winner: ContactId) -> None:
        for identity in [held for held, owner in self.owners.items() if owner == loser]:
            self.owners[identity] = winner
        # A link that was mailed to the one who ends leads to the one who goes on.
        self.owners[named_contact(loser)] = winner
        self._kinds.setdefault(winner, set()).update(self._kinds.pop(loser, ()))


class _Case:
    """One decision in the making."""

    def __init__(self, claims: Claims, owners: Owners, kinds: Kinds) -> None:
        self._claims = claims
        self._owners = owners
        self._kinds = kinds
        self._gone: dict[ContactId, ContactId] = {}
        self._own: set[Kind] = set()
        self.home = first_contact(claims[0])
        self.attached: list[Identity] = []
        self.moved: list[Identity] = []
        self.merges: list[tuple[ContactId, ContactId]] = []

    def owner(self, claim: Identity) -> ContactId | None:
        contact = self._owners.get(claim)
        if contact is None and claim[0] == CONTACT:
            contact = contact_named(claim)
        return contact if contact is None else self._gone.get(contact, contact)

    def find_home(self, alias: Claims) -> None:
        """Take the first contact that the claims lead to and that could be this person."""
        stronger: list[Identity] = []
        for claim in self._claims + alias:
            contact = self.owner(claim)
            if contact is not None and not self._contradicts(contact, stronger):
                self.home = contact
                break
            stronger.append(claim)
        self._own.update(self._kinds.get(self.home, ()))

    def _contradicts(self, contact: ContactId, stronger: list[Identity]) -> bool:
        others = {claim[0] for claim in stronger if self.owner(claim) != contact}
        return not others.isdisjoint(self._kinds.get(contact, ()))

    def attach(self, claims: Claims) -> None:
        for claim in claims:
            if self.owner(claim) is None:
                self.attached.append(claim)
                self._own.add(claim[0])
        self._own &= PERSONAL

    def join(self, claim: Identity) -> None:
        contact = self.owner(claim)
        if contact is None or contact == self.home:
            return
        shared = self._own.intersection(self._kinds.get(contact, ()))
        if claim[0] != ANONYMOUS:
            # Who has two addresses is still one person; who has two user ids is not.
            shared = {kind for kind in shared if _RANK[kind] <= _RANK[self._claims[0][0]]}
        if not shared:
            self.merge(contact)
        elif claim[0] == ANONYMOUS:
            self.moved.append(claim)

    def merge(self, contact: ContactId | None) -> None:
        """Make `contact` and this one the same; the one that is known by more goes on."""
        if contact is None or contact == self.home:
            return
        theirs = set(self._kinds.get(contact, ()))
        loser, winner = contact, self.home
        if _best(theirs) < _best(self._own):
            loser, winner = winner, loser
        self.merges.append((loser, winner))
        self._gone = {old: winner if new == loser else new for old, new in self._gone.items()}
        self._gone[loser] = winner
        self._own |= theirs
        self.home = winner


def _best(kinds: Iterable[Kind]) -> int:
    return min((_RANK[kind] for kind in kinds), default=_RANK[ANONYMOUS])
