"""Laws that hold whatever documents say and whatever happens: the rules are any that pass the checks."""

from collections.abc import Sequence

import msgspec
from hypothesis import HealthCheck, given, settings, strategies as st
from msgspec.inspect import type_info
from msgspec.structs import replace

from company import ANN, START_S, event
from language import Language
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.documents.check import check
from ripely.documents.decode import decode
from ripely.documents.encode import to_json
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import TooManyRoundsError, fold, new_profile
from ripely.engine.timeline import live
from ripely.engine.walk import TooManyStepsError
from ripely.model.action import Action
from ripely.model.acts import Act
from ripely.model.catalog import is_act
from ripely.model.company import Cap, Company, Guard, Member, Team
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import RulesetId
from ripely.model.journey import Arm, Case, Journey, Step
from ripely.model.profile import NOWHERE, Profile
from ripely.model.score import Level, Score
from ripely.model.segment import Segment
from ripely.model.template import Template
from ripely.model.transition import Transition
from ripely.model.trigger import Trigger

NAMES = (
    "page.viewed", "page.left", "product.viewed", "product.added", "order.completed", "email.opened",
    "email.clicked", "form.submitted", "contact.identified", "consent.granted", "consent.withdrawn",
    "tag.added", "list.joined", "topic.joined", "deal.opened", "deal.won", "quote.sent", "quote.viewed",
    "search.performed", "attribute.changed", "segment.entered", "score.changed", "journey.entered",
    "lifecycle.changed", "call.forbidden", "journey.requested",
)  # fmt: skip
PROPERTIES = (
    "path",
    "url",
    "total",
    "category",
    "products.category",
    "order_id",
    "name",
    "seconds",
    "template",
)
FACTS = ("city", "age", "birthday", "timezone", "owner", "country", "email", "phone")
VALUES = st.sampled_from(
    ["a", "b", "Kyiv", "/a", "2030-01-05", "Europe/Kyiv", "America/New_York", 1, 5, 40, True]
)  # fmt: skip
SPANS = st.sampled_from([60, 1_800, 3_600, 7_200, 86_400, 3 * 86_400, 40 * 86_400]).map(
    Duration
)
STEPS = st.sampled_from(["p", "q", "r"])
WAY = st.none() | STEPS


def one_of(*names: str) -> st.SearchStrategy:
    return st.sampled_from(names)


