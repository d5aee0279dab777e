"""Guesses which known name somebody meant."""

from collections.abc import Iterable
from difflib import get_close_matches

_NAMES_MAX = 12


def nearest(name: str, known: Iterable[str]) -> str | None:
    folded = {each.casefold(): each for each in known}
    found = get_close_matches(name[:100].casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: the nearest one, or a few to choose from."""
    names = sorted(set(known))
    if guess := nearest(name, names):
        return f'; did you mean "{guess}"?'
    if 0 < len(names) <= _NAMES_MAX:
        return f"; known here: {', '.join(names)}."
    return "."
