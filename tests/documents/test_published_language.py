"""What is said about the language outside is what the language is."""

import json
import re
from pathlib import Path

from msgspec.inspect import StructType, UnionType, type_info

from ripely.documents.finding import CODES
from ripely.documents.schema import schema
from ripely.model.condition import Condition
from ripely.model.definition import Definition
from ripely.model.journey import Step
from ripely.model.trigger import Trigger
from ripely.operations.publishing.review import review

DOCS = Path(__file__).parent.parent.parent / "docs"
SOURCE = DOCS.parent / "src" / "ripely"
PAGE = (DOCS / "definitions.md").read_text()
EXAMPLES = "\n---\n".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))


def test_the_schema_that_is_published_is_current():
    assert (DOCS / "schema" / "definitions.schema.json").read_bytes() == schema(), (
        "run `make docs`"
    )


def test_the_schema_knows_durations_and_neighbour_files():
    found = json.loads(schema())["$defs"]
    assert found["Wait"]["properties"]["for"]["examples"][0] == "30d"
    assert found["Template"]["oneOf"] == [{"required": ["body"]}, {"required": ["body_file"]}]


def test_every_example_is_a_sound_document():
    documents, findings = review({"definitions.yaml": EXAMPLES.encode()})
    assert not findings
    assert {document.kind for document in documents} == tags(Definition)


def test_every_word_of_the_language_is_explained_and_shown():
    for field, union in (("if", Condition), ("on", Trigger), ("do", Step)):
        for word in tags(union):
            assert f"`{word}`" in PAGE, word
            assert f"{field}: {word}" in EXAMPLES, word


def test_every_problem_code_is_explained():
    listed = dict(
        re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.split("## Problems")[1], re.MULTILINE)
    )
    assert listed == dict(CODES)


def test_every_problem_that_can_be_told_has_a_code_that_is_listed():
    told = set()
    for path in ("documents/*", "operations/publishing/*", "operations/audience/reach"):
        for file in SOURCE.glob(f"{path}.py"):
            told |= set(
                re.findall(r'(?:problem|Problem|_Refused)\(\s*"(\w+)"', file.read_text())
            )
    assert told == set(CODES)


def tags(union: object) -> set[str]:
    info = type_info(union)
    assert isinstance(info, UnionType)
    return {str(each.tag) for each in info.types if isinstance(each, StructType)}
