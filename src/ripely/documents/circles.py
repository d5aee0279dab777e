"""The circles of a drawing, found in one walk over it, however large it is."""

from collections.abc import Iterable, Iterator, Mapping

from ripely.model.ids import StepId

Ways = Mapping[StepId, Iterable[StepId]]


def circles(ways: Ways) -> list[frozenset[StepId]]:
    """Return the largest sets of steps of which each leads to all of them, itself included.

    Kosaraju's two walks: what is left last on the way there is where the way back begins.
    """
    back: dict[StepId, list[StepId]] = {name: [] for name in ways}
    for name, targets in ways.items():
        for target in targets:
            if target in back:
                back[target].append(name)
    found: list[frozenset[StepId]] = []
    seen: set[StepId] = set()
    for name in reversed(list(_left(ways))):
        together = _reached(name, back, seen)
        if len(together) > 1 or (together and name in ways[name]):
            found.append(frozenset(together))
    return found


def _left(ways: Ways) -> Iterator[StepId]:
    """Yield each step when all that it leads to has been yielded, or is on the way to it."""
    seen: set[StepId] = set()
    for first in ways:
        if first in seen:
            continue
        seen.add(first)
        path = [(first, iter(ways[first]))]
        while path:
            name, ahead = path[-1]
            new = next((to for to in ahead if to in ways and to not in seen), None)
            if new is None:
                path.pop()
                yield name
            else:
                seen.add(new)
                path.append((new, iter(ways[new])))


def _reached(start: StepId, ways: Ways, seen: set[StepId]) -> set[StepId]:
    """Return what is reached and has not been seen before, and see it."""
    found: set[StepId] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            found.add(name)
            waiting += ways[name]
    return found
