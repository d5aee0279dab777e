"""The language of stories: what happens to contacts, line by line, and after `->` what must follow.

    Library: welcome
    Definitions:
      ... documents in YAML ...
    Story: A cart left for an hour gets one reminder.
    Zone Europe/Kyiv
    Mon 09:00 cart.updated total=120
    +1h
      -> send cart_reminder to ann@example.com
      says Your cart is waiting
      has score interest = 5

`Library` names ready-made automations, `Definitions` adds documents of one's own. Unless a line says otherwise, things happen to Ann. Whatever is decided must be told: messages,
tasks, notices and webhooks always, and scores, segments, journeys and visits in a story that
speaks of them at all. `has` looks at what is known of the contact after the line, `says` at the
text of the letters sent with it. `webhook.answered paid=true` is the answer to the last call of a
webhook that waits for one; `step=check` says of which step, and `webhook.failed` that there was an error.
"""

import re
import shlex
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from ripely.model.duration import Duration

MONDAY = date(2030, 1, 7)
"""Stories begin on this day at midnight; 2030 is a year like any other, and DST changes in March."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(
    r"(?P<later>\+[\dwdhms ]*[wdhms])(?=\s|$)"
    r"|((?P<day>[A-Z][a-z]{2}|\d{4}-\d\d-\d\d)\s+)?(?P<clock>\d\d:\d\d)(?=\s|$)"
)
_LIBRARY = "Library:"
_TIMES = re.compile(r"x([1-9]\d{0,2})")


class StoryError(Exception):
    """A line of a story cannot be read."""


class Act(msgspec.Struct):
    """A line: at a moment, somebody does something `times` times; with no event, time passes."""

    line: int
    at: datetime
    who: str = "Ann"
    event: str = ""
    properties: dict[str, object] = {}
    times: int = 1
    follows: list[str] = []
    says: list[str] = []
    has: list[tuple[str, str]] = []


class Story(msgspec.Struct):
    title: str
    zone: ZoneInfo
    acts: list[Act] = []

    @property
    def several(self) -> bool:
        """Whether more than one contact acts, so that lines must say who is meant."""
        return len({act.who for act in self.acts if act.event}) > 1


class Script(msgspec.Struct):
    """A file: its documents as YAML, the line they start on, its stories, and what it takes from the library."""

    definitions: str
    first_line: int
    stories: list[Story]
    library: list[str] = []


def read_script(text: str) -> Script:
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith("Story:")]
    if not starts:
        raise StoryError("There is no line that begins a story: `Story: ...`")
    opening = [n for n, line in enumerate(lines[: starts[0]]) if line == "Definitions:"]
    first = opening[0] + 1 if opening else starts[0]
    ends = [*starts[1:], len(lines)]
    stories = [_story(lines, start, end) for start, end in zip(starts, ends, strict=True)]
    named = [line for line in lines[: starts[0]] if line.startswith(_LIBRARY)]
    library = [
        name for line in named for name in re.split(r"[,\s]+", line[len(_LIBRARY) :].strip())
    ]
    return Script("\n".join(lines[first : starts[0]]), first, stories, library)


def _story(lines: list[str], start: int, end: int) -> Story:
    story = Story(lines[start].removeprefix("Story:").strip(), ZoneInfo("UTC"), [])
    for number in range(start + 1, end):
        line = lines[number].strip()
        try:
            if line and not line.startswith("#"):
                _take(story, number + 1, line)
        except (StoryError, ValueError) as wrong:
            raise StoryError(f"line {number + 1}: {wrong}") from None
    return story


def _take(story: Story, number: int, line: str) -> None:
    if line.startswith("Zone "):
        story.zone = ZoneInfo(line.removeprefix("Zone ").strip())
    elif not line.startswith(("->", "says ", "has ")):
        story.acts.append(_act(story, number, line))
    elif not story.acts:
        raise StoryError("this says what follows, but nothing has happened yet")
    elif line.startswith("->"):
        story.acts[-1].follows.append(" ".join(line.removeprefix("->").split()))
    elif line.startswith("says "):
        story.acts[-1].says.append(line.removeprefix("says ").strip())
    else:
        fact, _, value = line.removeprefix("has ").partition("=")
        story.acts[-1].has.append((fact.strip(), value.strip()))


def _act(story: Story, number: int, line: str) -> Act:
    said = _TIME.match(line)
    if said is None:
        raise StoryError(f"{line!r} does not begin with a time like `Mon 09:00` or `+2d`")
    before = story.acts[-1].at if story.acts else None
    act = Act(number, _moment(said, before, story.zone))
    for word in shlex.split(line[said.end() :]):
        _add_word(act, word)
    if act.event == "page.viewed" and "path" not in act.properties:
        act.properties["path"] = urlsplit(str(act.properties.get("url", ""))).path
    return act


def read_event(line: str) -> dict[str, object]:
    """Return the properties of an event as a line says them: `order.completed total=12`."""
    act = Act(0, datetime.combine(MONDAY, time()))
    for word in shlex.split(line):
        _add_word(act, word)
    return act.properties


def _add_word(act: Act, word: str) -> None:
    name, equals, value = word.partition("=")
    times = _TIMES.fullmatch(word)
    if times:
        act.times = int(times[1])
    elif not act.event and word[:1].isupper() and "=" not in word:
        act.who = word
    elif not act.event and not equals:
        act.event = word
    elif equals and act.event:
        act.properties[name] = _value(value)
    else:
        raise StoryError(f"{word!r} is neither an event nor a property like `url=/pricing`")


def _value(text: str) -> object:
    """Read a number, yes or no, nothing, a list of JSON; anything else is a text."""
    try:
        value: object = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    return value if isinstance(value, int | float | bool | list | None) else text


def _moment(said: re.Match[str], before: datetime | None, zone: ZoneInfo) -> datetime:
    if said["later"]:
        start = before or datetime.combine(MONDAY, time(), zone)
        # Over UTC, because an hour is an hour also when the clocks change.
        return (start.astimezone(ZoneInfo("UTC")) + _span(said["later"])).astimezone(zone)
    clock = time.fromisoformat(said["clock"])
    for day in _days(said["day"], before.astimezone(zone).date() if before else MONDAY):
        moment = datetime.combine(day, clock, zone)
        if before is None or moment >= before:
            return moment
    raise StoryError(f"{said[0]!r} lies before the line above")


def _days(said: str | None, first: date) -> Iterator[date]:
    """The days that a word can mean: the date itself, or the next such weekday, or the next day."""
    if said and said[0].isdigit():
        yield date.fromisoformat(said)
        return
    if said and said.lower() not in _WEEKDAYS:
        raise StoryError(f"{said!r} is no weekday: {', '.join(_WEEKDAYS)}")
    for ahead in range(8):
        day = first + timedelta(days=ahead)
        if said is None or _WEEKDAYS[day.weekday()] == said.lower():
            yield day


def _span(text: str) -> timedelta:
    return timedelta(seconds=Duration.parse(text.removeprefix("+")))
