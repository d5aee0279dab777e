"""Laws of documents: what is written is read back the same, and shape says what msgspec says."""

import random

import msgspec
from hypothesis import given, strategies as st

from ripely.documents.decode import decode
from ripely.documents.encode import from_json, to_json, to_yaml
from ripely.documents.references import key_of
from ripely.model.condition import Condition
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.journey import Arm, Branch, Case, Goal, Journey, Step, Wait
from ripely.model.score import Level, PointsFor, PointsWhile, Score
from ripely.model.segment import Segment
from ripely.model.template import Template
from ripely.model.trigger import Trigger

texts = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20
)
numbers = st.integers(-(10**15), 10**15)
values = st.one_of(
    st.none(), st.booleans(), numbers, st.floats(-1e6, 1e6, allow_nan=False), texts
)
st.register_type_strategy(Duration, st.integers(0, 10**8).map(Duration))
"""Built by hand where the types alone say too little: ranges, unions of values, and depth."""

CLOCKS = st.sampled_from(["00:00", "09:30", "20:00", "23:59"])


def made(struct, **known):
    """Instances of a struct: known fields by their strategy, the others by their defaults."""
    return st.builds(struct, **known)


from ripely.model import condition as c, journey as j  # noqa: E402

wheres = made(
    c.Where, property=texts, op=st.sampled_from(["equals", "in", "matches"]),
    value=values | st.lists(values, max_size=3).map(tuple),
)  # fmt: skip
leaves = st.one_of(
    made(c.AttributeIs, name=texts, value=values),
    made(
        c.Did, event=texts, where=st.lists(wheres, max_size=2).map(tuple),
        at_least=st.none() | st.integers(0, 9), within=st.none() | st.from_type(Duration),
    ),
    made(c.Page, match=st.sampled_from(["equals", "path", "category"]), value=texts),
    made(c.InSegment, id=texts),
    made(c.ScoreIs, id=texts, at_most=st.none() | numbers),
    made(c.HasTag, name=texts),
    made(c.HasConsent),
    made(c.InJourney, id=texts),
)  # fmt: skip
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        made(c.All, conditions=st.lists(inner, max_size=3).map(tuple)),
        made(c.AnyOf, conditions=st.lists(inner, max_size=3).map(tuple)),
        made(c.Not, condition=inner),
    ),
    max_leaves=6,
)
ways = st.none() | texts
triggers: st.SearchStrategy[Trigger] = st.one_of(
    made(j.OnEvent, event=texts, nth=st.none() | st.integers(1, 100)),
    made(j.OnSegment, id=texts, change=st.sampled_from(["entered", "left"])),
    made(j.OnScore, id=texts, reaches=numbers),
    made(j.OnCondition, when=conditions),
    made(j.OnDate, attribute=texts, at=CLOCKS, offset_days=st.integers(-99, 99)),
)
steps: st.SearchStrategy[Step] = st.one_of(
    made(j.Send, template=texts, then=ways),
    made(Wait, period=st.from_type(Duration), then=ways),
    made(
        j.WaitUntil, at=CLOCKS, then=ways,
        weekdays=st.lists(st.sampled_from(["monday", "tuesday"]), max_size=2).map(tuple),
    ),
    made(j.Await, condition=conditions, timeout=st.from_type(Duration), otherwise=ways),
    made(Branch, cases=st.lists(made(Case, condition=conditions, then=ways), max_size=2).map(tuple)),
    made(j.Split, arms=st.lists(made(Arm, name=texts, then=ways), max_size=2).map(tuple)),
    made(
        j.Update, set=st.dictionaries(texts, values, max_size=2), then=ways,
        set_dates=st.dictionaries(texts, st.from_type(Duration), max_size=2),
        add_points=st.dictionaries(texts, numbers, max_size=2),
    ),
    made(j.Task, title=texts, due=st.from_type(Duration)),
    made(j.Notify, text=texts),
    made(j.Webhook, url=texts),
    made(j.Exit, reason=texts),
)  # fmt: skip
points = st.integers(-100_000, 100_000)
definitions: st.SearchStrategy[Definition] = st.one_of(
    made(Segment, id=texts, name=texts, when=conditions, description=texts),
    made(
        Score, id=texts, name=texts,
        events=st.lists(made(PointsFor, on=texts, points=points), max_size=2).map(tuple),
        facts=st.lists(made(PointsWhile, when=conditions, points=points), max_size=2).map(tuple),
        levels=st.lists(made(Level, name=texts, at_least=numbers), max_size=2).map(tuple),
    ),
    made(
        Journey, id=texts, name=texts, start=texts,
        triggers=st.lists(triggers, max_size=2).map(tuple),
        steps=st.dictionaries(texts, steps, max_size=4),
        filter=st.none() | conditions,
        goal=st.none() | made(Goal, condition=conditions),
        reentry_after=st.none() | st.from_type(Duration),
    ),
    made(Template, id=texts, name=texts, subject=texts, body=texts, text=texts),
)  # fmt: skip


@given(definitions)
def test_json_comes_back_as_it_went(definition):
    body = to_json(definition)
    assert from_json(body) == definition
    (document,) = decode("a.json", body)
    assert document.sound
    assert document.definition == definition


@given(definitions)
def test_yaml_comes_back_as_it_went(definition):
    (document,) = decode("a.yaml", to_yaml(definition).encode())
    assert [p.message for p in document.problems] == []
    assert document.definition == definition
    assert document.key == key_of(definition)


@given(definitions)
def test_the_order_of_keys_does_not_change_the_canonical_text(definition):
    plain = msgspec.json.decode(to_json(definition))
    shuffled = msgspec.json.encode(dict(reversed(plain.items())))
    (document,) = decode("a.json", shuffled)
    assert to_json(document.definition) == to_json(definition)


@given(
    definitions,
    st.randoms(use_true_random=False),
    st.sampled_from([None, 7, "x", [], {}, True]),
)
def test_shape_finds_a_problem_exactly_when_the_type_refuses(definition, chance, odd):
    plain = msgspec.json.decode(to_json(definition))
    _spoil(plain, chance, odd)
    body = msgspec.json.encode(plain)
    (document,) = decode("a.json", body)
    try:
        from_json(body)
    except msgspec.ValidationError:
        assert document.problems
    else:
        # Ten years are enough, which the type does not know.
        assert not [p for p in document.problems if p.code != "bad_duration"]


def _spoil(plain: dict, chance: random.Random, odd: object) -> None:
    """Put something odd in one place of a document."""
    here: dict | list = plain
    while True:
        key = chance.choice(list(here) if isinstance(here, dict) else range(len(here)))
        if not (isinstance(here[key], dict | list) and here[key]) or chance.random() < 0.3:
            here[key] = odd
            return
        here = here[key]
