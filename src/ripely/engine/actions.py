"""What journey steps do: change the profile, or ask the world for something."""

from typing import Any, assert_never

from ripely.engine.calendar import local_day, zone_of
from ripely.engine.facts import set_attribute, set_tag
from ripely.engine.guards import reason_to_hold, recipient
from ripely.engine.scores import add_points
from ripely.engine.transition import Draft
from ripely.model.action import Notify, Send, Task, Update, Webhook
from ripely.model.effect import CallWebhook, CreateTask, NotifyPerson, SendMessage
from ripely.model.ids import EffectId, derive_text
from ripely.model.profile import Enrollment


def perform(
    draft: Draft, enrollment: Enrollment, step: Send | Update | Task | Notify | Webhook
) -> None:
    match step:
        case Send():
            _send(draft, enrollment, step)
        case Update():
            _update(draft, enrollment, step)
        case Task():
            _create_task(draft, enrollment, step)
        case Notify(text, to):
            origin = _origin(draft, enrollment)
            draft.effects.append(NotifyPerson(**origin, to=_person(draft, to), text=text))
        case Webhook(url):
            origin = _origin(draft, enrollment)
            draft.effects.append(CallWebhook(**origin, url=url, entry=enrollment.entry))
        case unknown:
            assert_never(unknown)


def _send(draft: Draft, enrollment: Enrollment, step: Send) -> None:
    profile = draft.profile
    held = reason_to_hold(profile, step)
    draft.effects.append(
        SendMessage(
            **_origin(draft, enrollment),
            channel=step.channel,
            template=step.template,
            purpose=step.purpose,
            recipient=recipient(profile, step.channel),
            facts={**profile.attributes, "scores": dict(profile.scores)},
            entry=enrollment.entry,
            held=held,
        )
    )
    draft.note(
        "message.held" if held else "message.decided", step.template, held or step.channel
    )


def _update(draft: Draft, enrollment: Enrollment, step: Update) -> None:
    for name, value in step.set.items():
        set_attribute(draft, name, value)
    zone = zone_of(draft.profile, draft.rules.zone)
    for name, ahead in step.set_dates.items():
        set_attribute(draft, name, local_day(draft.now_s + ahead, zone))
    for tag in step.add_tags:
        set_tag(draft, tag, present=True)
    for tag in step.remove_tags:
        set_tag(draft, tag, present=False)
    for score, points in step.add_points.items():
        add_points(draft, score, points, f"journey {enrollment.journey}")


def _create_task(draft: Draft, enrollment: Enrollment, step: Task) -> None:
    draft.effects.append(
        CreateTask(
            **_origin(draft, enrollment),
            type=step.type,
            title=step.title,
            script=step.script,
            assignee=_person(draft, step.assignee or "owner"),
            due_ms=draft.now_ms + step.due * 1000,
            entry=enrollment.entry,
        )
    )
    draft.note("task.created", enrollment.step, step.title)


def _person(draft: Draft, who: str) -> str:
    owner = draft.profile.attributes.get("owner")
    return (owner if isinstance(owner, str) else "") if who == "owner" else who


def _origin(draft: Draft, enrollment: Enrollment) -> dict[str, Any]:
    """Return who decided what, where and when: the part that every effect has."""
    journey, version, step = enrollment.journey, enrollment.version, enrollment.step
    contact = draft.profile.contact
    return {
        "id": EffectId(derive_text(str(contact), journey, str(version), step, enrollment.key)),
        "contact": contact,
        "decided_ms": draft.now_ms,
        "journey": journey,
        "version": version,
        "step": step,
    }
