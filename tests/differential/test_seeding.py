"""Rules that learn the past come to what they would know had they always been there."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from company import ANN, rules
from differential.asking import FAMILIES, beginnings, rests, told
from differential.columns import Click, Duck, Lived
from differential.test_history import COMPANY
from ripely.compiler.anew import asked_anew
from ripely.compiler.ruleset import Published, kernels_of
from ripely.engine.ruleset import Ruleset
from ripely.model.ids import ContactId, PredicateId, RulesetId, SegmentId
from ripely.model.profile import Profile
from ripely.model.segment import Segment
from ripely.ports import PARTITIONS, Answered, Cell, History, Story, Sweep, Warehouse
from ripely.runtime.seeding import ArchivedPast, PastOf, past_from
from ripely.runtime.sweep import rules_changed, unlearned

BEFORE, AFTER = RulesetId("before"), RulesetId("test")
few = settings(
    max_examples=max(15, settings.default.max_examples // 10),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)


class Kept(Warehouse):
    """The archive of a life up to now, in a real engine."""

    def __init__(self, engine: Duck | Click, upto: int) -> None:
        self.engine, self.dialect = engine, engine.dialect
        self.upto = upto

    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        if "positions" in sql:
            return Answered(("count", "min"), [(PARTITIONS, self.upto)])
        raise AssertionError(f"nobody asks this: {sql}")

    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        return iter(self.engine.ask(sql))


class Stories(History):
    """What a life told, contact by contact."""

    def __init__(self, lived: Lived) -> None:
        self.lived = lived

    def of(self, contact: ContactId, before: int, limit: int) -> list[tuple[int, Story]]:
        told = [f for f in self.lived.folded if f.contact == contact and f.position < before]
        return [(f.position, Story(list(f.events), list(f.notes))) for f in reversed(told)]

    def scan(self, partitions=None):
        raise NotImplementedError


@pytest.fixture(scope="module")
def engines(tmp_path_factory) -> dict[str, Duck | Click]:
    return {"duckdb": Duck(tmp_path_factory.mktemp("lake")), "clickhouse": Click()}


def taught(lived: Lived, new: Published, rules: Ruleset, past_of: PastOf) -> None:
    """Publish new rules in the middle of a life, and ask everybody about them."""
    marker = len(lived.folded)
    before, lived.rules = lived.rules, rules
    contacts = sorted(lived.profiles)
    sweep = Sweep(marker, AFTER, BEFORE, 0, contacts)
    asked = asked_anew(Published((COMPANY,)), new, rules)
    now_s = max((profile.now_s for profile in lived.profiles.values()), default=0)
    wanted = unlearned(sweep, rules, before, kernels_of(new), asked, now_s)
    past = past_of(wanted, contacts)
    assert past is not None
    for contact in contacts:
        lived.take(rules_changed(wanted, contact, past.get(contact), now_s * 1000))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("source", ["duckdb", "clickhouse", "stories"])
@few
@given(data=st.data(), begins_s=beginnings, rest_s=rests)
def test_seeded_is_as_if_it_had_always_been_there(
    engines, source, family, data, begins_s, rest_s
):
    drawn = data.draw(st.lists(FAMILIES[family], min_size=2, max_size=2))
    definitions = (
        COMPANY,
        *(Segment(SegmentId(f"s{n}"), "S", c) for n, (c, _) in enumerate(drawn)),
    )
    new, always = Published(definitions), Lived(rules(*definitions))
    learning = Lived(msgspec.structs.replace(rules(COMPANY), id=BEFORE))
    events = [
        event
        for number, (_, happened) in enumerate(drawn)
        for event in told(happened, begins_s, ANN + number)
    ]
    events.sort(key=lambda event: event.received_ms)
    assume(events)
    cut = data.draw(st.integers(0, len(events)))
    for event in events:
        always.take(event)
    for event in events[:cut]:
        learning.take(event)
    if engine := engines.get(source):
        engine.fill(learning.rows())
        past_of: PastOf = ArchivedPast(Kept(engine, len(learning.folded)), Stories(learning))
    else:
        past_of = past_from(Stories(learning))
    taught(learning, new, always.rules, past_of)
    for event in events[cut:]:
        learning.take(event)
    until_s = max(event.now_s for event in events) + rest_s
    for life in (always, learning):
        life.rest(until_s)
    assert known(learning, until_s) == known(always, until_s)


def known(lived: Lived, now_s: int) -> dict[ContactId, tuple]:
    """What is known of contacts, but for moments too long ago to matter to any rule."""
    return {
        contact: (set(profile.segments), mattering(profile, lived.rules, now_s))
        for contact, profile in lived.profiles.items()
    }


def mattering(profile: Profile, rules: Ruleset, now_s: int) -> dict[PredicateId, list[int]]:
    counts = {
        predicate: [at for at in moments if at > now_s - rules.spans[predicate]]
        for predicate, moments in profile.counts.items()
    }
    return {predicate: moments for predicate, moments in counts.items() if moments}
