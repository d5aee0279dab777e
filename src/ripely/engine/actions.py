"""What journey steps do: change the profile, or ask the world for something."""

from typing import assert_never

from ripely.engine.assigning import assign
from ripely.engine.coupons import give_coupon
from ripely.engine.deals import move_deal
from ripely.engine.draft import Draft
from ripely.engine.performance import Performance
from ripely.engine.sending import send
from ripely.engine.updating import update
from ripely.model.action import (
    AddNote,
    Assign,
    Audience,
    Coupon,
    Deal,
    EmitAct,
    Notify,
    Send,
    Task,
    Update,
    Webhook,
)
from ripely.model.effect import (
    CallWebhook,
    CreateTask,
    NotifyPerson,
    SyncAudience,
)
from ripely.model.ids import TeamId
from ripely.model.profile import Enrollment

Doing = (
    Send
    | Update
    | Assign
    | Task
    | Notify
    | Deal
    | Coupon
    | AddNote
    | Webhook
    | EmitAct
    | Audience
)
"""Every action but those that begin and end journeys."""
TEAM = "team:"


def perform(draft: Draft, enrollment: Enrollment, action: Doing, part: str = "") -> None:
    """Do one thing. `part` tells several performances of one step apart."""
    act = Performance(draft, enrollment, part)
    match action:
        case Send():
            send(act, action)
        case Update():
            update(act, action)
        case Assign():
            assign(act, action)
        case Task():
            _create_task(act, action)
        case Deal():
            move_deal(act, action)
        case Coupon():
            give_coupon(act, action)
        case Notify() | AddNote() | Webhook() | EmitAct() | Audience():
            _tell(act, action)
        case unknown:
            assert_never(unknown)


def _create_task(act: Performance, step: Task) -> None:
    draft = act.draft
    forbidden = draft.profile.suppressed.get("call") if step.type == "call" else None
    if forbidden is not None:
        act.note("task.held", act.enrollment.step, f"{step.title}: {forbidden}")
        act.make("task.dropped", {"title": step.title, "type": step.type, "reason": forbidden})
        return
    patience_ms = step.patience * 1000 if step.patience is not None else 0
    assignee = _person(draft, step.assignee or "owner")
    draft.effects.append(
        CreateTask(
            **act.origin(),
            type=step.type,
            title=step.title,
            script=step.script,
            assignee=assignee,
            due_ms=draft.now_ms + step.due * 1000,
            entry=act.enrollment.entry,
            team=step.team,
            priority=step.priority,
            until_ms=draft.now_ms + patience_ms if step.team and patience_ms else 0,
        )
    )
    if step.team:
        act.note("task.queued", act.enrollment.step, f"{step.title}: for the team {step.team}")
    else:
        act.note("task.created", act.enrollment.step, step.title)
        draft.tell(
            "task.created", {"title": step.title, "type": step.type, "assignee": assignee}
        )


def _tell(act: Performance, action: Notify | AddNote | Webhook | EmitAct | Audience) -> None:
    """Let others know: a colleague, another system, the timeline, or the rules themselves."""
    effects = act.draft.effects
    match action:
        case Notify(text, to):
            for who, part in _people(act, to):
                effects.append(NotifyPerson(**act.origin(part), to=who, text=text))
        case AddNote(text):
            act.make("note.added", {"text": text, "by": act.by})
        case Webhook(url, keep=True):
            act.ask(CallWebhook(**act.origin(), url=url, entry=act.enrollment.entry, keep=True))
        case Webhook(url):
            effects.append(CallWebhook(**act.origin(), url=url, entry=act.enrollment.entry))
        case EmitAct(event, properties):
            act.make(event, {name: act.meant(value) for name, value in properties.items()})
        case Audience(audience, network, change):
            effects.append(
                SyncAudience(**act.origin(), audience=audience, network=network, change=change)
            )
        case unknown:
            assert_never(unknown)


def _people(act: Performance, to: str) -> list[tuple[str, str]]:
    """Return who is meant, each with what tells a team's notices apart."""
    if not to.startswith(TEAM):
        return [(_person(act.draft, to), "")]
    team = act.draft.rules.teams.get(TeamId(to.removeprefix(TEAM)))
    if team is None:
        act.note("notice.missing", to, "there is no such team")
        return []
    return [(member.who, member.who) for member in team.members]


def _person(draft: Draft, who: str) -> str:
    owner = draft.profile.attributes.get("owner")
    return (owner if isinstance(owner, str) else "") if who == "owner" else who
