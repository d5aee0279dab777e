"""The first difference between two values, and the way to it."""

from collections.abc import Iterable, Mapping

import msgspec

ABSENT = "nothing"
TEXT_MAX = 200


class Difference(msgspec.Struct, frozen=True):
    """`path` leads to what differs: `scores.interest`, `enrollments[0].due_s`."""

    path: str
    live: str
    replayed: str


def first_difference(live: object, replayed: object, path: str = "") -> Difference | None:
    """Return where two values differ first, in the order of their fields, or None."""
    if isinstance(live, msgspec.Struct) and type(live) is type(replayed):
        return _first(
            (f"{path}.{name}".lstrip("."), getattr(live, name), getattr(replayed, name))
            for name in live.__struct_fields__
        )
    if isinstance(live, Mapping) and isinstance(replayed, Mapping):
        return _of_mappings(live, replayed, path)
    if isinstance(live, list | tuple) and isinstance(replayed, list | tuple):
        if len(live) != len(replayed):
            return Difference(path, f"{len(live)} entries", f"{len(replayed)} entries")
        both = enumerate(zip(live, replayed, strict=True))
        return _first((f"{path}[{n}]", old, new) for n, (old, new) in both)
    return None if live == replayed else Difference(path, _said(live), _said(replayed))


def _of_mappings(
    live: Mapping[object, object], replayed: Mapping[object, object], path: str
) -> Difference | None:
    for key in live.keys() ^ replayed.keys():
        old, new = live.get(key), replayed.get(key)
        return Difference(
            f"{path}.{key}",
            _said(old) if key in live else ABSENT,
            _said(new) if key in replayed else ABSENT,
        )
    found = _first((f"{path}.{key}", old, replayed[key]) for key, old in live.items())
    if found is None and list(live) != list(replayed):
        # What lies in another order is packed otherwise.
        return Difference(path, f"in the order {_said(list(live))}", _said(list(replayed)))
    return found


def _first(both: Iterable[tuple[str, object, object]]) -> Difference | None:
    for path, live, replayed in both:
        found = first_difference(live, replayed, path)
        if found is not None:
            return found
    return None


def _said(value: object) -> str:
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}..."
