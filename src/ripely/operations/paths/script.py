"""A path as a story: a test of the journey, that plays what this path played and expects what followed."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ripely.compiler.ruleset import Published
from ripely.documents.encode import to_yaml
from ripely.model.duration import Duration
from ripely.model.event import TIMER_FIRED
from ripely.operations.rehearsing.colleagues import ANSWERS, answer_told
from ripely.operations.rehearsing.playing import Scene
from ripely.operations.rehearsing.rehearsal import Stage, World, perform
from ripely.operations.rehearsing.story import Act
from ripely.operations.rehearsing.telling import ALWAYS, topic

TOLD = ALWAYS | {"journey"}
OURS = frozenset({"owner.assigned", "owner.missing"})
"""What answers the journey itself: a story's own world does that."""


def acts(scenes: Sequence[Scene], who: str, zone: ZoneInfo) -> list[Act]:
    """Return a line for all that happened, and for each moment that time alone brought."""
    found: list[Act] = []
    for scene in scenes:
        at = datetime.fromtimestamp(scene.at_s, zone)
        if scene.event != TIMER_FIRED and scene.event not in OURS:
            said = dict(scene.properties)
            told = answer_told(said) if scene.event in ANSWERS else said
            found.append(Act(0, at, who, scene.event, told))
        elif not found or found[-1].at != at:
            found.append(Act(0, at, who))
    return found


def story(title: str, lines: Sequence[Act], stage: Stage, zone: ZoneInfo) -> str:
    """Write a story of these lines, with what follows on the stage after each."""
    world = World(stage)
    written = [f"Story: {title}", f"Zone {zone.key}"]
    before: datetime | None = None
    for act in lines:
        told = [one.text for one in perform(world, act) if topic(one.text) in TOLD]
        written.append(_line(act, before))
        written += [f"  -> {' '.join(text.split())}" for text in told]
        before = act.at
    return "\n".join(written) + "\n"


def script(published: Published, stories: Sequence[str]) -> str:
    """Write a whole file: the documents, and the stories that test them."""
    documents = "---\n".join(to_yaml(one) for one in published.definitions)
    return "\n".join((f"Definitions:\n{documents}", *stories))


def _line(act: Act, before: datetime | None) -> str:
    moment = f"{act.at:%Y-%m-%d %H:%M}" if before is None else _later(act.at, before)
    words = [moment, *([act.who] if act.event and act.who != "Ann" else [])]
    words += [act.event] if act.event else []
    words += _said(act.properties)
    return " ".join(words)


def _later(at: datetime, before: datetime) -> str:
    seconds = int(at.timestamp() - before.timestamp())
    return f"+{Duration(seconds)}" if seconds else "+0s"


def _said(properties: Mapping[str, object]) -> Iterator[str]:
    for name, value in properties.items():
        if isinstance(value, str) or value is None:
            written = "null" if value is None else value
        else:
            written = json.dumps(value, ensure_ascii=False)
        yield f"{name}={shlex.quote(written)}"
