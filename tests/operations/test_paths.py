"""Paths: every way through a journey is found by going it, and goes the same when it is played as a story."""

from zoneinfo import ZoneInfo

import pytest

from ripely.compiler.ruleset import Published
from ripely.operations.library import automations, documents_of
from ripely.operations.paths.exploring import explore
from ripely.operations.paths.ground import compiled, needed, templates_of
from ripely.operations.paths.report import paths_of
from ripely.operations.paths.script import acts, script, story
from ripely.operations.rehearsal import Stage, compile_script, rehearse
from ripely.operations.review import review
from ripely.operations.story import read_script

TEMPLATE = """
kind: template
id: {id}
name: {id}
subject: "{subject}"
body: <mjml><mj-body></mj-body></mjml>
"""
LETTERS = "---".join(
    TEMPLATE.format(id=name, subject=name) for name in ("hello", "more", "bye")
)
SERIES = """
kind: journey
id: series
name: Series
triggers: [{on: event, event: order.completed}]
goal: {when: {if: did, event: order.completed, since_entering: journey}, name: again}
start: hello
steps:
  hello: {do: send, template: hello, then: read}
  read: {do: await, until: {if: message, did: opened, template: hello, since_entering: journey}, timeout: 2d, then: clicked, otherwise: bye}
  clicked:
    do: branch
    cases: [{when: {if: message, did: clicked, template: hello, since_entering: journey}, then: end}]
    otherwise: more
  more: {do: send, template: more}
  bye: {do: send, template: bye}
  end: {do: exit, reason: they know enough}
"""


def published(*texts):
    documents, findings = review({f"{n}.yaml": text.encode() for n, text in enumerate(texts)})
    assert not [finding for finding in findings if not finding.warning], findings
    return Published(tuple(one.definition for one in documents))


def journey_of(whole):
    return whole.journeys[0][1]


def report(*texts, lacking=lambda _: None):
    whole = published(*texts, LETTERS)
    return paths_of(journey_of(whole), whole, lacking)


def codes(found):
    return {(one.code, one.path) for one in found.findings}


def test_each_outcome_of_a_letter_is_a_path_of_its_own():
    found = report(SERIES)
    told = {(path.end, path.messages) for path in found.paths}
    assert ("Left: they know enough", 1) in told  # Read and clicked.
    assert ("Finished", 2) in told  # Read and not clicked; or not read.
    assert ("Reached the goal “again”", 1) in told  # Bought while we waited.
    assert found.complete
    ways = [[line.words for line in path.lines if line.kind == "way"] for path in found.paths]
    assert any("Time ran out" in words for words in ways)
    assert len(found.paths) < 12


def test_a_path_tells_its_days_messages_and_what_the_person_does():
    found = report(SERIES)
    unread = next(
        path for path in found.paths if any(line.words == "Time ran out" for line in path.lines)
        and not path.held
    )  # fmt: skip
    sent = [(line.day, line.at) for line in unread.lines if line.kind == "message"]
    assert sent == [(0, "09:00"), (2, "09:00")]
    bought = next(path for path in found.paths if path.ends == "goal")
    assert [line.words for line in bought.lines if line.kind == "person"][-1].startswith(
        "Order completed"
    )


def library():
    for automation in automations():
        for journey in automation.journeys:
            yield pytest.param(automation, journey, id=f"{automation.id}/{journey.id}")


@pytest.mark.parametrize(("automation", "journey"), [*library()])
def test_every_path_goes_the_same_way_when_it_is_played_as_a_story(automation, journey):
    documents, _ = review(documents_of([automation], Published()))
    whole = needed(journey, Published(tuple(one.definition for one in documents)))
    zone = ZoneInfo(whole.company.timezone)
    stage = Stage(compiled(whole), templates_of(whole))
    explored = explore(journey, whole)
    assert explored.paths
    assert not explored.forced
    assert {mark.step for path in explored.paths for mark in path.marks} >= set(journey.steps)
    stories = [
        story(f"Path {number}", acts(path.scenes, path.cast.name, zone), stage, zone)
        for number, path in enumerate(explored.paths, 1)
        if not path.cast.weather.answers
    ]
    read = read_script(script(whole, stories))
    again = compile_script(read, zone)
    for one, path in zip(read.stories, explored.paths, strict=False):
        assert rehearse(one, again) == []
        left = [
            line for act in one.acts for line in act.follows if line.startswith("left journey")
        ]
        if path.marks[-1].kind == "exited":
            assert any(str(path.marks[-1].step) in line for line in left)
