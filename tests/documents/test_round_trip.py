"""Laws of documents: what is written is read back the same, and shape says what msgspec says."""

import random

import msgspec
from hypothesis import given, strategies as st

from language import Language
from ripely.documents.decode import decode
from ripely.documents.encode import from_json, to_json, to_yaml
from ripely.documents.references import key_of

definitions = Language().definitions()


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


def test_yaml_is_as_a_person_would_write_it():
    text = """kind: segment
id: late
name: Late
description: Has not paid for long.
when:
  if: any
  conditions:
  - if: did
    event: order.completed
    within: 60d
  - if: did
    event: page.viewed
    within: 2w
  - if: did
    event: file.downloaded
    within: 1d 6h
"""
    (document,) = decode("a.yaml", text.encode())
    assert to_yaml(document.definition) == text


def test_what_starts_a_journey_needs_no_quotes():
    text = """kind: journey
id: thanks
name: Thanks
triggers:
- on: event
  event: order.completed
start: mark
steps:
  mark:
    do: update
    add_tags:
    - buyer
"""
    (document,) = decode("a.yaml", text.encode())
    assert to_yaml(document.definition) == text


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
