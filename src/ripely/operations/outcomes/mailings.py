"""How mails do with the people of each segment, beside the average of all mailings."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ripely.engine.reactions import BY
from ripely.operations.proportions import Share, enough, p_value
from ripely.operations.tallies import tallies
from ripely.operations.wording.names import Names

SEGMENTS_SHOWN = 50
SURE = 0.05
EVERYBODY = ""


class Rate(msgspec.Struct, frozen=True):
    """How many did something, beside the average of all mailings.

    `chance`: of a difference as large as this from all other mails, by chance alone; None when
    there are too few to tell.
    """

    what: str
    share: Share
    average: Share
    chance: float | None

    @property
    def low(self) -> float:
        return self.share.interval[0]

    @property
    def high(self) -> float:
        return self.share.interval[1]

    @property
    def sure(self) -> bool:
        return self.chance is not None and self.chance < SURE

    @property
    def change(self) -> float:
        """Return how much better it does than the average: 1 is twice as good."""
        return self.share.rate / self.average.rate - 1 if self.average.rate else 0.0


class Audience(msgspec.Struct, frozen=True):
    """Mails to the people of one segment, or to everybody (then there is no `segment`).

    One person counts once for one mail. What machines opened, and what nobody knows who did, is
    no part of the rates.
    """

    segment: str
    name: str
    sent: int
    opened: Rate
    clicked: Rate
    by_machines: Share
    by_unknown: Share

    @property
    def rates(self) -> Sequence[Rate]:
        return self.opened, self.clicked


def of_template(template: str, names: Names) -> Sequence[Audience]:
    """Return how a mail did: with everybody, then with the segments that it went to most."""
    counted: dict[str, dict[str, int]] = {}
    for item, n in tallies("mailing", template).get(template, {}).items():
        segment, _, what = item.partition(":")
        counted.setdefault(segment, {})[what] = n
    known = {s: counts for s, counts in counted.items() if not s or s in names.segments}
    audiences = _audiences(known, _everything(), names)
    return sorted(audiences, key=lambda one: (one.segment != EVERYBODY, -one.sent, one.name))[
        : 1 + SEGMENTS_SHOWN
    ]


def of_segment(segment: str, names: Names) -> Audience | None:
    """Return how all mails did with the people of a segment; None when none went to them."""
    counted = tallies("audience", segment).get(segment, {})
    return next(iter(_audiences({segment: counted}, _everything(), names)), None)


def _everything() -> Mapping[str, int]:
    return tallies("audience", EVERYBODY).get(EVERYBODY, {})


def _audiences(
    counted: Mapping[str, Mapping[str, int]], everything: Mapping[str, int], names: Names
) -> Iterable[Audience]:
    for segment, counts in counted.items():
        if not counts.get("sent"):
            continue
        opened = [Share(counts.get(f"opened:{by}", 0), counts["sent"]) for by in BY]
        yield Audience(
            segment=segment,
            name=names.segment(segment) if segment else "Everybody",
            sent=counts["sent"],
            opened=_rate("opened", counts, everything),
            clicked=_rate("clicked", counts, everything),
            by_machines=opened[BY.index("machine")],
            by_unknown=opened[BY.index("unknown")],
        )


def _rate(what: str, counts: Mapping[str, int], everything: Mapping[str, int]) -> Rate:
    item = f"{what}:{BY[0]}"
    share = Share(counts.get(item, 0), counts["sent"])
    average = Share(everything.get(item, 0), everything.get("sent", 0))
    others = Share(average.hits - share.hits, average.of - share.of)
    chance = p_value(share, others) if enough(share, others) else None
    return Rate(what, share, average, chance)
