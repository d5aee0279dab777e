"""What a contact did, as clauses."""

from typing import assert_never

from ripely.model.acts import (
    Absence,
    Aggregate,
    Bought,
    Did,
    Message,
    Occasion,
    OfActs,
    Page,
    Searched,
    Seen,
    Sequence,
)
from ripely.operations.wording.names import Names, spoken
from ripely.operations.wording.phrases import (
    PERIODS,
    act,
    between,
    compared,
    last,
    long_duration,
    tested,
    times,
)

_PAGES = {
    "equals": "with the address",
    "path": "with the path",
    "starts_with": "whose address begins with",
    "contains": "whose address contains",
    "contains_words": "whose address has the words",
    "matches": "whose address matches",
    "category": "of the category",
}
_TAKES = {
    "sum": "all {of} together, of {event},",
    "minimum": "the least {of} of {event}",
    "maximum": "the most {of} of {event}",
    "average": "the average {of} of {event}",
    "distinct": "the number of different values of {of} in {event}",
}
_JUDGED = {
    "human": "by a person",
    "machine": "by a machine",
    "unknown": "by nobody can say whom",
}
_ORDINARY = ("human", "unknown")


def say_act(condition: OfActs, names: Names) -> str:
    match condition:
        case Did() | Page() | Searched() | Message() | Bought():
            often = times(condition.at_least, condition.at_most)
            return f"{_what(condition, names)} {often}{_window(condition)}"
        case Aggregate() | Occasion():
            return _of_property(condition)
        case Sequence(acts, within):
            recent = f", begun in {last(condition.in_last)}" if condition.in_last else ""
            chain = ", then ".join(map(act, acts))
            return f"{chain} happened within {long_duration(within)}{recent}"
        case Absence(first, missing, within):
            return f"{act(first)} was not followed by {act(missing)} within {long_duration(within)}"
        case Seen(within):
            return f"the contact did something in {last(within)}"
        case unknown:
            assert_never(unknown)


def _what(condition: Did | Page | Searched | Message | Bought, names: Names) -> str:
    match condition:
        case Did(event=event, where=where):
            return f"“{spoken(event)}”{tested(where)} happened"
        case Page(match=match, value=value):
            return f"a page {_PAGES[match]} “{value}” was {_viewed(condition)}"
        case Searched(value=phrase):
            return f"“{phrase}” was searched for"
        case Message():
            return _message(condition, names)
        case Bought(product=product, category=category):
            of = [f"the product “{product}”"] if product else []
            of += [f"something of “{category}”"] if category else []
            return f"{' and '.join(of) or 'anything'} was bought"
        case unknown:
            assert_never(unknown)


def _viewed(page: Page) -> str:
    ways = [f"read for {page.seconds} seconds"] if page.seconds is not None else []
    ways += [f"scrolled to {page.scroll}%"] if page.scroll is not None else []
    return " and ".join(ways) or "viewed"


def _message(message: Message, names: Names) -> str:
    of = [f"“{names.template(message.template)}”"] if message.template else []
    of += [f"of the journey “{names.journey(message.journey)}”"] if message.journey else []
    of += [f"of the step “{spoken(message.step)}”"] if message.step else []
    link = f" at the link “{message.link}”" if message.link else ""
    judged = " or ".join(_JUDGED[by] for by in message.by)
    by = f" {judged}" if message.by != _ORDINARY else ""
    channel = spoken(message.channel).lower()
    return f"{' '.join([f'the {channel} message', *of])} was {message.did}{link}{by}"


def _of_property(condition: Aggregate | Occasion) -> str:
    of = spoken(condition.of.replace(".", " ")).lower()
    event = f"“{spoken(condition.event)}”{tested(condition.where)}"
    if isinstance(condition, Occasion):
        compares = compared(condition.op, condition.value)
        return f"{of} of the {condition.which} {event}{_window(condition)} {compares}"
    taken = _TAKES[condition.take].format(of=of, event=event)
    bounds = between(condition.at_least, condition.at_most)
    return f"{taken}{_window(condition)} is {bounds}"


def _window(window: Did | Page | Searched | Message | Bought | Aggregate | Occasion) -> str:
    parts = [f"in {last(window.within)}"] if window.within else []
    parts += [f"at least {long_duration(window.older_than)} ago"] if window.older_than else []
    parts += [PERIODS[window.during]] if window.during else []
    parts += [f"since {window.since}"] if window.since else []
    parts += [f"until {window.until}"] if window.until else []
    entering = {"journey": "since entering the journey", "step": "since coming to this step"}
    parts += [entering[window.since_entering]] if window.since_entering else []
    return "".join(f" {part}" for part in parts)
