import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ripely.cli.check import command as check
from ripely.cli.schema import command as schema

GOOD = "kind: segment\nid: hot\nname: Hot\nwhen: {if: tag, name: x}\n"
BAD = "kind: segment\nid: hot\nname: Hot\nwhen: {if: tagg, name: x}\nfoo: 1\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.yaml").write_text(GOOD)
    (tmp_path / ".hidden.yaml").write_text("[")
    (tmp_path / "notes.md").write_text("[")
    return tmp_path


def ripely(database_url, *words):
    environ = {**os.environ, "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "ripely.cli.main", *map(str, words)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_a_sound_folder_answers_0(folder):
    answer = CliRunner().invoke(check, [str(folder)])
    assert (answer.exit_code, answer.output) == (0, "1 document: 0 problems, 0 warnings.\n")


def test_problems_are_lines_to_follow_and_answer_1(folder):
    (folder / "z.yaml").write_text(BAD)
    answer = CliRunner().invoke(check, [str(folder)])
    assert answer.exit_code == 1
    assert (
        f'{folder}/z.yaml:4: $.when.if: "tagg" is not possible here; did you mean "tag"?'
        in (answer.output)
    )
    assert f"{folder}/z.yaml:5: $.foo: " in answer.output


def test_problems_come_as_json_too(folder):
    (folder / "z.yaml").write_text(BAD)
    answer = CliRunner().invoke(check, [str(folder), "--format", "json"])
    found = json.loads(answer.output)["problems"]
    assert [(p["file"], p["line"], p["path"], p["code"]) for p in found] == [
        ("z.yaml", 2, "$.id", "duplicate_id"),
        ("z.yaml", 4, "$.when.if", "unknown_choice"),
        ("z.yaml", 5, "$.foo", "unknown_field"),
    ]


def test_warnings_answer_0(folder):
    (folder / "z.yaml").write_text(GOOD.replace("hot", "b").replace("tag, name", "did, event"))
    answer = CliRunner().invoke(check, [str(folder)])
    assert answer.exit_code == 0
    assert 'warning: "x" is no standard event' in answer.output


def test_a_folder_that_is_not_there_answers_2(folder):
    assert CliRunner().invoke(check, [str(folder / "none")]).exit_code == 2


def test_the_schema_is_printed():
    answer = CliRunner().invoke(schema, [])
    assert json.loads(answer.output)["title"] == "Ripely definitions"


def test_publishing_from_first_to_last(folder, database_url):
    first = ripely(database_url, "apply", folder, "--author", "ann")
    assert first.returncode == 0, first.stderr
    assert "added segment hot" in first.stdout
    assert "Published as ruleset" in first.stdout
    again = ripely(database_url, "apply", folder)
    assert "Nothing new" in again.stdout
    (folder / "inner" / "a.yaml").write_text(GOOD.replace("x", "y"))
    diff = ripely(database_url, "diff", folder)
    assert "-  name: x" in diff.stdout
    assert "+  name: y" in diff.stdout
    assert diff.returncode == 0
    (folder / "inner" / "a.yaml").write_text(BAD)
    refused = ripely(database_url, "apply", folder, "--format", "json")
    assert refused.returncode == 1
    answer = json.loads(refused.stdout)
    assert answer["ruleset"] is None
    assert {problem["code"] for problem in answer["problems"]} == {
        "unknown_choice",
        "unknown_field",
    }


def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    secret.write_text(BAD)
    (folder / "z.yaml").symlink_to(secret)
    (folder / "y.yaml").symlink_to(folder / "inner" / "a.yaml")
    answer = CliRunner().invoke(check, [str(folder), "--format", "json"])
    assert [problem["code"] for problem in json.loads(answer.output)["problems"]] == [
        "duplicate_id"
    ]
