"""What history knows that new rules ask for: of the archive at once, or of one contact after another."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from ripely.compiler.kernel import Predicate
from ripely.compiler.query import Extent, occasions
from ripely.engine.ruleset import Ruleset
from ripely.engine.series import record_values
from ripely.model.ids import ContactId, PredicateId, SeriesId, contact_code
from ripely.model.profile import Series
from ripely.ports import PARTITIONS, Cell, History, Sweep, Unreadable, Warehouse
from ripely.runtime.archiving import idle_in

log = logging.getLogger(__name__)

STORIES_MAX = 10_000  # Of one contact: history beyond that does not seed new rules.


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


class Past(msgspec.Struct, frozen=True):
    """What history knows of one contact that new rules ask for."""

    counts: dict[PredicateId, list[int]]
    series: dict[SeriesId, Series]


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
    rules, past = unlearned.rules, Past({}, {})
    before = unlearned.sweep.position + 1
    for position, story in reversed(history.of(contact, before, STORIES_MAX)):
        if isinstance(story, Unreadable):
            log.warning("New rules learn nothing of contact %s at %s: %s", contact_code(contact), position, story.why)  # fmt: skip
        idle = idle_in(story.notes)
        for event in story.events:
            if event.id in idle:
                continue
            reaction = rules.react(event)
            for predicate, *_ in reaction.counts:
                counted = unlearned.counted.get(predicate)
                if counted is not None and event.occurred_s >= counted.since_s:
                    past.counts.setdefault(predicate, []).append(event.occurred_s)
            asked = [r for r in reaction.recordings if r.series in unlearned.series]
            record_values(past.series, event, asked, event.now_s)
    for predicate, moments in past.counts.items():
        past.counts[predicate] = sorted(moments)[-rules.tracked[predicate] :]
    return past


def _contact(row: tuple[Cell, ...]) -> ContactId:
    contact = row[0]
    assert isinstance(contact, int)
    return ContactId(contact)
