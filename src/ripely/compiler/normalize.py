"""Writes every condition in the few of the kernel, and collects what must be kept for them."""

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from ripely.compiler.judged import by_people
from ripely.compiler.kernel import (
    Chain,
    Every,
    Gap,
    Kernel,
    Negated,
    Often,
    Picked,
    Predicate,
    Several,
    Total,
    Window,
)
from ripely.compiler.points import borders_of, followed_by, known_score
from ripely.compiler.reaction import Rule
from ripely.compiler.series import Reading, Tracked, more, reader, series_id
from ripely.compiler.shorthand import in_full, rfm_in_full
from ripely.engine.calendar import local_moment
from ripely.engine.ruleset import Keep, Key, Recording
from ripely.engine.series import ENTRIES_MAX, FOREVER_S
from ripely.model.acts import (
    Absence,
    Act,
    Aggregate,
    Bought,
    Did,
    Message,
    Occasion,
    OfActs,
    Page,
    Searched,
    Seen,
    Sequence,
    Where,
)
from ripely.model.company import Company
from ripely.model.condition import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    Not,
    OfFacts,
    OfScores,
    OfTime,
    Rfm,
    ScoreTrend,
)
from ripely.model.ids import PredicateId, ScoreId, SeriesId, derive
from ripely.model.score import Score

OLDER_MAX = 500
"""So many moments are kept of what is asked for with `older_than`."""
SEQUENCE_MAX = 50
"""So many moments of each act are looked at for what followed what."""
SUMMED_MAX = 50
"""So many values are kept apart of those that are only summed up."""
_LONGEST_S = {"today": 3 * 86_400, "this_week": 9 * 86_400, "this_month": 33 * 86_400, "this_year": 368 * 86_400}  # fmt: skip