any_act = st.deferred(lambda: LANGUAGE.struct_of(Act))
LANGUAGE = Language(
    texts=one_of("a", "b", "Kyiv"),
    numbers=st.integers(-3, 40),
    durations=SPANS,
    pools={
        "event": one_of(*NAMES),
        "PointsFor.on": one_of(*NAMES),
        "property": one_of(*PROPERTIES),
        "of": one_of("total", "category", "a"),
        "AttributeIs.name": one_of(*FACTS),
        "OnAttribute.name": one_of(*FACTS),
        "attribute": one_of("birthday", "city"),
        "value": VALUES,
        "Goal.value": st.integers(0, 5),
        "Leave.condition": st.none(),
        "ScoreIs.of": st.just(""),
        "ScoreLevel.of": st.just(""),
        "OnScore.of": st.just(""),
        **dict.fromkeys(
            ("recency_at_least", "frequency_at_least"), st.none() | st.integers(1, 5)
        ),
        **dict.fromkeys(("recency_at_most", "frequency_at_most", "money_at_most"), st.none()),
        "money_at_least": st.none() | st.integers(1, 5),
        "op": one_of("equals", "not_equals", "contains", "at_least", "less_than"),
        "EmitAct.event": one_of("greeted", "page.viewed"),
        "Assign.to": one_of("olga", "petro"),
        "OnScore.reaches": st.integers(1, 40),
        "levels": st.just(()),
        "ScoreLevel.levels": st.just(("warm",)),
        "LifecycleIs.levels": st.just(("lead", "customer")),
        "Score.levels": st.just((Level("warm", 2),)),
        "OnScore.highest": st.just(False),
        "OnScore.falls_below": st.none(),
        "winner": one_of("", "a"),
        "least": st.none() | st.integers(-10, 0),
        "most": st.none() | st.integers(1, 100),
        "AwaitEvent.event": any_act,
        "Leave.event": any_act,
        "OnAttribute.before": st.none() | VALUES,
        "OnAttribute.after": st.none() | VALUES,
        "InSegment.id": one_of("s1", "s2"),
        "OnSegment.id": one_of("s1", "s2"),
        "ScoreIs.id": one_of("x1", "x2"),
        "ScoreLevel.id": one_of("x1", "x2"),
        "ScoreTrend.id": one_of("x1", "x2"),
        "TopScore.id": one_of("x1", "x2"),
        "TopScore.among": st.just(("x1", "x2")),
        "TopPart.id": one_of("x1", "x2"),
        "OnScore.id": one_of("x1", "x2"),
        "score": st.none() | one_of("x1", "x2"),
        "add_points": st.dictionaries(one_of("x1", "x2"), st.integers(-5, 40), max_size=1),
        "InJourney.id": one_of("j1", "j2"),
        "journey": one_of("j1", "j2"),
        "Message.journey": one_of("", "j1"),
        "template": st.just("t"),
        "Message.template": one_of("", "t"),
        "team": st.none() | st.just("team"),
        "to": one_of("owner", "olga", "team:team"),
        "url": st.just("https://hooks.example.com/x"),
        "timezone": one_of("", "UTC", "Europe/Kyiv", "America/New_York"),
        "then": WAY,
        "otherwise": WAY,
        "back_to": STEPS,
        "start": STEPS,
        "step": STEPS,
        "at_least": st.none() | st.integers(0, 4),
        "at_most": st.none() | st.integers(0, 4),
        "Hours.start": one_of("09:00", "22:00"),
        "Hours.end": one_of("07:00", "20:00"),
        "Hours.weekdays": st.just(("monday", "friday")),
        "Repeat.at_most": st.integers(1, 3),
        "Cap.at_most": st.integers(1, 3),
        "Budget.at_most": st.integers(1, 3),
    },
    said={
        "value",
        "Assign.to",
        "OnScore.reaches",
        "WaitUntil.at",
        "caps",
        "Leave.event",
        "levels",
    },
    optional_max=4,
)


def several(cls: type, least: int, most: int) -> st.SearchStrategy:
    one = st.deferred(lambda: LANGUAGE.struct_of(cls))
    return st.lists(one, min_size=least, max_size=most).map(tuple)


def any_of(union: object) -> st.SearchStrategy:
    return st.deferred(lambda: LANGUAGE.made(type_info(union)))


LANGUAGE.pools |= {
    "arms": several(Arm, 2, 2).map(
        lambda arms: tuple(replace(a, name=n) for a, n in zip(arms, "ab", strict=True))
    ),
    "cases": several(Case, 1, 2),
    "Sequence.acts": several(Act, 2, 3),
    "actions": st.lists(any_of(Action), min_size=1, max_size=2).map(
        lambda found: tuple(replace(action, then=None) for action in found)
    ),
    "triggers": st.lists(any_of(Trigger), min_size=1, max_size=3).map(tuple),
    "steps": st.fixed_dictionaries(dict.fromkeys("pqr", any_of(Step))),
    "caps": several(Cap, 1, 2),
    "members": st.just(
        (Member("olga", score_at_least=0), Member("petro", territories=("Kyiv",)))
    ),
}
FORGIVEN = {
    "endless_loop",
    "unreachable_step", "never_true", "no_action", "empty_update", "empty_group", "empty_branch", "empty_score",
    "bad_levels",
}  # fmt: skip
"""Mistakes that no person would publish, and that the fold must survive all the same."""


def named(cls: type, *ids: str) -> st.SearchStrategy:
    """One document of a kind under each of these ids."""
    return st.tuples(
        *(LANGUAGE.struct_of(cls).map(lambda d, i=i: replace(d, id=i)) for i in ids)
    )


