"""Steps of a journey in a few words, each with its icon."""

from typing import assert_never

from ripely.model.action import (
    Action,
    AddNote,
    Assign,
    Audience,
    Coupon,
    Deal,
    EmitAct,
    Notify,
    Send,
    StartJourney,
    StopJourney,
    Task,
    Update,
    Webhook,
)
from ripely.model.ids import StepId
from ripely.model.journey import (
    Await,
    AwaitAny,
    AwaitEvent,
    Branch,
    Exit,
    Experiment,
    Journey,
    Repeat,
    Split,
    Step,
    Together,
    Wait,
    WaitUntil,
)
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names, spoken, text
from ripely.operations.wording.phrases import act, long_duration, often, one_of

_CHANNELS = {"sms": "SMS"}


def describe(step: Step, names: Names) -> tuple[str, str]:
    """Return the icon of a step, and what it does in a few words."""
    match step:
        case Wait() | WaitUntil() | Await() | AwaitAny() | AwaitEvent():
            return _waits(step, names)
        case Branch() | Split() | Experiment() | Repeat() | Exit():
            return _leads(step, names)
        case Together(actions):
            return "stack-2", "; ".join(describe(action, names)[1] for action in actions)
        case _:
            return _acts(step, names)


def way_name(journey: Journey | None, step: str, way: str, names: Names) -> str:
    """Call a way as people would: the condition of a case, in place of its number."""
    at = journey.steps.get(StepId(step)) if journey else None
    head, _, number = way.partition(" ")
    if isinstance(at, Branch | AwaitAny) and head == "case" and number.isdigit():
        case = int(number) - 1
        if case < len(at.cases):
            return say(at.cases[case].condition, names)
    return way


def _leads(step: Branch | Split | Experiment | Repeat | Exit, names: Names) -> tuple[str, str]:
    match step:
        case Branch():
            return "git-branch", "Take the first way that fits"
        case Split():
            return "git-branch", "Split by chance"
        case Experiment(metric=metric, winner=winner):
            won = f"; “{winner}” has won" if winner else ""
            return "flask", f"Try which way brings it about that {say(metric, names)}{won}"
        case Repeat(back_to, at_most):
            return "repeat", f"Go back to “{spoken(back_to)}”, at most {often(at_most)}"
        case Exit(reason):
            return "flag", f"Leave the journey: {reason}" if reason else "Leave the journey"
        case unknown:
            assert_never(unknown)


def _waits(
    step: Wait | WaitUntil | Await | AwaitAny | AwaitEvent, names: Names
) -> tuple[str, str]:
    match step:
        case Wait(period):
            return "hourglass", f"Wait {long_duration(period)}"
        case WaitUntil():
            return "clock", f"Wait until {_moment(step)}, the contact's time"
        case Await(condition, timeout):
            words = say(condition, names)
            return "hourglass", f"Wait until {words}, at most {long_duration(timeout)}"
        case AwaitAny(cases, timeout):
            count = len(cases)
            most = long_duration(timeout)
            return "hourglass", f"Wait for the first of {count} things, at most {most}"
        case AwaitEvent(event, timeout):
            return "hourglass", f"Wait for {act(event)}, at most {long_duration(timeout)}"
        case unknown:
            assert_never(unknown)


def _moment(wait: WaitUntil) -> str:
    parts = ["the best time"] if wait.best_time else []
    parts += [wait.at] if wait.at else []
    parts += ["business hours"] if wait.business_hours else []
    parts += (
        [f"on {one_of([day.capitalize() for day in wait.weekdays])}"] if wait.weekdays else []
    )
    parts += [f"on {wait.day}"] if wait.day else []
    if wait.attribute:
        days = wait.offset_days
        off = f"{abs(days)} days {'before' if days < 0 else 'after'}" if days else "on"
        parts.append(f"{off} the date in “{spoken(wait.attribute).lower()}”")
    return " ".join(parts)


