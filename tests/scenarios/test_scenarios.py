"""Plays every story in the .txt files here: above the arrow what happens, after it all that follows.

Those in `library` are the stories of the ready-made automations, one file for each.
"""

import re
from pathlib import Path

import pytest

from ripely.operations.rehearsing.rehearsal import compile_script, rehearse
from ripely.operations.rehearsing.story import read_script

HERE = Path(__file__).parent
SCRIPTS = {
    path.relative_to(HERE).with_suffix("").as_posix(): path
    for path in sorted(HERE.rglob("*.txt"))
}
ROWS = Path(__file__).parent.parent.parent / "docs" / "rows.md"
STORIES = [
    pytest.param(path, number, id=f"{name}: {story.title}")
    for name, path in SCRIPTS.items()
    for number, story in enumerate(read_script(path.read_text()).stories)
]


@pytest.mark.parametrize(("path", "number"), STORIES)
def test_story(path, number):
    script = read_script(path.read_text())
    story = script.stories[number]
    differences = rehearse(story, compile_script(script, story.zone))
    assert not differences, "\n".join(differences)


def test_rows_named_by_stories_and_rows_listed_as_delivered_are_the_same():
    listed = {
        (int(row), story)
        for row, proofs in re.findall(
            r"^\| (\d+) \|.*\| (.+) \|$", ROWS.read_text(), re.MULTILINE
        )
        for story in re.findall(r"scenarios/([\w/-]+)\.txt", proofs)
    }
    named = {
        (int(row), name)
        for name, path in SCRIPTS.items()
        for row in re.findall(r"\d+", path.read_text().split(":")[0])
    }
    assert named == listed
