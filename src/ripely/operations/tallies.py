"""Live counters that the fold keeps: of segments, and of journeys and their steps."""

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Sum

from ripely.records.hot.models import Tally

Counters = Mapping[str, Mapping[str, int]]
"""Subject, item -> number."""


def tallies(kind: str, subject: str | None = None) -> Counters:
    rows = Tally.objects.filter(kind=kind)
    if subject is not None:
        rows = rows.filter(subject=subject)
    counters: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows.values("subject", "item").annotate(total=Sum("n")).order_by():
        counters[row["subject"]][row["item"]] = int(row["total"])
    return counters
