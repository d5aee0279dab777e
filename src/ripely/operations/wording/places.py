"""Places in a document as its author calls them: the step “Remind”, in place of `$.steps.remind`."""

import re

from ripely.operations.wording.names import spoken

_STEP = re.compile(r"""\$\.steps(?:\.([\w-]+)|\[["'](.+?)["']\])""")
_NUMBERED = re.compile(r"\$\.(\w+)\[(\d+)\]")
_PARTS = {
    "filter": "the entry filter",
    "goal": "the goal",
    "steps": "the steps",
    "triggers": "the triggers",
    "when": "the condition",
}


def say_place(path: str) -> str:
    """Name the part of a document that a path leads into; nothing where it means the whole."""
    step = _STEP.match(path)
    if step:
        return f"step “{spoken(step[1] or step[2])}”"
    numbered = _NUMBERED.match(path)
    if numbered:
        return f"{spoken(numbered[1]).lower()}, number {int(numbered[2]) + 1}"
    part = re.match(r"\$\.(\w+)", path)
    return _PARTS.get(part[1], spoken(part[1]).lower()) if part else ""
