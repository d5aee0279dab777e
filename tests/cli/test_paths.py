import json

import pytest
from click.testing import CliRunner

from ripely.cli.paths import command as paths
from ripely.cli.preview import command as preview
from ripely.operations.rehearsing.rehearsal import compile_script, rehearse
from ripely.operations.rehearsing.story import read_script

JOURNEY = """
kind: journey
id: thanks
name: Thanks
triggers: [{on: event, event: order.completed}]
start: wait
steps:
  wait: {do: wait, for: 2d, then: call}
  call: {do: task, title: Call and say thank you}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "thanks.yaml"
    path.write_text(JOURNEY)
    return path


def test_paths_are_told_with_their_days(file):
    answer = CliRunner().invoke(paths, [str(file)])
    assert answer.exit_code == 0, answer.output
    assert "day   2 09:00   Call and say thank you" in answer.output
    assert "1 path: 1 finished." in answer.output


def test_paths_come_as_json_too(file):
    answer = CliRunner().invoke(paths, [str(file), "--format", "json"])
    (found,) = json.loads(answer.output)["journeys"]
    assert (found["journey"], found["paths"][0]["ends"]) == ("thanks", "finished")


def test_a_document_that_cannot_be_read_says_so_and_answers_1(file):
    file.write_text(JOURNEY.replace("do: task", "do: tusk"))
    answer = CliRunner().invoke(paths, [str(file)])
    assert answer.exit_code == 1
    assert 'did you mean "task"' in answer.output


def test_somebody_is_walked_as_a_script_says(file):
    script = "order.completed total=12\ntime\n"
    answer = CliRunner().invoke(preview, [str(file)], input=script)
    assert answer.exit_code == 0, answer.output
    assert "Wed 2030-01-09 09:01" in answer.output
    assert "Task: Call and say thank you" in answer.output
    assert answer.output.endswith("The end.\n")


def test_a_walk_becomes_a_test_of_the_journey(file):
    answer = CliRunner().invoke(
        preview, [str(file), "--story"], input="order.completed\ntime\n"
    )
    script = read_script(answer.output)
    (story,) = script.stories
    assert rehearse(story, compile_script(script, story.zone)) == []
    told = [line for act in story.acts for line in act.follows]
    assert 'call task "Call and say thank you"' in told


def test_whoever_does_not_exist_cannot_be_walked(file):
    answer = CliRunner().invoke(preview, [str(file), "--person", "Nobody"])
    assert answer.exit_code == 2
    assert "A subscriber" in answer.output
