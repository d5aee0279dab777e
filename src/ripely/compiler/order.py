"""The order in which kept conditions are answered: what others depend on comes first."""

import re
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

import msgspec

from ripely.engine.ruleset import Watch


def ranked(watches: Sequence[Watch]) -> tuple[Watch, ...]:
    """Return the watches in order, each with its place as rank.

    Raises:
        CycleError: segments or scores depend on each other in a circle.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for watch in watches:
        needed = sorted(str(key) for key in watch.keys)
        sorter.add(watch.key, *needed)
        for key in needed:
            if key.startswith("score/"):  # A border, or a part, changes with the whole.
                sorter.add(key, *_wholes(key))
        if watch.kind == "fact":
            sorter.add(f"score/{watch.subject}", watch.key)
        elif watch.kind == "lifecycle":
            sorter.add("lifecycle", watch.key)
    # The highest level first: who comes to it passes the others without a stop.
    sorter.add("lifecycle/potential_lead", "lifecycle/lead")
    sorter.add("lifecycle/lead", "lifecycle/customer")
    place = {key: at for at, key in enumerate(sorter.static_order())}
    in_order = sorted(watches, key=lambda watch: place[watch.key])
    return tuple(msgspec.structs.replace(w, rank=rank) for rank, w in enumerate(in_order))


def _wholes(key: str) -> Iterator[str]:
    """Return the score that a border of it, or of one of its parts, depends on."""
    score = re.split(r"/|>=", key)[1]
    if key != f"score/{score}":
        yield f"score/{score}"


__all__ = ["CycleError", "ranked"]
