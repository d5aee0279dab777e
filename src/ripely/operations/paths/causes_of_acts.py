"""What people would have done, or not, for questions about their acts."""

from collections.abc import Iterator

from ripely.compiler.shorthand import ORDERED, in_full
from ripely.model.acts import (
    Absence,
    Act,
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
    Where,
)
from ripely.model.ids import StepId
from ripely.operations.paths.causes import Add, Bounce, Causes, Ground
from ripely.operations.paths.values import passing, properties_for

MINUTE_S = 60
TIMES_MAX = 60
"""An act is played so often at most."""
_NOTHING: Causes = ()
_Windowed = Did | Aggregate | Occasion


def of_act(asked: OfActs, ground: Ground, *, holds: bool) -> Iterator[Causes]:
    match asked:
        case Message():
            yield from _message(asked, ground, holds=holds)
        case Page() | Searched() | Bought():
            yield from _did(in_full(asked), ground, holds=holds)
        case Did():
            yield from _did(asked, ground, holds=holds)
        case Aggregate():
            yield from _total(asked, ground, holds=holds)
        case Occasion():
            for value in passing(asked.op, asked.value, ground.today, passes=holds):
                where = (*asked.where, Where(asked.of, "equals", value))
                yield (_act(Act(asked.event, where), ground, asked),)
        case Sequence() | Absence() | Seen():
            yield from _in_order(asked, ground, holds=holds)


def happen(act: Act, ground: Ground, times: int = 1, before_s: int = 0) -> Causes:
    """Return an act so many times, a minute apart."""
    said = properties_for(act.event, act.where, ground.today)
    return tuple(
        Add(act.event, {**said, **_own(act.event, number)}, number * MINUTE_S, before_s)
        for number in range(min(times, TIMES_MAX))
    )


def _in_order(
    asked: Sequence | Absence | Seen, ground: Ground, *, holds: bool
) -> Iterator[Causes]:
    match asked:
        case Sequence(acts, within):
            gap = max(1, min(MINUTE_S, within // (len(acts) + 1)))
            done = tuple(_later(act, ground, gap * n) for n, act in enumerate(acts))
            yield done if holds else _NOTHING
        case Absence(act, without, within):
            yield (_later(act, ground, 0, within),) if holds else (_later(without, ground, 0),)
        case Seen():
            yield (_later(Act("page.viewed"), ground, 0),)


def _own(event: str, number: int) -> dict[str, object]:
    """Orders are told apart by their numbers."""
    return {"order_id": f"{1042 + number}"} if number and event == ORDERED else {}


def _did(did: Did, ground: Ground, *, holds: bool) -> Iterator[Causes]:
    least = did.at_least if did.at_least is not None else (0 if did.at_most is not None else 1)
    act, before_s = Act(did.event, did.where), _before(did)
    if holds:
        yield happen(act, ground, least, before_s)
        if least:
            yield happen(act, ground, least, before_s + MINUTE_S)
    elif did.at_most is not None:
        yield happen(act, ground, did.at_most + 1, before_s)
        yield _NOTHING
    else:
        yield _NOTHING


def _before(asked: _Windowed) -> int:
    """Return how long before it is asked an act must have happened."""
    return asked.older_than + MINUTE_S if asked.older_than else 0


def _message(message: Message, ground: Ground, *, holds: bool) -> Iterator[Causes]:
    """A receipt of a letter, by a human. That it did not arrive is the weather's doing."""
    wanted = holds != (message.at_most == 0)
    step = StepId(message.step)
    if message.did in {"sent", "delivered", "bounced"}:
        if wanted == (message.did == "bounced"):
            yield (Bounce(step),)
        yield _NOTHING
        return
    did = in_full(message)
    if message.did in {"opened", "clicked"}:
        by = Where("by", "equals", message.by[0] if message.by else "human")
        did = Did(
            did.event, (*did.where, by), at_least=did.at_least, at_most=did.at_most,
            within=did.within, older_than=did.older_than,
        )  # fmt: skip
    yield from _did(did, ground, holds=holds)


def _total(asked: Aggregate, ground: Ground, *, holds: bool) -> Iterator[Causes]:
    low, high = asked.at_least, asked.at_most
    act = Act(asked.event, asked.where)
    if not holds:
        yield _NOTHING
        low, high = (None, low - 1) if low is not None else ((high or 0) + 1, None)
    if asked.take == "distinct":
        said = properties_for(asked.event, asked.where, ground.today)
        yield tuple(
            Add(
                asked.event,
                {**said, asked.of: f"{said.get(asked.of, '')}{number}"},
                number * MINUTE_S,
            )
            for number in range(min(int(low or 0), TIMES_MAX))
        )
        return
    value = low if low is not None else high
    where = (*act.where, Where(asked.of, "equals", value))
    yield (_act(Act(asked.event, where), ground, asked),)


def _act(act: Act, ground: Ground, asked: _Windowed) -> Add:
    said = properties_for(act.event, act.where, ground.today)
    for test in act.where[-1:]:  # The value that is asked for, also where its name has dots.
        if test.op == "equals" and "." not in test.property:
            said = {**said, test.property: test.value}
    return Add(act.event, said, before_s=_before(asked))


def _later(act: Act, ground: Ground, after_s: int, before_s: int = 0) -> Add:
    said = properties_for(act.event, act.where, ground.today)
    return Add(act.event, said, after_s, before_s)