def _acts(action: Action, names: Names) -> tuple[str, str]:
    match action:
        case Send(template, channel):
            return (
                "mail",
                f"Send {_CHANNELS.get(channel) or spoken(channel).lower()} “{names.template(template)}”",
            )
        case Update():
            return "edit", _changes(action, names)
        case Task() | Notify() | Webhook() | AddNote() | Assign():
            return _asks(action, names)
        case Deal() | Coupon() | Audience() | EmitAct():
            return _trades(action)
        case StartJourney(journey):
            return "player-play", f"Start the journey “{names.journey(journey)}”"
        case StopJourney(journey):
            return "player-stop", f"Stop the journey “{names.journey(journey)}”"
        case unknown:
            assert_never(unknown)


def _told(to: str, names: Names) -> str:
    kind, _, team = to.partition(":")
    if team and kind == "team":
        return f"the team “{names.team(team)}”"
    return "the owner" if to == "owner" else to


def _asks(action: Task | Notify | Webhook | AddNote | Assign, names: Names) -> tuple[str, str]:
    match action:
        case Task():
            icon = "phone" if action.type == "call" else "clipboard"
            team = f" by the team “{names.team(action.team)}”" if action.team else ""
            return icon, f"{action.title}{team}, within {long_duration(action.due)}"
        case Notify(message, to):
            return "bell", f"Tell {_told(to, names)}: {message}"
        case Webhook(url, keep):
            return "webhook", f"Call {url}{' and keep its answer' if keep else ''}"
        case AddNote(line):
            return "note", f"Note: {line}"
        case Assign(to, team, how):
            by = "" if how == "fixed" else f", by {_CHOICES[how]}"
            who = to or f"somebody of “{spoken(team or '')}”"
            return "user-check", f"Give to {who}{by}"
        case unknown:
            assert_never(unknown)


_CHOICES = {
    "turns": "turns",
    "score": "the score",
    "territory": "territory",
    "capacity": "room",
}


def _trades(action: Deal | Coupon | Audience | EmitAct) -> tuple[str, str]:
    match action:
        case Deal(pipeline, stage, outcome=outcome):
            at = f" at “{stage}”" if stage else ""
            verb = "Open or move" if outcome == "open" else f"Close as {outcome}"
            return "briefcase", f"{verb} the deal in {spoken(pipeline).lower()}{at}"
        case Coupon(campaign, valid_for=period, until=weekday):
            ends = f", until {weekday.capitalize()}" if weekday else ""
            ends = f", for {long_duration(period)}" if period else ends
            return "ticket", f"Give a code of “{campaign}”{ends}"
        case Audience(audience, network, change):
            verb = "Add to" if change == "add" else "Remove from"
            on = f" on {network}" if network else ""
            return "speakerphone", f"{verb} the audience “{audience}”{on}"
        case EmitAct(event):
            return "bolt", f"Make it happen: “{spoken(event)}”"
        case unknown:
            assert_never(unknown)


def _changes(step: Update, names: Names) -> str:
    parts = [f"{spoken(name)} becomes “{text(value)}”" for name, value in step.set.items()]
    parts += [
        f"{spoken(n)} is the day in {long_duration(d)}" for n, d in step.set_dates.items()
    ]
    parts += [f"{spoken(name)} {number:+g}" for name, number in step.add.items()]
    parts += [f"{spoken(name)} times {number:g}" for name, number in step.multiply.items()]
    parts += [f"{spoken(name)} becomes {spoken(of)}" for name, of in step.copy.items()]
    for verb, kind, named in (
        ("add", "tag", step.add_tags),
        ("remove", "tag", step.remove_tags),
        ("put on", "list", step.join_lists),
        ("take off", "list", step.leave_lists),
        ("subscribe to", "topic", step.join_topics),
        ("unsubscribe from", "topic", step.leave_topics),
    ):
        parts += [f"{verb} the {kind} “{name}”" for name in named]
    parts += [f"{names.score(score)} {points:+d}" for score, points in step.add_points.items()]
    parts += [f"is a {spoken(step.lifecycle).lower()}"] if step.lifecycle else []
    if step.call_allowed is not None:
        parts.append("may be called" if step.call_allowed else "may not be called")
    return ", ".join(parts) or "Change nothing"
