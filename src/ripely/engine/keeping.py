"""What steps keep of the events they waited for: for later steps, within limits."""

import msgspec

from ripely.engine.transition import Draft
from ripely.model.profile import Enrollment

KEPT_BYTES_MAX = 4_000
"""How much one step keeps, as JSON. What is beyond is left out, from the property on that goes beyond."""
KEPT_STEPS_MAX = 20
"""How many steps of one journey keep something; the oldest gives way."""


def keep(draft: Draft, enrollment: Enrollment, properties: dict[str, object]) -> None:
    """Keep properties under the step that a contact is at."""
    kept, room = {}, KEPT_BYTES_MAX
    for name, value in properties.items():
        room -= len(msgspec.json.encode((name, value)))
        if room < 0:
            break
        kept[name] = value
    data, step = enrollment.data, enrollment.step
    data.pop(step, None)
    if len(data) >= KEPT_STEPS_MAX:
        del data[next(iter(data))]
    data[step] = kept
    draft.touch(f"data/{step}")
