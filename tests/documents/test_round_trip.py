"""Laws of documents: what is written is read back the same, and shape says what msgspec says."""

import random

import msgspec
from hypothesis import given, strategies as st
from msgspec import inspect as types

from ripely.documents.decode import decode
from ripely.documents.encode import from_json, to_json, to_yaml
from ripely.documents.references import key_of
from ripely.model import words
from ripely.model.definition import Definition
from ripely.model.duration import Duration

texts = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20
)
PATTERNED = {
    words.pattern_of(words.ClockTime): st.sampled_from(["00:00", "09:30", "20:00", "23:59"]),
    words.pattern_of(words.Day): st.sampled_from(["2030-01-31", "1999-12-01"]),
    words.pattern_of(words.MonthDay): st.sampled_from(["09-01", "02-29"]),
    words.pattern_of(words.Holiday): st.sampled_from(["12-25", "2030-01-01"]),
}
DEPTH_MAX = 3


def made(wanted: types.Type, depth: int = 0) -> st.SearchStrategy:
    """Any value of a type of the language: every word of it, in every place where it may stand."""
    match wanted:
        case types.StructType():
            found = struct(wanted, depth)
        case types.UnionType():
            near = [t for t in wanted.types if depth < DEPTH_MAX or not holds_more(t)]
            found = st.one_of([made(t, depth) for t in near or wanted.types])
        case types.VarTupleType(item_type=inner):
            found = st.lists(made(inner, depth), max_size=2).map(tuple)
        case types.TupleType(item_types=inners):
            found = st.tuples(*(made(inner, depth) for inner in inners))
        case types.DictType(key_type=key, value_type=value):
            found = st.dictionaries(made(key), made(value, depth), max_size=2)
        case types.LiteralType(values=choices):
            found = st.sampled_from(choices)
        case _:
            found = scalar(wanted)
    return found


def scalar(wanted: types.Type) -> st.SearchStrategy:
    match wanted:
        case types.StrType(pattern=pattern):
            return PATTERNED[pattern] if pattern else texts
        case types.IntType(ge=least, le=most):
            low = -(10**15) if least is None else least
            return st.integers(low, 10**15 if most is None else most)
        case types.FloatType(ge=least, le=most):
            low = -1e6 if least is None else least
            return st.floats(low, 1e6 if most is None else most, allow_nan=False)
        case types.BoolType():
            return st.booleans()
        case types.NoneType():
            return st.none()
        case types.CustomType():
            return st.integers(0, 10**8).map(Duration)
        case _:
            raise AssertionError(wanted)


def struct(wanted: types.StructType, depth: int) -> st.SearchStrategy:
    """Instances with all that must be said, and now and then some of what may be."""
    required = {f.name: made(f.type, depth + 1) for f in wanted.fields if f.required}
    rest = [f for f in wanted.fields if not f.required]

    def said(names: frozenset[str]) -> st.SearchStrategy:
        extra = {f.name: made(f.type, depth + 1) for f in rest if f.name in names}
        return st.builds(wanted.cls, **required, **extra)

    chosen = (
        st.frozensets(st.sampled_from([f.name for f in rest]), max_size=3)
        if rest
        else st.just(frozenset())
    )
    return chosen.flatmap(said)


def holds_more(wanted: types.Type) -> bool:
    """Whether a type asks for further conditions, and so could go on without end."""
    return isinstance(wanted, types.StructType) and any(
        f.encode_name in {"condition", "conditions", "audience"} and f.required
        for f in wanted.fields
    )


definitions: st.SearchStrategy[Definition] = made(types.type_info(Definition))


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
