"""What history knows that new rules ask for: of the archive at once, or of one contact after another."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from ripely.compiler.kernel import Predicate
from ripely.compiler.query import Extent, occasions
from ripely.engine.ruleset import Ruleset
from ripely.model.ids import ContactId, PredicateId, SeriesId
from ripely.ports import PARTITIONS, Cell, History, Sweep, Warehouse
from ripely.runtime.remembering import Past, learn, told_of


class Unlearned(msgspec.Struct, frozen=True):
    """What a sweep is to learn from history: the predicates and series that the rules before did not keep.

    `counted` are those predicates; at the occasions of the `recorded` the values of series are read.
    Contacts are asked only for what is `asked`, when they come from the rules before; None: for all.
    """

    sweep: Sweep
    rules: Ruleset
    counted: Mapping[PredicateId, Predicate]
    series: frozenset[SeriesId]
    recorded: Sequence[Predicate]
    asked: frozenset[str] | None

    @property
    def is_nothing(self) -> bool:
        return not (self.counted or self.series)


PastOf = Callable[[Unlearned, Sequence[ContactId]], Mapping[ContactId, Past] | None]
"""Returns what history knows of some contacts up to where the new rules hold; None: not yet.

The contacts follow those asked for before. One of whom nothing is known may be missing.
"""


def past_from(history: History) -> PastOf:
    """Return what reads the stories of each contact, one after another."""

    def past_of(
        unlearned: Unlearned, contacts: Sequence[ContactId]
    ) -> Mapping[ContactId, Past]:
        if unlearned.is_nothing:
            return {}
        return {contact: remember(unlearned, history, contact) for contact in contacts}

    return past_of


class ArchivedPast:
    """Asks the archive once for everybody; its answer is read as the sweep goes on.

    Values of properties are read from the stories of those alone who have any.
    """

    def __init__(self, warehouse: Warehouse, history: History) -> None:
        self._warehouse, self._history = warehouse, history
        self._reached: tuple[int, int] | None = None
        self._rows: Iterator[tuple[Cell, ...]] = iter(())
        self._next: tuple[Cell, ...] | None = None

    def __call__(
        self, unlearned: Unlearned, contacts: Sequence[ContactId]
    ) -> Mapping[ContactId, Past] | None:
        if unlearned.is_nothing or not contacts:
            return {}
        sweep = unlearned.sweep
        # Unknown until we have come to the end: after an error the archive is asked anew.
        reached, self._reached = self._reached, None
        if reached != (sweep.position, sweep.after):
            if not self._is_kept(sweep.position):
                return None
            self._rows = self._ask(unlearned)
            self._next = next(self._rows, None)
        found: dict[ContactId, Past] = {}
        while self._next is not None and (contact := _contact(self._next)) <= contacts[-1]:
            found[contact] = self._past(unlearned, contact, self._next[1:])
            self._next = next(self._rows, None)
        self._reached = (sweep.position, contacts[-1])
        return found

    def _is_kept(self, position: int) -> bool:
        """Whether the archive holds everything that came before the new rules."""
        answer = self._warehouse.ask("SELECT count(*), min(position) FROM positions")
        partitions, reached = answer.rows[0]
        return partitions == PARTITIONS and isinstance(reached, int) and reached >= position

    def _ask(self, unlearned: Unlearned) -> Iterator[tuple[Cell, ...]]:
        sweep, tracked = unlearned.sweep, unlearned.rules.tracked
        counted = {one: tracked[identity] for identity, one in unlearned.counted.items()}
        extent = Extent(upto=sweep.position, after=sweep.after)
        company, dialect = unlearned.rules.company, self._warehouse.dialect
        return self._warehouse.each(
            occasions(counted, unlearned.recorded, extent, company, dialect)
        )

    def _past(self, unlearned: Unlearned, contact: ContactId, told: Sequence[Cell]) -> Past:
        moments = zip(unlearned.counted, told, strict=False)
        counts = {p: found for p, found in moments if isinstance(found, list) and found}
        if not any(told[len(unlearned.counted) :]):
            return Past(counts, {})
        return Past(counts, remember(unlearned, self._history, contact).series)


def remember(unlearned: Unlearned, history: History, contact: ContactId) -> Past:
    """Read the stories of a contact up to where the new rules hold."""
    since = {predicate: one.since_s for predicate, one in unlearned.counted.items()}
    events = told_of(history, contact, unlearned.sweep.position + 1)
    return learn(unlearned.rules, since, unlearned.series, events)


def _contact(row: tuple[Cell, ...]) -> ContactId:
    contact = row[0]
    assert isinstance(contact, int)
    return ContactId(contact)