class Kernels:
    """Writes conditions in the kernel, and collects what they need.

    The predicates with how many moments to keep, from how many on anybody asks, and how long they can matter; the series, the trends of scores, the values
    that they may pass and those of which every change matters, and whether anybody asks when a contact was last seen.
    """

    def __init__(self, company: Company, scores: Mapping[ScoreId, Score] = {}) -> None:
        self.company = company
        self.scores = scores
        self.trends: list[ScoreTrend] = []
        self.borders: dict[ScoreId, set[int]] = {}
        self.followed: set[Key] = set()
        self.predicates: dict[PredicateId, Predicate] = {}
        self.keep: dict[PredicateId, int] = {}
        self.asked_from: dict[PredicateId, int] = {}
        self.spans: dict[PredicateId, int] = {}
        self.series: dict[SeriesId, Tracked] = {}
        self.asks_seen = False

    def normalize(self, condition: Condition) -> Kernel:
        match condition:
            case All(inners):
                return Every(tuple(map(self.normalize, inners)))
            case AnyOf(inners):
                return Several(1, tuple(map(self.normalize, inners)))
            case AtLeast(count, inners):
                return Several(count, tuple(map(self.normalize, inners)))
            case Not(inner):
                return Negated(self.normalize(inner))
            case Rfm():
                return self.normalize(rfm_in_full(condition, self.company))
            case _:
                return self._leaf(condition)

    def track(
        self, event: str, where: tuple[Where, ...], keep: int, asked_from: int = 1
    ) -> PredicateId:
        """Have the latest `keep` moments of an event remembered; fewer than `asked_from` answer nothing."""
        return self._track(self._predicate(event, where), keep, asked_from)

    @property
    def rules(self) -> list[Rule]:
        """What is to be kept of which events."""
        counts = [
            _rule(self.predicates[identity], count=(identity, keep, self.asked_from[identity]))
            for identity, keep in self.keep.items()
        ]
        series = [
            _rule(
                self.predicates[one.predicate],
                recording=Recording(one.id, one.keep, reader(one.of, one.reading)),
            )
            for one in self.series.values()
        ]
        return [*counts, *series]

    def _leaf(self, condition: OfActs | OfFacts | OfScores | OfTime) -> Kernel:
        match condition:
            case Page() | Searched() | Message() | Bought():
                return self._did(in_full(condition))
            case Did():
                return self._did(condition)
            case Aggregate():
                return self._total(condition)
            case Occasion():
                return self._picked(condition)
            case Sequence(acts, within, in_last):
                followed = tuple(self._act(act, SEQUENCE_MAX) for act in acts)
                return Chain(followed, within, in_last or 0)
            case Absence(act, without, within):
                alike = act.event == without.event
                return Gap(self._act(act, 1), self._act(without, SEQUENCE_MAX), within, alike)
            case Seen():
                self.asks_seen = True
                return condition
            case _ if isinstance(condition, OfScores):
                if isinstance(condition, ScoreTrend):
                    self.trends.append(condition)
                scored = known_score(condition, self.scores)
                for key, value in borders_of(scored):
                    self.borders.setdefault(key, set()).add(value)
                self.followed |= followed_by(scored).keys()
                return scored
            case _:
                return condition

    def _did(self, did: Did) -> Kernel:
        least = did.at_least
        if least is None:
            least = 0 if did.at_most is not None else 1
        bounds: list[Kernel] = [self._often(did, least)] if least > 0 else []
        if did.at_most is not None:
            bounds.append(Negated(self._often(did, did.at_most + 1)))
        return bounds[0] if len(bounds) == 1 else Every(tuple(bounds))

    def _often(self, did: Did, times: int) -> Often:
        window = _window(did)
        keep = max(times, OLDER_MAX) if window.older_s else times
        return Often(self._track(self._asked(did), keep, times, _span(window)), times, window)

    def _total(self, asked: Aggregate) -> Kernel:
        window = _window(asked)
        different = asked.take == "distinct"
        summed = not different and not window.begins
        keep = Keep(
            most=SUMMED_MAX if summed and not window.older_s else ENTRIES_MAX,
            span_s=_span(window),
            totals=summed,
            first=False,
            unique=different and not window.older_s,
        )
        series = self._keep(asked, "different" if different else "numbers", keep)
        return Total(series, asked.take, window, asked.at_least, asked.at_most)

    def _picked(self, asked: Occasion) -> Kernel:
        window = _window(asked)
        is_first = asked.which == "first"
        one = not window.begins if is_first else not window.older_s
        keep = Keep(
            most=1 if one else ENTRIES_MAX,
            span_s=_span(window),
            totals=False,
            first=is_first,
            unique=False,
        )
        series = self._keep(asked, "facts", keep)
        return Picked(series, asked.which, window, asked.op, asked.value)

    def _act(self, act: Act, keep: int) -> PredicateId:
        return self.track(act.event, act.where, keep)

    def _asked(self, asked: Did | Aggregate | Occasion) -> Predicate:
        zone = ZoneInfo(self.company.timezone or "UTC")
        since_s = _begin(asked.since, 0, zone) if asked.since else 0
        until_s = _begin(asked.until, 1, zone) if asked.until else 0
        return self._predicate(asked.event, asked.where, since_s, until_s)

    def _predicate(
        self, event: str, where: tuple[Where, ...], since_s: int = 0, until_s: int = 0
    ) -> Predicate:
        where = by_people(event, where)
        identity = predicate_id(event, where, since_s, until_s)
        predicate = Predicate(identity, event, where, since_s, until_s)
        known = self.predicates.setdefault(identity, predicate)
        assert known == predicate, f"two predicates share the id {identity}"
        return predicate

    def _track(
        self, predicate: Predicate, keep: int, asked_from: int, span_s: int = FOREVER_S
    ) -> PredicateId:
        self.keep[predicate.id] = max(keep, self.keep.get(predicate.id, 0))
        known = self.asked_from.get(predicate.id, asked_from)
        self.asked_from[predicate.id] = min(asked_from, known)
        self.spans[predicate.id] = max(span_s, self.spans.get(predicate.id, 0))
        return predicate.id

    def _keep(self, asked: Aggregate | Occasion, reading: Reading, keep: Keep) -> SeriesId:
        predicate = self._asked(asked).id
        series = series_id(predicate, asked.of, reading)
        known = self.series.get(series)
        self.series[series] = Tracked(
            series, predicate, asked.of, reading, more(known.keep, keep) if known else keep
        )
        return series


def predicate_id(
    event: str, where: tuple[Where, ...], since_s: int = 0, until_s: int = 0
) -> PredicateId:
    """Return 32 bits that depend on what is counted alone, so that profiles outlive rulesets."""
    asked = msgspec.json.encode(sorted(where, key=msgspec.json.encode)).decode()
    days = (f"{since_s}", f"{until_s}") if since_s or until_s else ()
    return PredicateId(derive("predicate", event, asked, *days) & 0xFFFF_FFFF)


def _rule(
    predicate: Predicate,
    *,
    count: tuple[PredicateId, int, int] | None = None,
    recording: Recording | None = None,
) -> Rule:
    return Rule(
        predicate.event,
        predicate.where,
        count=count,
        recording=recording,
        since_s=predicate.since_s,
        until_s=predicate.until_s,
    )


def _window(asked: Did | Aggregate | Occasion) -> Window:
    return Window(
        within_s=asked.within or 0,
        older_s=asked.older_than or 0,
        during=asked.during,
        since_entering=asked.since_entering,
    )


def _span(window: Window) -> int:
    """Return how long what happened can matter to a window."""
    spans = [window.within_s] if window.within_s else []
    if window.during:
        spans.append(_LONGEST_S[window.during])
    return min(spans, default=FOREVER_S)


def _begin(day: str, later: int, zone: ZoneInfo) -> int:
    """Return when the day begins that is so many days later."""
    return local_moment(date.fromisoformat(day) + timedelta(days=later), "00:00", zone)
