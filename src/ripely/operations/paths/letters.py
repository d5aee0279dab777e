"""What the letters of a journey need that may not be there: consent, facts, an offer that is still good."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from ripely.documents.source import join
from ripely.model.action import Coupon, Send, Update
from ripely.model.duration import Duration
from ripely.model.ids import StepId, TemplateId
from ripely.model.journey import Journey, Step, Together
from ripely.model.template import Template
from ripely.model.trigger import OnDate
from ripely.operations.paths.cast import sends
from ripely.operations.paths.exploring import Explored, Lived
from ripely.operations.paths.finding import Lacking, Weakness, share_of
from ripely.operations.paths.trail import HELD, STEP, Mark
from ripely.operations.wording.names import Names, spoken
from ripely.operations.wording.phrases import long_duration

DAY_S = 86_400
ALWAYS_KNOWN = frozenset({"id", "email", "unsubscribe_url", "scores"})
_FACT = re.compile(r"\bcontact\.(\w+)")


def without_consent(
    journey: Journey, explored: Explored, names: Names, lacking: Lacking
) -> Iterator[Weakness]:
    held = {mark.step for path in explored.paths for mark in path.marks if mark.way == HELD}
    needing: dict[str, list[tuple[StepId, str]]] = {}
    sent = {
        mark.step
        for path in explored.paths
        for mark in path.marks
        if mark.kind == STEP and mark.way != HELD
    }
    for step, send in sends(journey):
        called, place = f"“{names.template(send.template)}”", join("$.steps", step)
        if step in held and step not in sent:
            sentence = f"{called} never goes to anybody: something always holds it."
            yield Weakness("problem", "never_sent", place, sentence)
        elif step in held:
            needing.setdefault(send.purpose, []).append((step, called))
    for purpose, letters in needing.items():
        called = ", ".join(dict.fromkeys(name for _, name in letters))
        sentence = (
            f"Nothing makes sure of consent for {purpose}: whoever has not given it goes on without"
            f" {called}.{share_of(lacking, f'consent/{purpose}')}"
        )
        yield Weakness("hint", "without_consent", join("$.steps", letters[0][0]), sentence)


def missing_facts(
    journey: Journey, templates: Mapping[TemplateId, Template], names: Names, lacking: Lacking
) -> Iterator[Weakness]:
    """Return the facts that letters speak of, and that a contact may not have."""
    given = ALWAYS_KNOWN | {name for step in journey.steps.values() for name in _given(step)}
    given |= {one.attribute for one in journey.triggers if isinstance(one, OnDate)}
    for step, send in sends(journey):
        template = templates.get(send.template)
        if template is None:
            continue
        for name in unguarded(template):
            if name not in given:
                share = lacking(name)
                if share is not None and share == 0:
                    continue
                sentence = (
                    f"“{names.template(send.template)}” speaks of “{spoken(name).lower()}”, which may not be"
                    f" known: say what it says then.{share_of(lacking, name)}"
                )
                yield Weakness("warning", "missing_data", join("$.steps", step), sentence)


def unguarded(template: Template) -> list[str]:
    """Return the facts of contacts that a template takes for granted."""
    source = f"{template.subject}\n{template.preheader}\n{template.body}\n{template.text}"
    found = dict.fromkeys(_FACT.findall(source))
    return [name for name in found if not _is_guarded(name, source)]


def _is_guarded(name: str, source: str) -> bool:
    fact = rf"contact\.{re.escape(name)}\b"
    asked = rf"{{%-?\s*(if|elsif|unless|case)\b[^%]*{fact}"
    return bool(re.search(asked, source) or re.search(rf"{fact}[^}}%]*\|\s*default\b", source))


def late_letters(
    journey: Journey, explored: Explored, templates: Mapping[TemplateId, Template], names: Names
) -> Iterator[Weakness]:
    """Return the letters that come after what they speak of has ended, or after the goal has stopped to count."""
    told: set[tuple[StepId, str]] = set()
    for path in explored.paths:
        for mark in path.marks:
            step = journey.steps.get(mark.step)
            for send in _sent(step) if mark.kind == STEP and mark.way != HELD else ():
                for code, sentence in _late(path, mark, send, journey, templates, names):
                    if (mark.step, code) not in told:
                        told.add((mark.step, code))
                        place = join("$.steps", mark.step)
                        yield Weakness("warning", code, place, sentence)


def _late(
    path: Lived,
    mark: Mark,
    send: Send,
    journey: Journey,
    templates: Mapping[TemplateId, Template],
    names: Names,
) -> Iterator[tuple[str, str]]:
    called = f"“{names.template(send.template)}”"
    after_s = mark.at_s - path.marks[0].at_s
    goal = journey.goal
    if goal is not None and goal.within is not None and after_s > goal.within:
        yield (
            "after_goal_window",
            (
                f"{called} goes {_long(after_s)} after the entry, and the goal counts for"
                f" {long_duration(goal.within)} only."
            ),
        )
    template = templates.get(send.template)
    spoken_of = template.subject + template.body + template.text if template else ""
    for name, until_s in _offers(path, mark, journey).items():
        if f"contact.{name}" in spoken_of and until_s < mark.at_s:
            yield (
                "after_offer",
                (
                    f"{called} speaks of “{spoken(name).lower()}”, which has ended {_long(mark.at_s - until_s)}"
                    " before it goes."
                ),
            )


def _offers(path: Lived, mark: Mark, journey: Journey) -> dict[str, int]:
    """Return until when codes and dates given on the way so far are good, by attribute."""
    offers: dict[str, int] = {}
    for before in path.marks:
        step = journey.steps.get(before.step)
        if before.kind == STEP and before.at_s <= mark.at_s and isinstance(step, Update):
            ends = {name: before.at_s + after for name, after in step.set_dates.items()}
            offers |= {name: at_s + DAY_S for name, at_s in ends.items()}
    for scene in path.scenes:
        if scene.at_s > mark.at_s:
            break
        for event in scene.derived:
            until = event.properties.get("ends")
            if event.name == "coupon.issued" and isinstance(until, str):
                until_s = int(datetime.fromisoformat(until).timestamp())
                for name in _coupons(journey, str(event.properties.get("campaign"))):
                    offers |= {name: until_s, f"{name}_until": until_s}
    return offers


def _coupons(journey: Journey, campaign: str) -> Iterator[str]:
    for step in journey.steps.values():
        for action in step.actions if isinstance(step, Together) else (step,):
            if isinstance(action, Coupon) and action.campaign == campaign:
                yield action.attribute


def _sent(step: Step | None) -> tuple[Send, ...]:
    match step:
        case Send():
            return (step,)
        case Together(actions):
            return tuple(one for one in actions if isinstance(one, Send))
        case _:
            return ()


def _given(step: Step) -> Iterator[str]:
    """Return the attributes that a step gives."""
    for action in step.actions if isinstance(step, Together) else (step,):
        match action:
            case Update():
                yield from (*action.set, *action.set_dates, *action.copy, *action.add)
            case Coupon(attribute=name):
                yield from (name, f"{name}_until")
            case _:
                pass


def _long(seconds: int) -> str:
    """Write a time by its largest units: nobody reads the minutes of a month."""
    unit = DAY_S if seconds >= DAY_S else 60
    return long_duration(Duration(max(unit, round(seconds / unit) * unit)))
