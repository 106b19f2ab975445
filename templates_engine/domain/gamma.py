"""The Gamma distribution, for rates of rare events: orders per view."""

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from random import Random

_TERMS = 500
_CLOSE = 1e-12


@dataclass(frozen=True)
class Gamma:
    """``shape`` counts events seen or believed, ``rate`` the exposure in which they came; the mean is their ratio."""

    shape: float
    rate: float

    @property
    def mean(self) -> float:
        return self.shape / self.rate

    @property
    def sd(self) -> float:
        return sqrt(self.shape) / self.rate

    def after(self, events: float, exposure: float) -> "Gamma":
        """The posterior once ``events`` came in ``exposure`` (the conjugate update of a Poisson rate)."""
        return Gamma(self.shape + events, self.rate + exposure)

    def draw(self, rng: Random) -> float:
        return rng.gammavariate(self.shape, 1 / self.rate)

    def quantile(self, share: float) -> float:
        """The value that a ``share`` (between 0 and 1) of the distribution lies below, by bisection."""
        low, high = 0.0, self.mean + 10 * self.sd + 1 / self.rate
        while lower(self.shape, high * self.rate) < share:
            high *= 2
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if lower(self.shape, middle * self.rate) < share else (low, middle)
        return (low + high) / 2


def lower(shape: float, x: float) -> float:
    """The regularised lower incomplete gamma function P(shape, x).

    By its series below shape + 1 and its continued fraction above: Abramowitz and Stegun, Handbook of Mathematical
    Functions (1964), 6.5.29 and 6.5.31.
    """
    if x <= 0:
        return 0.0
    scale = exp(shape * log(x) - x - lgamma(shape))
    return scale * _series(shape, x) if x < shape + 1 else 1 - scale * _fraction(shape, x)


def _series(shape: float, x: float) -> float:
    term = total = 1 / shape
    for count in range(1, _TERMS):
        term *= x / (shape + count)
        total += term
        if term < total * _CLOSE:
            break
    return total


def _fraction(shape: float, x: float) -> float:
    """Evaluated forwards by Lentz's method; below shape + 1 it would be slow."""
    below = x + 1 - shape
    ratio, inverse = 1e300, 1 / below
    value = inverse
    for count in range(1, _TERMS):
        weight = count * (shape - count)
        below += 2
        inverse = 1 / (weight * inverse + below)
        ratio = below + weight / ratio
        step = ratio * inverse
        value *= step
        if abs(step - 1) < _CLOSE:
            break
    return value
