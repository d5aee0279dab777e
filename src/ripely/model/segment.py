"""A segment: people who meet a condition, kept up to date event by event."""

import msgspec

from ripely.model.condition import Condition
from ripely.model.ids import SegmentId


class Segment(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="kind", tag="segment",
):  # fmt: skip
    id: SegmentId
    name: str
    when: Condition
    description: str = ""
