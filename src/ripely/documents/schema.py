"""The JSON Schema of definitions, with which editors complete and check documents while one types."""

from typing import Any

import msgspec

from ripely.model.definition import Definition
from ripely.model.duration import PATTERN, Duration

_TEXTS = {"body": "body_file", "text": "text_file"}


def schema() -> bytes:
    """Return the published schema, readable and always the same for the same language."""
    found = msgspec.json.schema(Definition, schema_hook=_custom)
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Ripely definitions",
        "description": "A segment, score, journey or template of Ripely, one a document.",
        **found,
    }
    _allow_neighbour_files(found["$defs"]["Template"])
    return msgspec.json.format(msgspec.json.encode(found, order="sorted"), indent=2) + b"\n"


def _custom(wanted: type) -> dict[str, Any]:
    assert wanted is Duration
    return {
        "type": "string",
        "pattern": PATTERN,
        "examples": ["30d", "12h", "15m", "1h 30m"],
        "description": "A length of time: a number and w, d, h, m or s.",
    }


def _allow_neighbour_files(template: dict[str, Any]) -> None:
    """A template may name a file beside it instead of holding its text."""
    for field, named in _TEXTS.items():
        sentence = f"The name of a file beside this one that holds the {field}."
        template["properties"][named] = {"type": "string", "description": sentence}
    template["required"].remove("body")
    template["oneOf"] = [{"required": ["body"]}, {"required": ["body_file"]}]
