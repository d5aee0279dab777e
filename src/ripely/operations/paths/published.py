"""The paths of journeys in force, found once for each ruleset."""

from collections.abc import Callable

from ripely.model.ids import RulesetId
from ripely.operations.paths.report import Report, paths_of
from ripely.ports import Rulesets
from ripely.runtime.rules import published_of

Reports = Callable[[str], Report | None]
"""Returns the paths of a journey in force; None when there is no such journey."""


def open_reports(rulesets: Rulesets) -> Reports:
    found: dict[str, Report] = {}
    of: list[RulesetId] = []

    def report(journey: str) -> Report | None:
        current = rulesets.current()
        if current is None:
            return None
        if of != [current]:
            found.clear()
            of[:] = [current]
        if journey not in found:
            published = published_of(rulesets.documents(current))
            asked = next((one for _, one in published.journeys if one.id == journey), None)
            if asked is None:
                return None
            found[journey] = paths_of(asked, published)
        return found[journey]

    return report
