"""What can happen next in a preview: what letters invite to, what the journey asks about, and time."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import islice

import msgspec

from ripely.model.catalog import BY_NAME
from ripely.model.ids import StepId
from ripely.model.journey import Branch, Journey, targets
from ripely.operations.paths.beginnings import beginnings
from ripely.operations.paths.cast import Cast
from ripely.operations.paths.causes import Add, Causes, Ground, Heard
from ripely.operations.paths.options import Turn, is_wait, options
from ripely.operations.paths.telling import happening
from ripely.operations.paths.trail import GOAL, WAITS, Mark
from ripely.operations.paths.ways import causes
from ripely.operations.preview.choices import Choice
from ripely.operations.preview.walking import Letter, Walk
from ripely.operations.rehearsing.playing import Happening
from ripely.runtime.receipts import properties

OFFERED_MAX = 12
LETTERS_MAX = 3
LINKS_MAX = 4
_LINK = re.compile(r'href="(https?://(?!ripely\.example)[^"]+)"')
_OUTCOMES = ("opened", "replied", "unsubscribed", "bounced", "complained")


class Chance(msgspec.Struct, frozen=True):
    """Something that can be chosen, in words, and what group of choices it belongs to."""

    label: str
    group: str
    choice: Choice


def chances(walk: Walk, journey: Journey, ground: Ground) -> list[Chance]:
    """Return what can be chosen at this point."""
    found = [*islice(_of_journey(walk, journey, ground), OFFERED_MAX)]
    for letter in reversed([one for one in walk.letters if not one.held][-LETTERS_MAX:]):
        found += _of_letter(letter)
    unique: list[Chance] = []
    for one in found:
        if one.choice not in [other.choice for other in unique]:
            unique.append(one)
    return unique


def _of_journey(walk: Walk, journey: Journey, ground: Ground) -> Iterator[Chance]:
    place = walk.place
    if place is None:
        yield from _entries(journey, ground)
        return
    entry = Happening(place.entered_s, "", place.entry)
    mark = Mark("", StepId(""), "", walk.now_s)
    turn = Turn(
        mark, Mark(WAITS, place.step, "", place.since_s), Cast(start=(entry,)), fresh=True
    )
    if is_wait(journey.steps[place.step]):
        for option in options(turn, journey, ground):
            group = "Reaches the goal" if option.kind == GOAL else "What is waited for"
            yield from _chosen(option.causes, group)
    for asked in dict.fromkeys(walk.asked):
        yield from _answers(asked, journey, ground)
    for step in _ahead(journey, place.step):
        for case in step.cases:
            yield from _chosen(causes(case.condition, ground), "What is asked next")


def _entries(journey: Journey, ground: Ground) -> Iterator[Chance]:
    for trigger in journey.triggers:
        yield from _chosen([*beginnings(trigger, journey.id, ground)], "Comes in")
    asked: dict[str, object] = {"journey": journey.id, "by": "hand"}
    yield Chance("Put them in", "Comes in", Choice("journey.requested", asked))


def _chosen(ways: Sequence[Causes], group: str) -> Iterator[Chance]:
    """Offer the first way that is a single thing that happens."""
    for way in ways:
        if len(way) == 1 and isinstance(way[0], Add):
            choice = Choice(way[0].event, dict(way[0].properties))
            yield Chance(_label(choice), group, choice)
            return


def _answers(step: StepId, journey: Journey, ground: Ground) -> Iterator[Chance]:
    """Offer what another system may say, so that the branches ahead go each way."""
    said: list[dict[str, object]] = [{}]
    for branch in _ahead(journey, step):
        for case in branch.cases:
            heard = (_heard(way, step) for way in causes(case.condition, ground))
            said += [next(filter(None, heard), {})]
    for one in said:
        answered = Choice("webhook.answered", {"step": step, "answer": one})
        yield Chance(_label(answered), "Another system answers", answered)
    failed = Choice("webhook.failed", {"step": step, "status": 500, "reason": "answered 500"})
    yield Chance(_label(failed), "Another system answers", failed)


def _heard(way: Causes, step: StepId) -> dict[str, object]:
    """Return what a step must hear, if that alone is the way."""
    heard = [one for one in way if isinstance(one, Heard) and one.step == step]
    return {one.name: one.value for one in heard} if len(heard) == len(way) else {}


def _label(choice: Choice) -> str:
    return happening(Happening(0, choice.event, choice.properties))


def _ahead(journey: Journey, at: StepId) -> Iterator[Branch]:
    """Return the branches that come before the next wait."""
    seen: set[StepId] = set()
    waiting = [to for _, to in targets(journey.steps[at])]
    while waiting:
        name = waiting.pop(0)
        step = journey.steps.get(name)
        if step is None or name in seen:
            continue
        seen.add(name)
        if isinstance(step, Branch):
            yield step
        if not is_wait(step):
            waiting += [to for _, to in targets(step)]


def _of_letter(letter: Letter) -> Iterator[Chance]:
    said: dict[str, object] = {**properties(letter.message)}
    channel, group = letter.message.channel, f"“{letter.name}”"
    for outcome in _OUTCOMES:
        event = f"{channel}.{outcome}"
        if event in BY_NAME:
            more = {"by": "human"} if outcome == "opened" else {}
            more |= {"purpose": letter.message.purpose} if outcome == "unsubscribed" else {}
            yield Chance(outcome.capitalize(), group, Choice(event, {**said, **more}))
    for url in _links(letter.html) or ["https://example.com/"]:
        clicked = {**said, "by": "human", "url": url}
        if f"{channel}.clicked" in BY_NAME:
            yield Chance(f"Clicked {url}", group, Choice(f"{channel}.clicked", clicked))


def _links(html: str) -> list[str]:
    """Return where a letter leads, but for what leads back to us."""
    found = (unescape(address) for address in _LINK.findall(html))
    return list(dict.fromkeys(found))[:LINKS_MAX]
