"""What the list of contacts was asked for."""

from collections.abc import Mapping

from ripely.operations.dossiers.contacts import Wanted

WORDS_LENGTH_MAX = 200


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """Read the filters from an address; what makes no sense is left out."""
    return Wanted(
        words=_clean(query.get("q", "")),
        segment=_clean(query.get("segment", "")),
        level=_clean(query.get("level", "")),
        order="seen" if query.get("order") == "seen" else "score",
        after=_clean(query.get("after", "")),
    )


def _clean(words: str) -> str:
    return words.replace("\x00", "").strip()[:WORDS_LENGTH_MAX]
