"""Plays stories on the real rules with a clock of their own, and tells where they go otherwise."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.documents.references import references
from ripely.engine.admission import admit
from ripely.engine.identity import Directory
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import new_profile, step
from ripely.model.catalog import is_act
from ripely.model.effect import AssignOwner, EmitEvent, SendMessage
from ripely.model.event import TIMER_FIRED, Event
from ripely.model.ids import ContactId, EventId, RulesetId, ScoreId, TemplateId, derive
from ripely.model.profile import Profile
from ripely.model.template import Template
from ripely.operations.library import automation, documents_of
from ripely.operations.publishing.review import review
from ripely.operations.rehearsing.colleagues import ANSWERS, Calls, Colleagues
from ripely.operations.rehearsing.story import Act, Script, Story
from ripely.operations.rehearsing.telling import ALWAYS, in_words, read_letter, topic
from ripely.runtime.collect import Reader, Sender

TIMERS_A_STORY_MAX = 10_000
Properties = Mapping[str, object]
CALLS = frozenset({"page", "track", "identify"})
"""Lines that are calls of a browser: `Laptop page url=https://shop.example/`."""


class Told(msgspec.Struct, frozen=True):
    """Something that followed: when, for whom, and what, in the words of stories."""

    at_s: int
    who: str
    text: str


class Stage(msgspec.Struct, frozen=True):
    """What a script plays on: its rules, and the templates of its letters."""

    rules: Ruleset
    templates: Mapping[TemplateId, Template]


class World:
    """Some contacts, one ruleset, and a clock that stands still between two lines."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.rules = stage, stage.rules
        self.people = Directory()
        self.colleagues, self.calls = Colleagues(stage.rules), Calls()
        self.profiles: dict[ContactId, Profile] = {}
        self.names: dict[ContactId, str] = {}
        self.contacts: dict[str, ContactId] = {}
        self.told: list[Told] = []
        self.letters: list[str] = []
        self.lines = 0
        self.now_s = 0

    def pass_time(self, until_s: int) -> None:
        """Fire every timer that falls due, each at its own moment, in order."""
        self.now_s = until_s
        for _ in range(TIMERS_A_STORY_MAX):
            due = [(p.due_s, one) for one, p in self.profiles.items() if 0 < p.due_s <= until_s]
            if not due:
                return
            due_s, contact = min(due)
            self.fold(self.event(contact, TIMER_FIRED, due_s, {}))
        raise AssertionError("timers fire without end")

    def happen(self, act: Act, at_s: int) -> None:
        """Let one event of a named contact happen, or one call of a browser come in."""
        if act.event in CALLS:
            self.call(act, at_s)
        else:
            contact = self.contacts.setdefault(act.who, ContactId(derive("story", act.who)))
            self.names[contact] = act.who
            answers = act.event in ANSWERS
            said = self.calls.completed(act.properties) if answers else act.properties
            self.fold(self.event(contact, act.event, at_s, said))

    def call(self, act: Act, at_s: int) -> None:
        """Take a call as the product does: read it, settle whose it is, then fold."""
        self.lines += 1
        body = msgspec.json.encode(call_of(act, f"m{self.lines}"))
        reading = Reader().one(body, Sender(at_s * 1000), act.event)
        assert not reading.refusals, reading.refusals
        admission = admit(self.people, reading.arrivals)
        for contact in admission.contacts:
            self.contacts[act.who] = contact
            self.names[contact] = act.who
        for event in admission.events:
            self.fold(event)

    def event(self, contact: ContactId, name: str, at_s: int, properties: Properties) -> Event:
        self.lines += 1
        return Event(
            id=EventId(derive("story", str(self.lines))),
            contact=contact,
            name=name,
            occurred_ms=at_s * 1000,
            received_ms=at_s * 1000,
            properties=dict(properties),
        )

    def fold(self, event: Event) -> None:
        contact, at_s = event.contact, event.received_ms // 1000
        profile = self.profiles.get(contact) or new_profile(contact, at_s)
        after = step(self.rules, profile, event)
        self.profiles[contact] = after.profile
        who = self.names.get(contact, "")
        self.told += [Told(at_s, who, text) for text in in_words(after)]
        for effect in after.effects:
            self.calls.made(effect)
            if isinstance(effect, SendMessage) and not effect.held:
                self.letters.append(read_letter(self.stage.templates[effect.template], effect))
            if isinstance(effect, EmitEvent):
                self.fold(self.event(effect.target, effect.name, at_s, effect.properties))
            if isinstance(effect, AssignOwner):
                self.fold(self.colleagues.choose(effect, at_s))

    def known(self, who: str, fact: str) -> str:
        """What is known of a contact: an attribute, or `score x`, `level x`, `segments` ..."""
        contact = self.contacts[who]
        profile = self.profiles[contact]
        sort, _, name = fact.partition(" ")
        tell = _FACTS.get(sort)
        return str(tell(profile, name, self) if tell else profile.attributes.get(fact, ""))


