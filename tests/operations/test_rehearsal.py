"""A story that goes otherwise must fail, and say where."""

from datetime import UTC, datetime

import pytest

from ripely.operations.rehearsing.rehearsal import compile_script, rehearse
from ripely.operations.rehearsing.story import StoryError, read_script

RULES = """\
Definitions:
kind: journey
id: reminder
name: Reminder
triggers: [{on: event, event: cart.updated}]
start: wait
steps:
  wait: {do: wait, for: 1h, then: tell}
  tell: {do: notify, text: Hello, to: olga}

Story: A cart
"""


def played(lines):
    script = read_script(RULES + lines)
    (story,) = script.stories
    return rehearse(story, compile_script(script, story.zone))


def test_what_was_told_is_what_followed():
    assert played("Mon 09:00 cart.updated\nMon 10:00\n -> notify olga: Hello\n") == []


def test_what_nobody_expected_is_told_with_its_moment():
    assert played("Mon 09:00 cart.updated\nMon 10:00\n") == [
        "line 13: nobody expected at Mon 2030-01-07 10:00:00: notify olga: Hello"
    ]


def test_a_timer_that_fires_at_another_moment_is_no_answer():
    (early, missing) = played("Mon 09:00 cart.updated\nMon 10:01\n -> notify olga: Hello\n")
    assert early.startswith("line 13: nobody expected at Mon 2030-01-07 10:00:00")
    assert missing == "line 13: expected, but it did not follow: notify olga: Hello"


def test_a_fact_that_is_otherwise_is_told():
    lines = "Mon 09:00 contact.identified city=Kyiv\n has city = Lviv\n has segments =\n"
    assert played(lines) == ["line 12: city is Kyiv, not Lviv"]


def test_a_letter_that_says_something_else_is_told():
    letter = (
        "kind: template\nid: t\nname: T\nsubject: Dear {{ contact.name }}\nbody: |\n"
        "  <mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>"
        "</mj-body></mjml>\n---\n"
    )
    rules = RULES.replace("kind: journey", letter + "kind: journey")
    rules = rules.replace("do: notify, text: Hello, to: olga", "do: send, template: t")
    lines = (
        "Mon 09:00 contact.identified email=a@x.example name=Ann\nMon 09:00 consent.granted\n"
        "Mon 09:00 cart.updated\n+1h\n-> send t to a@x.example\nsays {}\nsays Hello\n"
    )
    (story, other) = (
        read_script(rules + lines.format(text)).stories[0] for text in ("Dear Ann", "Dear Bob")
    )
    stage = compile_script(read_script(rules + lines), story.zone)
    assert rehearse(story, stage) == []
    assert rehearse(other, stage) == [f"line {other.acts[-1].line}: no letter says Dear Bob"]


def test_whoever_speaks_of_journeys_tells_all_of_them():
    lines = (
        "Mon 09:00 cart.updated\n -> entered journey reminder\n+1h\n -> notify olga: Hello\n"
    )
    assert played(lines) == [
        "line 14: nobody expected at Mon 2030-01-07 10:00:00: left journey reminder at tell: the end"
    ]


def test_documents_with_problems_are_refused_with_the_line_in_the_file():
    script = read_script(RULES.replace("then: tell", "then: tall") + "Mon 09:00 cart.updated")
    with pytest.raises(AssertionError, match=r"line 8: \$\.steps\.wait\.then"):
        compile_script(script, script.stories[0].zone)


@pytest.mark.parametrize(
    ("lines", "moments"),
    [
        ("Mon 09:00 a.b\nMon 10:00\n", ["2030-01-07 09:00", "2030-01-07 10:00"]),
        ("Mon 09:00 a.b\nMon 08:00\n", ["2030-01-07 09:00", "2030-01-14 08:00"]),
        ("Wed 09:00 a.b\n08:00\n", ["2030-01-09 09:00", "2030-01-10 08:00"]),
        ("Sun 23:00 a.b\n+1d 2h c.d\n", ["2030-01-13 23:00", "2030-01-15 01:00"]),
        ("2030-05-01 12:00 a.b\n", ["2030-05-01 12:00"]),
    ],
)
def test_times_are_read_as_people_mean_them(lines, moments):
    (story,) = read_script(RULES + lines).stories
    assert [f"{act.at:%Y-%m-%d %H:%M}" for act in story.acts] == moments


def test_an_hour_is_an_hour_when_the_clocks_change():
    lines = "Zone Europe/Kyiv\n2030-03-31 02:30 a.b\n+1h\n"
    (story,) = read_script(RULES + lines).stories
    assert story.acts[1].at.astimezone(UTC) == datetime(2030, 3, 31, 1, 30, tzinfo=UTC)


def test_words_of_a_line_are_read():
    (story,) = read_script(RULES + 'Mon 09:00 Bob a.b n=3 ok=true t="two words" x5\n').stories
    (act,) = story.acts
    assert (act.who, act.event, act.times) == ("Bob", "a.b", 5)
    assert act.properties == {"n": 3, "ok": True, "t": "two words"}


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("cart.updated\n", "line 12: .* does not begin with a time"),
        ("Mit 09:00 a.b\n", "line 12: 'Mit' is no weekday"),
        ("-> send x\n", "line 12: .* nothing has happened yet"),
        ("Mon 09:00 a.b oops\n", "line 12: 'oops' is neither an event nor a property"),
        ("2030-01-08 09:00\n2030-01-07 09:00\n", "line 13: .* lies before the line above"),
    ],
)
def test_a_line_that_cannot_be_read_is_told(lines, sentence):
    with pytest.raises(StoryError, match=sentence):
        read_script(RULES + lines)
