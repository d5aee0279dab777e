"""A message of a journey, decided: that it goes, or why it does not."""

from ripely.engine.guards import count_message, reason_to_drop, recipient
from ripely.engine.performance import Performance
from ripely.engine.reactions import SEGMENTS_TOLD_MAX
from ripely.model.action import Send
from ripely.model.effect import SendMessage


def send(act: Performance, step: Send) -> None:
    draft, place = act.draft, act.enrollment
    profile = draft.profile
    held = reason_to_drop(draft, place, step)
    late_ms = 0 if step.late_after is None else draft.now_ms + step.late_after * 1_000
    scores = {key: profile.points(key, draft.now_s) for key in profile.scores}
    draft.effects.append(
        SendMessage(
            **act.origin(),
            channel=step.channel,
            template=step.template,
            purpose=step.purpose,
            recipient=recipient(profile, step.channel),
            facts={**profile.attributes, "scores": scores},
            entry=place.entry,
            held=held,
            topic=step.topic,
            late_ms=late_ms,
            late=step.late,
            segments=list(profile.segments)[:SEGMENTS_TOLD_MAX],
        )
    )
    if held:
        draft.note("message.held", step.template, held)
    else:
        draft.note("message.decided", step.template, step.channel)
        count_message(draft, place, step)
