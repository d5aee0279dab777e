"""The sense of what a step does, looked at by itself."""

from collections.abc import Iterator

from ripely.documents.source import join
from ripely.model.action import Assign, Coupon, EmitAct, Task, Update, Webhook
from ripely.model.catalog import RESERVED
from ripely.model.journey import Step
from ripely.model.problem import Problem


def check_action(path: str, step: Step) -> Iterator[Problem]:
    match step:
        case Update():
            yield from _update(path, step)
        case Assign():
            yield from _assign(path, step)
        case Task(team=None, patience=patience) if patience is not None:
            sentence = '"patience" is for a call that waits for a "team".'
            yield Problem("contradiction", join(path, "patience"), sentence)
        case Coupon(valid_for=period, until=weekday) if (
            period is not None and weekday is not None
        ):
            sentence = 'A code ends once: say "valid_for" or "until".'
            yield Problem("contradiction", join(path, "until"), sentence)
        case EmitAct(event=event) if event in RESERVED:
            sentence = f'Only Ripely itself says "{event}": choose a name of your own.'
            yield Problem("unknown_choice", join(path, "event"), sentence)
        case Webhook(url=url) if not url.startswith(("https://", "http://")):
            sentence = "A webhook calls an address like https://example.com/hook."
            yield Problem("bad_url", join(path, "url"), sentence)
        case _:
            pass


def _update(path: str, step: Update) -> Iterator[Problem]:
    if step == Update(then=step.then):
        yield Problem("empty_update", path, "This update changes nothing.")
    both = (
        ("remove_tags", step.add_tags, step.remove_tags),
        ("leave_lists", step.join_lists, step.leave_lists),
        ("leave_topics", step.join_topics, step.leave_topics),
    )
    for part, given, taken in both:
        for name in taken:
            if name in given:
                sentence = f'"{name}" is given and taken again by the same step.'
                yield Problem("contradiction", join(path, part), sentence)


def _assign(path: str, step: Assign) -> Iterator[Problem]:
    if step.how == "fixed" and not step.to:
        sentence = 'Say who becomes the owner with "to", or choose one of a team: "how: turns".'
        yield Problem("missing_field", join(path, "to"), sentence)
    if step.how == "fixed":
        return
    if step.to:
        sentence = f'Who is chosen by {step.how} is not named: leave "to" out.'
        yield Problem("contradiction", join(path, "to"), sentence)
    if step.team is None:
        sentence = f'To choose somebody by {step.how}, say of which "team".'
        yield Problem("missing_field", join(path, "team"), sentence)
    if step.how == "score" and step.score is None:
        sentence = 'To choose somebody by score, say by which "score".'
        yield Problem("missing_field", join(path, "score"), sentence)