drawn = st.builds(
    lambda *groups: [d for group in groups for d in group],
    named(Segment, "s1", "s2"),
    named(Score, "x1", "x2"),
    named(Journey, "j1", "j2", "j3"),
    named(Company, "company"),
    named(Guard, "g"),
    named(Team, "team"),
    st.just((Template("t", "T", "subject", "<mjml><mj-body></mj-body></mjml>"),)),
)

facts = st.dictionaries(
    st.sampled_from([*PROPERTIES, *FACTS, "by", "purpose", "tag", "list", "topic", "deal", "stage", "quote", "value", "journey", "segment", "score"]),
    VALUES,
    max_size=4,
)  # fmt: skip
happenings = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        facts,
        st.sampled_from([0, 1, 600, 4_000, 86_400, 5 * 86_400]),
        st.sampled_from([0, 0, 0, 60, 5_000]),
    ),
    min_size=1,
    max_size=15,
)
slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def sound(definitions: Sequence[Definition]) -> list[Definition]:
    """Leave out what would not be published, and what then names something that is not there."""
    left = list(definitions)
    while True:
        documents = [d for n, one in enumerate(left) for d in decode(f"{n}.json", to_json(one))]
        wrong = {
            int(finding.file.removesuffix(".json"))
            for finding in check(documents)
            if not finding.warning and finding.code not in FORGIVEN
        }
        if not wrong:
            return left
        left = [one for n, one in enumerate(left) if n not in wrong]


rules = drawn.map(sound)


def compiled(definitions: Sequence[Definition]) -> Ruleset:
    return compile_ruleset(Published(tuple(definitions)), RulesetId("any"), is_act)


def told(happened) -> list[Event]:
    at_s, events = START_S, []
    for number, (name, properties, gap_s, late_s) in enumerate(happened):
        at_s += gap_s
        plain = {"products": [{"category": "a"}], **properties}
        events.append(event(number, ANN, name, at_s, late_s=late_s, **plain))
    return events


def folded(rules: Ruleset, profile: Profile, events: Sequence[Event]) -> Transition | None:
    """Fold, or return nothing where the contact would be stopped: rules may go round without end."""
    try:
        return fold(rules, profile, events)
    except (TooManyRoundsError, TooManyStepsError):
        return None


def again(profile: Profile) -> Profile:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(profile), type=Profile)


@slow
@given(rules, happenings, st.integers(0, 15))
def test_batches_do_not_matter_and_profiles_survive_storage(definitions, happened, cut):
    ruleset, events = compiled(definitions), told(happened)
    whole = folded(ruleset, new_profile(ANN, START_S), events)
    first = folded(ruleset, new_profile(ANN, START_S), events[:cut])
    if whole is None or first is None:
        return
    second = folded(ruleset, again(first.profile), events[cut:])
    assert second is not None
    assert msgspec.to_builtins(whole.profile, str_keys=True) == msgspec.to_builtins(
        second.profile, str_keys=True
    )
    assert whole.effects == first.effects + second.effects
    assert whole.notes == first.notes + second.notes


@slow
@given(rules, happenings, st.integers(0, 10 * 86_400))
def test_what_is_kept_is_what_would_be_answered_now(definitions, happened, rest_s):
    ruleset, events = compiled(definitions), told(happened)
    until_s = events[-1].now_s + rest_s
    try:
        lived = live(ruleset, new_profile(ANN, START_S), events, until_s).profile
    except (TooManyRoundsError, TooManyStepsError):
        return
    asked = {
        w.subject: w.test(lived, until_s, NOWHERE)
        for w in ruleset.watches
        if w.kind == "segment"
    }
    kept = {subject: subject in lived.segments for subject in asked}
    assert kept == asked


@slow
@given(rules, happenings)
def test_a_repeated_history_changes_nothing(definitions, happened):
    ruleset, events = compiled(definitions), told(happened)
    once = folded(ruleset, new_profile(ANN, START_S), events)
    if once is None:
        return
    twice = folded(ruleset, again(once.profile), events)
    assert twice is not None
    assert not twice.effects
