"""Whose claims were settled before: the memory of one process, dropped when anybody moves."""

from collections.abc import Mapping, Sequence

import msgspec

from ripely.model.arrival import Arrival
from ripely.model.identity import ANONYMOUS, Claims, Identity, first_contact
from ripely.model.ids import ContactId

CLAIMS_MAX = 50_000
"""Kept in each of two generations: some 30 MB at most."""


class Guess(msgspec.Struct, frozen=True):
    """Whose arrivals are, by what was known at an epoch. Those of `unsure` must be asked for.

    `fresh` identities are taken for new: each makes a contact of its own.
    """

    epoch: int
    contacts: dict[Claims, ContactId]
    fresh: dict[Identity, ContactId]
    unsure: Sequence[Arrival]


class Known:
    def __init__(self) -> None:
        self.epoch = -1
        self._young: dict[Claims, ContactId] = {}
        self._old: dict[Claims, ContactId] = {}

    def guess(self, arrivals: Sequence[Arrival]) -> Guess:
        """Address what can be addressed without asking the database.

        What shares an identity with something unsure is unsure too, so that the order of
        what one person did is kept.
        """
        guess = Guess(self.epoch, {}, {}, [])
        doubtful: set[Identity] = set()
        for claims in {arrival.claims for arrival in arrivals}:
            if not self._address(claims, guess):
                doubtful.update(claims)
        for arrival in arrivals:
            if arrival.alias:
                doubtful.update(arrival.claims + arrival.alias)
        if not doubtful:
            return guess
        _spread(doubtful, guess)
        unsure = [arrival for arrival in arrivals if arrival.claims not in guess.contacts]
        return msgspec.structs.replace(guess, unsure=unsure)

    def nothing(self, arrivals: Sequence[Arrival]) -> Guess:
        return Guess(self.epoch, {}, {}, arrivals)

    def keep(self, epoch: int, settled: Mapping[Claims, ContactId]) -> None:
        """Take in what was settled, unless somebody has moved since."""
        if epoch != self.epoch:
            return
        self._young.update(settled)
        if len(self._young) > CLAIMS_MAX:
            self._old, self._young = self._young, {}

    def enter(self, epoch: int) -> None:
        """Begin an epoch: what was known before it may be wrong."""
        if epoch > self.epoch:
            self.epoch = epoch
            self._young, self._old = {}, {}

    def _address(self, claims: Claims, guess: Guess) -> bool:
        contact = self._young.get(claims) or self._remember(claims)
        if contact is None:
            if len(claims) > 1 or claims[0][0] != ANONYMOUS:
                return False
            contact = guess.fresh[claims[0]] = first_contact(claims[0])
        guess.contacts[claims] = contact
        return True

    def _remember(self, claims: Claims) -> ContactId | None:
        contact = self._old.get(claims)
        if contact is not None:
            self._young[claims] = contact
        return contact


def _spread(doubtful: set[Identity], guess: Guess) -> None:
    """Carry doubt from identity to identity, as far as claims connect them."""
    while touched := [c for c in guess.contacts if not doubtful.isdisjoint(c)]:
        for claims in touched:
            doubtful.update(claims)
            del guess.contacts[claims]
            guess.fresh.pop(claims[0], None)
