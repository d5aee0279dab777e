import pytest

from ripely.documents.decode import decode
from ripely.documents.source import BYTES_MAX
from ripely.model.duration import Duration
from ripely.model.journey import Journey, Wait
from ripely.model.segment import Segment


def said(text, name="a.yaml", **files):
    """Every problem of a file as `line path code`."""
    documents = decode(name, text.encode(), {k: v.encode() for k, v in files.items()})
    found = [d.find(problem) for d in documents for problem in d.problems]
    return [f"{f.line} {f.path} {f.code}" for f in found]


def sentences(text):
    return [p.message for d in decode("a.yaml", text.encode()) for p in d.problems]


JOURNEY = """\
kind: journey
id: cart
name: Cart
triggers:
  - on: event
    event: cart.updated
    whre: []
  - on: scor
start: pause
steps:
  pause: {do: wait, for: 3 days, then: x}
  until: {do: wait_until, at: "25:00", weekdays: [tuseday]}
  x: {do: snd, template: 3}
  y: {do: branch, cases: [{when: {if: did, event: 5, at_least: "3"}}], otherwise: x}
filter: {if: attribute, name: a, value: [1, {a: 2}]}
goal: 5
reentry: "no"
"""


def test_every_misfit_of_a_document_comes_at_once_with_its_line():
    assert said(JOURNEY) == [
        "7 $.triggers[0].whre unknown_field",
        "8 $.triggers[1].on unknown_choice",
        "11 $.steps.pause.for bad_duration",
        "12 $.steps.until.at bad_time",
        "12 $.steps.until.weekdays[0] unknown_choice",
        "13 $.steps.x.do unknown_choice",
        "14 $.steps.y.cases[0].when.event wrong_type",
        "14 $.steps.y.cases[0].when.at_least wrong_type",
        "15 $.filter.value wrong_type",
        "17 $.reentry unknown_choice",
        "16 $.goal wrong_type",
    ]


def test_what_is_sound_in_a_broken_document_is_still_understood():
    (document,) = decode("a.yaml", JOURNEY.encode())
    assert isinstance(document.definition, Journey)
    assert not document.sound
    assert document.definition.triggers[0].event == "cart.updated"


def test_sentences_name_what_was_probably_meant():
    found = sentences(JOURNEY)
    assert found[0] == 'An "event" trigger has no "whre"; did you mean "where"?'
    assert '"tuseday" is not possible here; did you mean "tuesday"?' in found
    assert '"3 days" is not a length of time like 30d, 12h, 15m or 1h 30m.' in found


def test_a_number_for_a_duration_is_told_to_add_a_unit():
    text = (
        "kind: journey\nid: a\nname: a\ntriggers: []\nstart: w\nsteps: {w: {do: wait, for: 90}}"
    )
    assert sentences(text) == [
        "90 is not a length of time like 30d, 12h, 15m or 1h 30m; add the unit."
    ]


def test_missing_parts_are_asked_for():
    assert said("kind: segment\nid: a") == ["1 $.name missing_field", "1 $.when missing_field"]
    (sentence,) = sentences("kind: segment\nid: a\nname: a\nwhen: {event: page.viewed}")
    assert sentence.startswith('A condition needs "if": ')
    assert "did, " in sentence


def test_several_documents_in_one_file_each_stand_for_themselves():
    text = "kind: segmnt\n---\n---\nkind: segment\nid: a\nname: A\nwhen: {if: tag, name: x}\n---\n[1"
    documents = decode("a.yaml", text.encode())
    assert [bool(d.definition) for d in documents] == [False, True, False]
    assert said(text) == ["1 $.kind unknown_choice", "9 $ not_readable"]


def test_plain_words_of_yaml_stay_the_words_they_are():
    text = """
kind: journey
id: a
name: 2030-01-01
description: no
triggers: [{on: event, event: yes}]
start: w
steps:
  w: {do: wait_until, at: 20:00, then: v}
  v: {do: wait, for: 1h 30m}
"""
    (document,) = decode("a.yaml", text.encode())
    assert document.sound
    journey = document.definition
    assert (journey.name, journey.description) == ("2030-01-01", "no")
    assert (journey.triggers[0].event, journey.steps["w"].at) == ("yes", "20:00")
    assert journey.steps["v"] == Wait(Duration(5400))


