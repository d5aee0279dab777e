"""What a step asks of the world and waits for: an owner from a team, the answer of another system."""

import msgspec

from ripely.engine.draft import Draft
from ripely.engine.keeping import room_in_journeys
from ripely.engine.performance import ASKED
from ripely.model.event import Event
from ripely.model.profile import Enrollment

ANSWER_S_MAX = 3_600
"""How long a step waits for its answer. After that the journey goes on without it."""
_ENVELOPE = frozenset({"journey", "step", "call", "asked_ms"})


def is_unanswered(enrollment: Enrollment) -> bool:
    """Whether the step that a contact is at has asked something, and no answer has come yet."""
    return bool(enrollment.data.get(enrollment.step, {}).get(ASKED))


def take_answer(draft: Draft, event: Event) -> None:
    """Keep an answer where it was asked: `data.step.name` is what it says under that name."""
    call = event.properties.get("call")
    for enrollment in draft.profile.enrollments:
        for step, kept in enrollment.data.items():
            asked = kept.get(ASKED)
            if isinstance(asked, list) and call in asked:
                said, left = _said(event), [one for one in asked if one != call]
                if len(msgspec.json.encode(said)) > room_in_journeys(draft.profile):
                    said = {"not_kept": "journeys keep too much already"}
                enrollment.data[step] = {**said, ASKED: left}
                draft.touch(f"data/{step}")


def _said(event: Event) -> dict[str, object]:
    said = {name: value for name, value in event.properties.items() if name not in _ENVELOPE}
    answer = said.get("answer")
    if isinstance(answer, dict):
        del said["answer"]
        return {**answer, **said}
    return said
