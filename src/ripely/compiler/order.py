"""The order in which kept conditions are answered: what others depend on comes first."""

from collections.abc import Sequence
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
        sorter.add(watch.key, *sorted(str(key) for key in watch.keys))
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


__all__ = ["CycleError", "ranked"]
