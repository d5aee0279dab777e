"""What a message changes, reckoned from those who got one and those just like them who did not.

People are put into cells by what was known of them before (score level, recency, purchases,
lifecycle), and compared inside each: coarsened exact matching, as in Iacus, King and Porro, "Causal
Inference without Balance Checking", Political Analysis 20 (2012). Each cell counts for as much as
it has people who got the message, so the answer holds for people like those. Who has no look-alike
is left out, and the answer says how many that are.
"""

from collections.abc import Sequence
from math import sqrt

import msgspec

from ripely.operations.proportions import Share, Weighed, difference

REACHED_MIN = 100
"""Fewer people on either side say nothing."""
COVERED_MIN = 0.5
"""Where fewer have look-alikes than this share, the answer is not about those who got the message."""


class Cell(msgspec.Struct, frozen=True):
    """People alike before: how many got a message, how many did not, and how many of each converted."""

    alike: tuple[str, ...]
    reached: int
    reached_converted: int
    alone: int
    alone_converted: int


class Uplift(msgspec.Struct, frozen=True):
    """The difference of conversion, `low` to `high` with 95% confidence.

    `plain` is the difference without matching: how far it is from `expected` shows how unlike the
    two sides were. `covered` is the share of the reached who have look-alikes. `hidden` is how many
    times as likely an unseen cause would have to make both the message and the conversion to
    explain the difference away (1: nothing is needed).
    """

    expected: float
    low: float
    high: float
    reached: Share
    alone: Share
    rate_alone: float
    plain: float
    covered: float
    hidden: float

    @property
    def enough(self) -> bool:
        few = min(self.reached.of * self.covered, self.alone.of) < REACHED_MIN
        return not few and self.covered >= COVERED_MIN

    @property
    def sure(self) -> bool:
        return self.low > 0 or self.high < 0


def uplift(cells: Sequence[Cell]) -> Uplift:
    """Compare within cells, and sum up.

    The interval is that of Newcombe for two rates. A look-alike counts for as many of the reached
    as there are for each in the cell; what the unequal weights cost in certainty is reckoned by
    the effective number of Kish, "Survey Sampling" (1965), section 11.7. Both err on the wide side.
    """
    both = [cell for cell in cells if cell.reached and cell.alone]
    n = sum(cell.reached for cell in both)
    reached = Share(sum(cell.reached_converted for cell in both), n)
    alone = _weighed(both, n)
    low, high = difference(reached, alone)
    everybody = (
        Share(sum(c.reached_converted for c in cells), sum(c.reached for c in cells)),
        Share(sum(c.alone_converted for c in cells), sum(c.alone for c in cells)),
    )
    return Uplift(
        expected=reached.rate - alone.rate,
        low=low,
        high=high,
        reached=everybody[0],
        alone=everybody[1],
        rate_alone=alone.rate,
        plain=everybody[0].rate - everybody[1].rate,
        covered=n / everybody[0].of if everybody[0].of else 0.0,
        hidden=hidden_cause(reached.rate, alone.rate),
    )


def _weighed(cells: Sequence[Cell], reached: int) -> Weighed:
    """Return the rate that the look-alikes would have, were they spread as the reached are."""
    if not reached:
        return Weighed(0.0, 0.0)
    rate = sum(cell.reached * cell.alone_converted / cell.alone for cell in cells) / reached
    return Weighed(rate, reached**2 / sum(cell.reached**2 / cell.alone for cell in cells))


def hidden_cause(rate: float, other: float) -> float:
    """Return how strong an unseen cause must be to explain the whole difference of two rates.

    The E-value: VanderWeele and Ding, "Sensitivity Analysis in Observational Research", Annals of
    Internal Medicine 167 (2017).
    """
    least, most = sorted((rate, other))
    if not least:
        return float("inf") if most else 1.0
    ratio = most / least
    return ratio + sqrt(ratio * (ratio - 1))
