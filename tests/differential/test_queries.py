"""A condition means one thing: the answers of both engines equal the matcher's."""

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from company import ANN, BOB, START_S, rules
from differential import speaking
from differential.asking import FAMILIES, beginnings, conditions, happenings, rests, told
from differential.columns import Click, Duck, Lived
from differential.test_history import COMPANY
from engine.test_whole_language import again, compiled
from ripely.compiler.matcher import compile_matcher
from ripely.compiler.normalize import Kernels
from ripely.compiler.query import Audiences, Moment, Rules
from ripely.compiler.ruleset import Published
from ripely.model.acts import Did
from ripely.model.ids import SegmentId
from ripely.model.profile import NOWHERE
from ripely.model.score import Score
from ripely.model.segment import Segment

KNOWN = Rules(COMPANY)
few = settings(
    max_examples=max(8, settings.default.max_examples // 20),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
"""Each example asks two engines."""


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    return [Duck(tmp_path_factory.mktemp("lake")), Click()]


def agree(engines, lived: Lived, asked, moment, rules=KNOWN, profiles=None) -> None:
    """Ask both engines, and the matcher of these profiles, or of those that live."""
    rows, expected = lived.rows(), {}
    tests = [
        compile_matcher(Kernels(rules.company, rules.scores).normalize(one), rules.company).test
        for one in asked
    ]
    for contact, profile in (profiles or lived.profiles).items():
        if profile.merged_into is None:
            answers = (test(profile, moment.at_s, NOWHERE) for test in tests)
            expected[int(contact)] = tuple(map(int, answers))
    for engine in engines:
        engine.fill(rows)
        sql = Audiences(rules, moment, engine.dialect).answers(asked)
        found = {contact: tuple(answers) for contact, *answers in engine.ask(sql)}
        assert found == expected, engine.dialect


@pytest.mark.parametrize("family", FAMILIES)
@few
@given(data=st.data(), begins_s=beginnings, rest_s=rests)
def test_answers_about_what_people_did_are_the_matchers(
    engines, family, data, begins_s, rest_s
):
    drawn = data.draw(st.lists(FAMILIES[family], min_size=3, max_size=3))
    asked = [condition for condition, _ in drawn]
    lived = Lived(
        rules(COMPANY, *(Segment(SegmentId(f"s{n}"), "S", c) for n, c in enumerate(asked)))
    )
    until_s = begins_s
    for number, (_, happened) in enumerate(drawn):
        contact = ANN + number
        for event in told(happened, begins_s, contact):
            lived.take(event)
            until_s = max(until_s, event.now_s)
    lived.rest(until_s + rest_s)
    agree(engines, lived, asked, Moment(until_s + rest_s))


@few
@given(definitions=speaking.definitions, happened=speaking.happenings, rest_s=speaking.rests)
def test_answers_of_the_whole_language_are_the_matchers(engines, definitions, happened, rest_s):
    lived = Lived(compiled(definitions))
    until_s = lived.happen(happened) + rest_s
    lived.rest(until_s)
    asked = [d.when for d in definitions if isinstance(d, Segment)]
    scores = {d.id: d for d in definitions if isinstance(d, Score)}
    known = Rules(Published(tuple(definitions)).company, scores)
    agree(engines, lived, asked, Moment(until_s), known)


@few
@given(asked=conditions, happened=happenings, cut=st.integers(0, 20), begins_s=beginnings)
def test_answers_of_the_past_are_what_the_matcher_said_then(
    engines, asked, happened, cut, begins_s
):
    lived = Lived(rules(COMPANY, Segment(SegmentId("s"), "S", asked)), with_past=True)
    events = told(happened, begins_s)
    before = [
        event for event in events if event.now_s <= events[min(cut, len(events) - 1)].now_s
    ]
    for event in before:
        lived.take(event)
    then = {contact: again(profile) for contact, profile in lived.profiles.items()}
    for event in events[len(before) :]:
        lived.take(event)
    if then:
        at_s = before[-1].now_s
        agree(engines, lived, [asked], Moment(at_s, past=True), profiles=then)


def test_what_is_passed_on_or_ignored_is_not_counted_twice(engines):
    asked = [Did("page.viewed", at_least=times) for times in (2, 3, 1_001)]
    people = Lived(
        rules(COMPANY, *(Segment(SegmentId(f"s{n}"), "S", c) for n, c in enumerate(asked)))
    )
    for who in (ANN, BOB):
        people.tell(who, "page.viewed", START_S, url="/")
    people.tell(BOB, "contact.merged", START_S + 60, into=ANN)
    people.tell(BOB, "page.viewed", START_S + 120, url="/")
    agree(engines, people, asked, Moment(START_S + 200))
    people.tell(ANN, "contact.unmerged", START_S + 240, **{"from": BOB})
    agree(engines, people, asked, Moment(START_S + 300))
    for _ in range(1_010):
        people.tell(BOB, "page.viewed", START_S + 600, url="/")
    agree(engines, people, asked, Moment(START_S + 900))
