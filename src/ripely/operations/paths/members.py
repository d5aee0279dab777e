"""What guards of segments would hold back for those who are in them."""

from collections.abc import Iterator

import msgspec

from ripely.compiler.ruleset import Published
from ripely.model.company import Guard
from ripely.model.effect import SendMessage
from ripely.model.journey import Journey
from ripely.operations.paths.exploring import Explored, Lived, relive
from ripely.operations.paths.finding import Weakness
from ripely.operations.wording.names import Names


def guarded_members(
    journey: Journey, explored: Explored, published: Published, names: Names
) -> Iterator[Weakness]:
    """Go the first path once more as a member of each guarded segment, and say what is held then."""
    for guard in published.definitions:
        if isinstance(guard, Guard) and guard.segment is not None and explored.paths:
            first = explored.paths[0]
            lived = relive(first.cast, journey, _for_all(published, guard))
            held = [*_held(lived, names)] if lived is not None else []
            more = [name for name in dict.fromkeys(held) if name not in {*_held(first, names)}]
            if more:
                sentence = (
                    f"For those in “{names.segment(guard.segment)}” the guard “{guard.name}” holds"
                    f" {', '.join(more)} back."
                )
                yield Weakness("hint", "guarded_members", "$.steps", sentence)


def _for_all(published: Published, guard: Guard) -> Published:
    others = tuple(one for one in published.definitions if one != guard)
    wide = msgspec.structs.replace(guard, segment=None)
    return msgspec.structs.replace(published, definitions=(*others, wide))


def _held(path: Lived, names: Names) -> Iterator[str]:
    for scene in path.scenes:
        for one in scene.effects:
            if isinstance(one, SendMessage) and one.held:
                yield f"“{names.template(one.template)}”"