def test_json_is_read_too_and_may_hold_a_list():
    one = '{"kind": "segment", "id": "a", "name": "A", "when": {"if": "tag", "name": "x"}}'
    (first, second) = decode("a.json", f"[{one}, {one}]".encode())
    assert isinstance(first.definition, Segment)
    assert second.sound
    assert said('{"kind": 1,\n "kind": 2}', "a.json") == [
        "1 $.kind repeated_key",
        "1 $.kind unknown_choice",
    ]
    assert said('{"kind": \n', "a.json") == ["2 $ not_readable"]


def test_a_template_may_take_its_text_from_a_file_beside_it():
    text = "kind: template\nid: t\nname: T\nsubject: S\nbody_file: t.mjml"
    files = {"mail/t.mjml": b"<mjml/>"}
    (document,) = decode("mail/a.yaml", text.encode(), files)
    assert document.definition.body == "<mjml/>"
    assert said(text, "mail/a.yaml", **{"t.mjml": ""}) == ["5 $.body_file missing_file"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", None),
        ("- 1", "1 $ not_a_document"),
        ("text", "1 $ not_a_document"),
        ("id: a", "1 $ not_a_document"),
        ("kind: [a]", "1 $.kind unknown_choice"),
        ("a: 1\na: 2", "2 $.a repeated_key"),
        ("{a: 1}: 2", "1 $ unsupported_yaml"),
        ("kind: !!python/object:os.system x", "1 $.kind unsupported_yaml"),
        ("kind: !!int x", "1 $.kind unsupported_yaml"),
        ('kind: "a\\0b"', "1 $.kind unsupported_yaml"),
        ("kind: \x07", "1 $ not_readable"),
        ("a:\n\t- b", "2 $ not_readable"),
        ("[" * 10_000, "1 $ too_large"),
        ("&a [*a]", "1 $ too_large"),
        ("x" * (BYTES_MAX + 1), "1 $ too_large"),
    ],
)
def test_whatever_a_file_holds_is_answered_with_a_problem(text, problem):
    assert said(text)[:1] == ([problem] if problem else [])


@pytest.mark.parametrize(
    "text", ["[" * 10_000, "1" * 5_000, "NaN", '{"a": 1e999}', '"\\ud800"']
)
def test_whatever_json_holds_is_answered_with_a_problem(text):
    assert said(text, "a.json")


def test_a_file_that_is_not_text_is_told_so():
    (document,) = decode("a.yaml", b"kind: segment\nname: \xff\xfe")
    assert [document.find(p).line for p in document.problems] == [2]


def test_a_billion_laughs_end_early():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert said("\n".join(lines))[0].endswith("$ too_large")


def test_a_long_text_repeated_by_aliases_ends_early():
    text = f"name: &n {'x' * 90_000}\nmore: [{', '.join(['*n'] * 10_000)}]"
    assert said(text)[0].endswith("$ too_large")


def test_an_escape_that_names_no_character_is_told():
    assert said('a: 1\nb: "\\UFFFFFFFF"') == ["2 $ not_readable"]


def test_a_neighbour_file_that_is_no_text_is_told():
    text = b"kind: template\nid: t\nname: T\nsubject: S\nbody_file: t.mjml"
    (document,) = decode("a.yaml", text, {"t.mjml": b"\xff"})
    assert [p.message for p in document.problems] == ['The file "t.mjml" is not text in UTF-8.']


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ("when: hot", "4 $.when wrong_type"),
        ("when: {if: all, conditions: {if: tag}}", "4 $.when.conditions wrong_type"),
        ("when: {if: did, event: x, where: [x]}", "4 $.when.where[0] wrong_type"),
        ("when: {if: tag, name: null}", "4 $.when.name wrong_type"),
        ("when: {if: did, event: x, at_least: true}", "4 $.when.at_least wrong_type"),
        ("when: {if: did, event: x, within: [1]}", "4 $.when.within bad_duration"),
        ("when: {if: did, event: x, within: 99999d}", "4 $.when.within bad_duration"),
    ],
)
def test_a_value_of_the_wrong_sort_is_told(part, problem):
    assert said(f"kind: segment\nid: a\nname: a\n{part}") == [problem]


def test_names_with_values_are_asked_for_where_they_belong():
    text = "kind: journey\nid: a\nname: a\ntriggers: []\nstart: a\nsteps: [a]"
    assert said(text) == ["6 $.steps wrong_type"]


def test_a_file_full_of_mistakes_is_answered_in_bounded_length():
    keys = "\n".join(f"whenn{n}: 1" for n in range(20_000))
    (document,) = decode("a.yaml", f"kind: segment\nid: a\n{keys}".encode())
    assert 200 <= len(document.problems) <= 210
