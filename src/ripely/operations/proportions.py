"""Shares of people, how sure they are, and whether two of them differ."""

from math import erfc, sqrt

import msgspec

_Z95 = 1.959963984540054
_EXPECTED_MIN = 5


class Share(msgspec.Struct, frozen=True):
    """So many of so many."""

    hits: int
    of: int

    @property
    def rate(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return between what the true rate lies with 95% confidence.

        The score interval of Wilson: "Probable inference, the law of succession, and statistical
        inference", Journal of the American Statistical Association 22 (1927). It stays within 0 and 1,
        and holds for few people and for rates near the ends, where the plain interval fails.
        """
        return _wilson(self.rate, self.of)


class Weighed(msgspec.Struct, frozen=True):
    """A rate of people who count for more and for less; `of` is how many of equal weight would be as sure."""

    rate: float
    of: float

    @property
    def interval(self) -> tuple[float, float]:
        return _wilson(self.rate, self.of)


def _wilson(rate: float, n: float) -> tuple[float, float]:
    if not n:
        return 0.0, 1.0
    z2 = _Z95**2
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 * sqrt(rate * (1 - rate) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(first: Share | Weighed, second: Share | Weighed) -> tuple[float, float]:
    """Return between what the true difference of two rates, first less second, lies with 95% confidence.

    The hybrid score interval: Newcombe, "Interval estimation for the difference between independent
    proportions: comparison of eleven methods", Statistics in Medicine 17 (1998), method 10.
    """
    (low, high), (other_low, other_high) = first.interval, second.interval
    between = first.rate - second.rate
    below = sqrt((first.rate - low) ** 2 + (other_high - second.rate) ** 2)
    above = sqrt((high - first.rate) ** 2 + (second.rate - other_low) ** 2)
    return max(-1.0, between - below), min(1.0, between + above)


def p_value(first: Share, second: Share) -> float:
    """Return how likely a difference as large as this is by chance alone, when there is none in truth.

    The two-sided z-test of two proportions with the pooled variance: Fleiss, Levin and Paik,
    "Statistical Methods for Rates and Proportions", 3rd edition (2003), section 3.1, without the
    correction for continuity.
    """
    if not (first.of and second.of):
        return 1.0
    pooled = (first.hits + second.hits) / (first.of + second.of)
    variance = pooled * (1 - pooled) * (1 / first.of + 1 / second.of)
    if variance == 0:
        return 1.0
    z = (first.rate - second.rate) / sqrt(variance)
    return erfc(abs(z) / sqrt(2))


def enough(first: Share, second: Share) -> bool:
    """Whether there are enough people in both for `p_value` to mean anything.

    Were both alike, at least 5 would have to be expected to do it, and 5 not to do it, in each:
    Cochran, "Some methods for strengthening the common chi-squared tests", Biometrics 10 (1954).
    """
    if not (first.of and second.of):
        return False
    pooled = (first.hits + second.hits) / (first.of + second.of)
    return min(pooled, 1 - pooled) * min(first.of, second.of) >= _EXPECTED_MIN
