"""What the pages of insights were asked for; what makes no sense is left out."""

from collections.abc import Mapping

from ripely.operations.explaining.held import WHATS, By, Choice, What
from ripely.operations.worth.automations import DAYS, MINUTES
from ripely.operations.worth.timing import PER, Per
from ripely.web.numbers import whole

DAYS_MAX = 3_650
PARTS: Mapping[By, str] = {
    "sort": "Sort of reason", "reason": "Reason", "journey": "Journey", "subject": "Message", "day": "Day",
}  # fmt: skip
WORDS_MAX = 200


def days_of(query: Mapping[str, str], usual: int = DAYS) -> int:
    return min(max(1, whole(query.get("days"), usual)), DAYS_MAX)


def minutes_of(query: Mapping[str, str]) -> Mapping[str, float]:
    """Read how long an act takes, in whole minutes; 0 is not free."""
    found = {act: whole(query.get(act)) for act in MINUTES}
    return {**MINUTES, **{act: float(n) for act, n in found.items() if 0 < n <= 480}}


def per_of(query: Mapping[str, str]) -> Per:
    return next((per for per in PER if per == query.get("per")), "all")


def by_of(query: Mapping[str, str]) -> By:
    return next((by for by in PARTS if by == query.get("by")), "sort")


def what_of(query: Mapping[str, str]) -> What:
    return next((what for what in WHATS if what == query.get("what")), "message.held")


def choice_of(query: Mapping[str, str]) -> Choice:
    """Read whom to list: those of one journey, message or reason."""
    return Choice(
        what=what_of(query),
        journey=_words(query, "journey"),
        subject=_words(query, "subject"),
        reason=_words(query, "reason") or "",
    )


def _words(query: Mapping[str, str], name: str) -> str | None:
    return query[name].replace("\x00", "")[:WORDS_MAX] if name in query else None
