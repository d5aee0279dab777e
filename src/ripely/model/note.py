"""Why: what the fold decided about a contact, in the order it decided."""

import msgspec


class Note(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`kind` from the list below, its `subject`, and the words and number that explain it.

    visit.started · segment.entered / segment.left · score.changed (value: the new total) ·
    journey.entered / step (value: the version) / waits (value: until when) /
    resumed (value: 1 when the step itself was done before, and an answer has come) / redone (tried again) / refused ·
    journey.heldout (kept out, to be compared) / converted (value: its worth, in hundredths) ·
    journey.measured / met (the way of an experiment, and its metric) ·
    journey.moved (to another step) / overdue / released (value: since when; held while paused, or 0) ·
    journey.exited / goal (value: 1 when the contact was waiting) · message.decided / held ·
    message.waits (value: until when) / sent / opened / clicked (value: by human, unknown, machine; reason: segments) ·
    task.created / queued (for a team) / held · attribute.set / kept ·
    owner.assigned / kept / asked / missing · tag.added / removed · list.joined / left ·
    topic.joined / left · consent.granted / withdrawn · call.allowed / forbidden ·
    lifecycle.changed (value: how far, from 0) · coupon.issued · deal.opened / moved / won / lost / kept / missing ·
    notice.missing · event.repeated / ignored / forwarded ·
    contact.merged / absorbed / unmerged / revived / erased / cleared
    """

    kind: str
    subject: str
    reason: str = ""
    value: int = 0
    at_ms: int = 0
