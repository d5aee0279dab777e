"""Pause, resume, roll back and move people, each from the command line."""

import os
import subprocess
import sys

import pytest

JOURNEY = """
kind: journey
id: welcome
name: Welcome
triggers: [{on: event, event: order.completed}]
start: rest
steps:
  rest: {do: wait, for: 1d, then: tag}
  tag: {do: update, add_tags: [welcomed]}
"""


@pytest.fixture
def ripely(database_url, tmp_path):
    def run(*words, answer=""):
        environ = {**os.environ, "DATABASE_URL": database_url}
        command = [sys.executable, "-m", "ripely.cli.main", *map(str, words)]
        return subprocess.run(
            command, env=environ, input=answer, capture_output=True, text=True, check=False
        )

    (tmp_path / "welcome.yaml").write_text(JOURNEY)
    assert run("apply", tmp_path).returncode == 0
    return run


def test_a_journey_is_paused_and_resumed(ripely):
    paused = ripely("pause", "welcome", "--yes")
    assert "+paused: true" in paused.stdout
    assert "Published as ruleset" in paused.stdout
    again = ripely("pause", "welcome", "--yes")
    assert (again.returncode, "paused already" in again.stderr) == (2, True)
    resumed = ripely("resume", "welcome", answer="y\n")
    assert resumed.stdout.index("Nothing is overdue") < resumed.stdout.index("Published")


def test_who_says_no_publishes_nothing(ripely):
    refused = ripely("pause", "welcome", answer="n\n")
    assert refused.returncode == 1
    assert "not paused" in ripely("resume", "welcome", "--yes").stderr


def test_an_earlier_version_comes_back(ripely, tmp_path):
    (tmp_path / "welcome.yaml").write_text(JOURNEY.replace("1d", "2d"))
    assert ripely("apply", tmp_path).returncode == 0
    back = ripely("rollback", "journey/welcome", "--yes")
    assert "+    for: 1d" in back.stdout
    assert "Published as ruleset" in back.stdout
    nothing = ripely("rollback", "journey/welcome", "--yes")
    assert "There is no version 0" in nothing.stderr
    assert "Published" in ripely("rollback", "journey/welcome", "--to", 2, "--yes").stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--map", "rest"], "--map is written OLD=NEW, or JOURNEY:OLD=NEW"),
        (["--map", ":rest=pause"], "--map is written OLD=NEW, or JOURNEY:OLD=NEW"),
        (["--map", "farewell:rest=pause"], "there is no journey farewell"),
        (["--map", "rest=pause", "--people", "leave"], "--map is for people who move"),
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused(ripely, tmp_path, words, sentence):
    refused = ripely("apply", tmp_path, *words)
    assert (refused.returncode, sentence in refused.stderr) == (2, True)


def test_people_are_moved_by_a_map(ripely, tmp_path):
    (tmp_path / "welcome.yaml").write_text(JOURNEY.replace("rest", "pause"))
    slip = ripely("diff", tmp_path, "--map", "rest=paws")
    assert slip.returncode == 1
    assert 'There is no step "paws" for the people at "rest".' in slip.stdout
    assert ripely("apply", tmp_path, "--map", "rest=pause").returncode == 0


def test_of_several_journeys_a_map_says_which_one(ripely, tmp_path):
    (tmp_path / "other.yaml").write_text(JOURNEY.replace("id: welcome", "id: other"))
    assert ripely("apply", tmp_path).returncode == 0
    for file, step in (("welcome", "pause"), ("other", "break")):
        path = tmp_path / f"{file}.yaml"
        path.write_text(path.read_text().replace("rest", step))
    unclear = ripely("apply", tmp_path, "--map", "rest=pause")
    assert unclear.returncode == 1
    assert "Several journeys change" in unclear.stdout
    assert "Nothing published" in unclear.stdout
    wrong = ripely(
        "apply", tmp_path, "--map", "welcome:rest=break", "--map", "other:rest=break"
    )
    assert 'There is no step "break" for the people at "rest".' in wrong.stdout
    clear = ("--map", "welcome:rest=pause", "--map", "other:rest=break")
    assert "Published as ruleset" in ripely("apply", tmp_path, *clear).stdout
    other = ripely("rollback", "journey/welcome", "--yes", "--map", "other:pause=rest")
    assert (other.returncode, "other does not change" in other.stderr) == (2, True)
    back = ripely("rollback", "journey/welcome", "--yes", "--map", "welcome:pause=rest")
    assert "Published as ruleset" in back.stdout
