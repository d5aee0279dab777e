"""Plays the examples of triggers: each lets a contact in once, and what comes near lets nobody in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import msgspec

from ripely.operations.rehearsing.rehearsal import Stage, World, compile_script
from ripely.operations.rehearsing.story import MONDAY, Act, Script, read_script
from ripely.operations.triggers import Choice, Document, choices, company

JOURNEY = "example"
_UTC = ZoneInfo("UTC")
_EARLY = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 9, tzinfo=_UTC)
_NEAR = ("email.opened", "sms.delivered")
"""What comes near an event: another one."""


def failures(choice: Choice) -> list[str]:
    """Return what is wrong with an example, in sentences; nothing when it shows what it says."""
    stage = stage_of(choice.trigger)
    told = {"lets in": _lets_in(choice), "keeps out": _keeps_out(choice)}
    wanted = {"lets in": 1, "keeps out": 0}
    counted = {way: entries(stage, acts) for way, acts in told.items()}
    return [
        f"{choice.name}: what {way} let in {counted[way]} times, not {wanted[way]}"
        for way in told
        if counted[way] != wanted[way]
    ]


def proven() -> int:
    """Count the triggers that differ from each other, and whose example shows what it says."""
    distinct = {msgspec.json.encode(one.trigger): one for one in choices()}
    return sum(not failures(one) for one in distinct.values())


def entries(stage: Stage, acts: Sequence[Act]) -> int:
    """Count how often a story lets anybody into the journey of the example."""
    world = World(stage)
    for act in acts:
        at_s = int(act.at.timestamp())
        world.pass_time(at_s)
        for _ in range(act.times if act.event else 0):
            world.happen(act, at_s)
    return sum(told.text == f"entered journey {JOURNEY}" for told in world.told)


def _lets_in(choice: Choice) -> list[Act]:
    if choice.lets_in:
        return story(choice.lets_in)
    return [_happens(str(choice.trigger["event"]), choice.happens)]


def _keeps_out(choice: Choice) -> list[Act]:
    if choice.keeps_out:
        return story(choice.keeps_out)
    other = next(name for name in _NEAR if name != choice.trigger["event"])
    return [_happens(other, choice.happens)]


def _happens(event: str, properties: Mapping[str, object]) -> Act:
    return Act(line=1, at=_EARLY, event=event, properties=dict(properties))


def story(lines: str) -> list[Act]:
    return read_script(f"Story: an example\n{lines}").stories[0].acts


def stage_of(trigger: Document) -> Stage:
    """Publish a journey with this trigger, beside what the examples speak of."""
    return _stage(msgspec.json.encode(trigger))


@cache
def _stage(trigger: bytes) -> Stage:
    journey = {
        "kind": "journey",
        "id": JOURNEY,
        "name": "Example",
        "triggers": [msgspec.json.decode(trigger)],
        "reentry": "always",
        "start": "mark",
        "steps": {"mark": {"do": "update", "add_tags": ["let in"]}},
    }
    documents = f"{company()}---\n{msgspec.json.encode(journey).decode()}"
    return compile_script(Script(documents, 1, []), _UTC)
