"""What is on sale: plans with their entitlements, and what work costs. Plain Python, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

QUEUES = ("free", "standard", "priority", "priority_plus")  # from last to first
CAMERAS = ("basic", "master")  # a few moves, or all that an engine can make


@dataclass(frozen=True)
class Entitlements:
    """What a plan permits. Copied onto a membership period when it is bought, so later catalogues do not change it.

    ``watermark`` is our own brand mark; the "AI generated" label that the law asks for is on every ad of every plan.
    ``max_seconds`` is the longest single shot, ``concurrency`` the number of open holds, ``merchants`` how many
    merchants an agency may serve, ``api_rate`` requests such as ``60/min``.
    """

    watermark: bool
    modes: tuple[str, ...]
    max_seconds: int
    concurrency: int
    queue: str
    extend: bool
    reshoot: bool
    camera: str
    max_height: int
    campaigns: bool
    seats: int
    merchants: int
    api: bool
    api_rate: str
    commercial: bool
    retention_days: int

    def __post_init__(self) -> None:
        if self.queue not in QUEUES:
            raise ValueError(f"queue is one of {', '.join(QUEUES)}, not {self.queue!r}")

    @property
    def priority(self) -> int:
        """Higher is served first: 0 for the free queue, ten more for each better one."""
        return 10 * QUEUES.index(self.queue)


@dataclass(frozen=True)
class Plan:
    """One offer: ``price_fen`` a calendar month buys ``credits``; ``daily_credits`` are free and end the same day."""

    code: str
    rank: int
    price_fen: int
    credits: int
    daily_credits: int
    entitlements: Entitlements


@dataclass(frozen=True)
class Rates:
    """What work costs: ``table[kind][mode]`` maps a length in seconds to credits."""

    table: Mapping[str, Mapping[str, Mapping[int, int]]]

    def cost(self, kind: str = "i2v", mode: str = "std", *, duration_ms: int) -> int:
        """Credits for one shot of ``duration_ms`` > 0.

        A length between two of the table costs as the longer one; beyond the longest, each started block of the
        shortest length costs what that costs. Raises ValueError for a kind or mode that has no price.
        """
        if duration_ms <= 0:
            raise ValueError(f"a shot lasts longer than {duration_ms} ms")
        try:
            prices = self.table[kind][mode]
        except KeyError:
            raise ValueError(f"no price for {kind!r} in mode {mode!r}") from None
        for seconds in sorted(prices):
            if duration_ms <= seconds * 1000:
                return prices[seconds]
        block, longest = min(prices), max(prices)
        extra_blocks = -(-(duration_ms - longest * 1000) // (block * 1000))
        return prices[longest] + extra_blocks * prices[block]


@dataclass(frozen=True)
class OffPeak:
    """Hours of every day in which work costs ``percent`` of its list price; ``starts`` may lie after ``ends`` (a night).

    Both are read on the wall clock of the catalogue's time zone; ``ends`` itself is no longer off-peak.
    """

    starts: time
    ends: time
    percent: int

    def __post_init__(self) -> None:
        if self.starts == self.ends:
            raise ValueError("off-peak hours end at another time than they start")
        if not 0 < self.percent < 100:
            raise ValueError(f"an off-peak price is 1 to 99 percent of the list price, not {self.percent}")

    def covers(self, local: time) -> bool:
        """Whether this time of day is off-peak."""
        if self.starts < self.ends:
            return self.starts <= local < self.ends
        return local >= self.starts or local < self.ends


@dataclass(frozen=True)
class Pack:
    """A top-up: ``price_fen`` buys ``credits``, and ``bonus`` more in a lot of its own, both for ``days``.

    The bonus is no part of what was paid, so giving money back never pays it out.
    """

    code: str
    price_fen: int
    credits: int
    bonus: int
    days: int


@dataclass(frozen=True)
class Catalogue:
    """Everything on sale at one time. ``timezone`` is where days, months and off-peak hours are counted."""

    version: str
    currency: str
    timezone: str
    rates: Rates
    plans: tuple[Plan, ...]
    packs: tuple[Pack, ...] = ()
    off_peak: OffPeak | None = None

    def plan(self, code: str) -> Plan | None:
        return next((plan for plan in self.plans if plan.code == code), None)

    def pack(self, code: str) -> Pack | None:
        return next((pack for pack in self.packs if pack.code == code), None)
