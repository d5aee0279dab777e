"""A condition means one thing: the answers of both engines equal the matcher's."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from company import ANN, rules
from differential import speaking
from differential.asking import FAMILIES, beginnings, rests, told
from differential.columns import Click, Duck, Lived
from differential.test_history import COMPANY
from engine.test_whole_language import compiled
from ripely.compiler.matcher import compile_matcher
from ripely.compiler.normalize import Kernels
from ripely.compiler.query import Audiences, Moment, Rules
from ripely.compiler.ruleset import Published
from ripely.model.ids import SegmentId
from ripely.model.profile import NOWHERE
from ripely.model.score import Score
from ripely.model.segment import Segment

few = settings(
    max_examples=max(5, settings.default.max_examples // 20),
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    return [Duck(tmp_path_factory.mktemp("lake")), Click()]


def agree(engines, lived: Lived, asked, at_s: int, company=COMPANY, scores=MappingProxyType({})) -> None:
    rows = lived.rows()
    expected = {}
    for contact, profile in lived.profiles.items():
        if profile.merged_into is None:
            expected[int(contact)] = tuple(
                int(
                    compile_matcher(Kernels(company, scores).normalize(c), company).test(
                        profile, at_s, NOWHERE
                    )
                )
                for c in asked
            )
    for engine in engines:
        engine.fill(rows)
        sql = Audiences(Rules(company, scores), Moment(at_s), engine.dialect).answers(asked)
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
    agree(engines, lived, asked, until_s + rest_s)


@few
@given(definitions=speaking.definitions, happened=speaking.happenings, rest_s=speaking.rests)
def test_answers_of_the_whole_language_are_the_matchers(engines, definitions, happened, rest_s):
    lived = Lived(compiled(definitions))
    until_s = lived.happen(happened) + rest_s
    lived.rest(until_s)
    asked = [d.when for d in definitions if isinstance(d, Segment)]
    company = Published(tuple(definitions)).company
    agree(
        engines,
        lived,
        asked,
        until_s,
        company,
        {d.id: d for d in definitions if isinstance(d, Score)},
    )