def _level(profile: Profile, name: str, world: World) -> str:
    score, _, _ = name.partition("/")
    return world.rules.scores[ScoreId(score)].level(profile.points(ScoreId(name), world.now_s))


_FACTS: Mapping[str, Callable[[Profile, str, World], object]] = {
    "score": lambda profile, name, world: profile.points(ScoreId(name), world.now_s),
    "level": _level,
    "interest": lambda profile, name, _: profile.interests.get(name, 0),
    "segments": lambda profile, _, __: ", ".join(sorted(profile.segments)),
    "tags": lambda profile, _, __: ", ".join(sorted(profile.tags)),
    "visits": lambda profile, _, __: profile.visit.number,
}


def call_of(act: Act, message: str) -> dict[str, object]:
    """Return what the tracker of a browser, or another system, would send for a line."""
    ids = {"userId": act.properties.get("userId"), "event": act.properties.get("event")}
    said = {key: value for key, value in act.properties.items() if key not in ids}
    part = "traits" if act.event == "identify" else "properties"
    return {"anonymousId": act.who.lower(), "messageId": message, **ids, part: said}


def compile_script(script: Script, zone: ZoneInfo) -> Stage:
    """Return the rules of a script. Templates that it only names are taken as given."""
    files = {
        **documents_of([automation(name) for name in script.library], Published()),
        "definitions.yaml": script.definitions.encode(),
    }
    documents, findings = review(files)
    definitions = [d.definition for d in documents if d.definition is not None]
    given = {
        key: _given_template(key[1])
        for definition in definitions
        for _, key in references(definition)
        if key[0] == "template"
    }
    documents, findings = review(files, given)
    wrong = [f for f in findings if not f.warning]
    assert not wrong, "\n".join(
        f"{f.file}, line {f.line + script.first_line}: {f.path}: {f.message}" for f in wrong
    )
    published = Published(tuple(definitions), timezone=zone.key)
    templates = [*given.values(), *(d for d in definitions if isinstance(d, Template))]
    return Stage(
        compile_ruleset(published, RulesetId("story"), is_act),
        {template.id: template for template in templates},
    )


def rehearse(story: Story, stage: Stage) -> list[str]:
    """Play a story; return a line for everything that is missing or that nobody expected."""
    world = World(stage)
    differences: list[str] = []
    spoken = ALWAYS | {topic(text) for act in story.acts for text in act.follows}
    for act in story.acts:
        told = [each for each in perform(world, act) if topic(each.text) in spoken]
        differences += _compare(story, act, told)
        differences += _look(world, act)
    return differences


def perform(world: World, act: Act) -> list[Told]:
    """Let a line happen; return what followed. Of a score that moved more than once, the last value."""
    at_s = int(act.at.timestamp())
    world.pass_time(at_s)
    for _ in range(act.times if act.event else 0):
        world.happen(act, at_s)
    told, world.told = world.told, []
    last = {(each.at_s, each.who, each.text.partition(" = ")[0]): each for each in told}
    return [
        each for each in told if not each.text.startswith("score ") or each in last.values()
    ]


def _compare(story: Story, act: Act, told: list[Told]) -> Iterator[str]:
    at_s = int(act.at.timestamp())
    expected = list(act.follows)
    for each in told:
        text = f"{each.who}: {each.text}" if story.several else each.text
        if each.at_s == at_s and text in expected:
            expected.remove(text)
        else:
            moment = datetime.fromtimestamp(each.at_s, story.zone)
            yield f"line {act.line}: nobody expected at {moment:%a %Y-%m-%d %H:%M:%S}: {text}"
    for text in expected:
        yield f"line {act.line}: expected, but it did not follow: {text}"


def _look(world: World, act: Act) -> Iterator[str]:
    letters, world.letters = world.letters, []
    for text in act.says:
        if not any(text in letter for letter in letters):
            yield f"line {act.line}: no letter says {text}"
    for fact, wanted in act.has:
        found = world.known(act.who, fact)
        if found != wanted:
            yield f"line {act.line}: {fact} is {found or 'not known'}, not {wanted}"


def _given_template(name: str) -> Template:
    return Template(TemplateId(name), name, "subject", "<mjml><mj-body></mj-body></mjml>")
