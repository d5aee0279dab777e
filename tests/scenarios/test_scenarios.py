"""Plays every story in the .txt files here: above the arrow what happens, after it all that follows."""

from pathlib import Path

import pytest

from ripely.operations.rehearsal import compile_script, rehearse
from ripely.operations.story import read_script

SCRIPTS = sorted(Path(__file__).parent.glob("*.txt"))
STORIES = [
    pytest.param(path, number, id=f"{path.stem}: {story.title}")
    for path in SCRIPTS
    for number, story in enumerate(read_script(path.read_text()).stories)
]


@pytest.mark.parametrize(("path", "number"), STORIES)
def test_story(path, number):
    script = read_script(path.read_text())
    story = script.stories[number]
    differences = rehearse(story, compile_script(script, story.zone))
    assert not differences, "\n".join(differences)
