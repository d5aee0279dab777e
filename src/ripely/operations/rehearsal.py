"""Plays stories on the real rules with a clock of their own, and tells where they go otherwise."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from ripely.compiler.ruleset import Published, RuleSettings, compile_ruleset
from ripely.documents.references import references
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import TIMER_FIRED, new_profile, step
from ripely.model.catalog import is_act
from ripely.model.effect import (
    CallWebhook,
    CreateTask,
    Effect,
    EmitEvent,
    NotifyPerson,
    SendMessage,
)
from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, RulesetId, TemplateId, derive
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.model.template import Template
from ripely.operations.review import review
from ripely.operations.story import Act, Script, Story

TIMERS_A_STORY_MAX = 10_000
_ALWAYS = {"send", "hold", "call", "todo", "notify", "webhook"}


class Told(msgspec.Struct, frozen=True):
    """Something that followed: when, for whom, and what, in the words of stories."""

    at_s: int
    who: str
    text: str


class World:
    """Some contacts, one ruleset, and a clock that stands still between two lines."""

    def __init__(self, rules: Ruleset) -> None:
        self.rules = rules
        self.profiles: dict[str, Profile] = {}
        self.told: list[Told] = []
        self.events = 0

    def pass_time(self, until_s: int) -> None:
        """Fire every timer that falls due, each at its own moment, in order."""
        for _ in range(TIMERS_A_STORY_MAX):
            due = [(p.due_s, who) for who, p in self.profiles.items() if 0 < p.due_s <= until_s]
            if not due:
                return
            due_s, who = min(due)
            self.happen(who, TIMER_FIRED, due_s, {})
        raise AssertionError("timers fire without end")

    def happen(self, who: str, name: str, at_s: int, properties: dict[str, object]) -> None:
        contact = contact_of(who)
        profile = self.profiles.get(who) or new_profile(contact, at_s)
        self.events += 1
        event = Event(
            id=EventId(derive("story", str(self.events))),
            contact=contact,
            name=name,
            occurred_ms=at_s * 1000,
            received_ms=at_s * 1000,
            properties=properties,
        )
        after = step(self.rules, profile, event)
        self.profiles[who] = after.profile
        self.told += [Told(at_s, who, text) for text in in_words(after.effects, after.notes)]
        for effect in after.effects:
            if isinstance(effect, EmitEvent):
                other = self.name_of(effect.target)
                self.happen(other, effect.name, at_s, effect.properties)

    def name_of(self, contact: ContactId) -> str:
        return next(who for who in self.profiles if contact_of(who) == contact)


def contact_of(who: str) -> ContactId:
    return ContactId(derive("story", who))


def compile_script(script: Script, zone: ZoneInfo) -> Ruleset:
    """Return the rules of a script. Templates that it only names are taken as given."""
    documents, findings = review({"definitions.yaml": script.definitions.encode()})
    definitions = [d.definition for d in documents if d.definition is not None]
    given = {
        key: _given_template(key[1])
        for definition in definitions
        for _, key in references(definition)
        if key[0] == "template"
    }
    documents, findings = review({"definitions.yaml": script.definitions.encode()}, given)
    wrong = [f for f in findings if not f.warning]
    assert not wrong, "\n".join(
        f"line {f.line + script.first_line}: {f.path}: {f.message}" for f in wrong
    )
    settings = RuleSettings(timezone=zone.key)
    return compile_ruleset(
        Published(tuple(definitions), {}, settings), RulesetId("story"), is_act
    )


def rehearse(story: Story, rules: Ruleset) -> list[str]:
    """Play a story; return a line for everything that is missing or that nobody expected."""
    world = World(rules)
    differences: list[str] = []
    several = len({act.who for act in story.acts if act.event}) > 1
    spoken = _ALWAYS | {_topic(text) for act in story.acts for text in act.follows}
    for act in story.acts:
        _play(world, act)
        told, world.told = world.told, []
        differences += _compare(
            story, act, [t for t in told if _topic_of(t) in spoken], several
        )
    return differences


def _play(world: World, act: Act) -> None:
    at_s = int(act.at.timestamp())
    world.pass_time(at_s)
    for _ in range(act.times if act.event else 0):
        world.happen(act.who, act.event, at_s, act.properties)


def _compare(story: Story, act: Act, told: list[Told], several: bool) -> Iterator[str]:  # noqa: FBT001
    at_s = int(act.at.timestamp())
    expected = list(act.follows)
    for each in told:
        text = f"{each.who}: {each.text}" if several else each.text
        if each.at_s == at_s and text in expected:
            expected.remove(text)
        else:
            moment = datetime.fromtimestamp(each.at_s, story.zone)
            yield f"line {act.line}: nobody expected at {moment:%a %Y-%m-%d %H:%M:%S}: {text}"
    for text in expected:
        yield f"line {act.line}: expected, but it did not follow: {text}"


def in_words(effects: Sequence[Effect], notes: Sequence[Note]) -> Iterator[str]:
    for effect in effects:
        yield from _effect(effect)
    scores = {note.subject: note.value for note in notes if note.kind == "score.changed"}
    for score, value in scores.items():
        yield f"score {score} = {value}"
    for note in notes:
        yield from _note(note)


def _effect(effect: Effect) -> Iterator[str]:
    match effect:
        case SendMessage(held=reason, template=template) if reason:
            yield f"hold {template}: {reason}"
        case SendMessage(channel=channel, template=template, recipient=recipient):
            by = "" if channel == "email" else f" by {channel}"
            yield f"send {template}{by} to {recipient}"
        case CreateTask(type=kind, title=title, assignee=assignee):
            yield f'{kind} task "{title}"{f" for {assignee}" if assignee else ""}'
        case NotifyPerson(to=to, text=text):
            yield f"notify {to or 'everybody'}: {text}"
        case CallWebhook(url=url):
            yield f"webhook {url}"
        case EmitEvent(name=name):
            yield f"emit {name}"


def _note(note: Note) -> Iterator[str]:
    kind, subject, reason = note.kind, note.subject, note.reason
    match kind:
        case "segment.entered" | "segment.left":
            yield f"{kind.removeprefix('segment.')} segment {subject}"
        case "journey.entered":
            yield f"entered journey {subject}"
        case "journey.exited":
            yield f"left journey {subject} at {reason}"
        case "journey.goal":
            yield f"goal of journey {subject} at {reason}"
        case "journey.refused":
            yield f"refused by journey {subject}: {reason}"
        case "visit.started":
            yield f"visit {note.value}"
        case _:
            pass


def _topic_of(told: Told) -> str:
    return _topic(told.text)


def _topic(text: str) -> str:
    """What a line speaks of. A story that speaks of segments must tell all that happens to them."""
    words = text.split(": ", 1)[-1].split() if text[:1].isupper() else text.split()
    if words[0] in {"entered", "left", "goal", "refused"}:
        return "segment" if words[1] == "segment" else "journey"
    return words[0]


def _given_template(name: str) -> Template:
    return Template(TemplateId(name), name, "subject", "<mjml><mj-body></mj-body></mjml>")
