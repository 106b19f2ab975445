"""What work costs at one moment: the list price, or a part of it in off-peak hours. Plain Python, no I/O."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from billing.domain.plans import Catalogue, Rates

LIST = 100  # percent


@dataclass(frozen=True)
class Tariff:
    """``percent`` of the list price is asked; below 100 until the moment ``until``."""

    rates: Rates
    percent: int = LIST
    until: datetime | None = None

    @property
    def off_peak(self) -> bool:
        return self.percent < LIST

    def cost(self, kind: str = "i2v", mode: str = "std", *, duration_ms: int) -> int:
        """Credits for one shot now. Raises ValueError as ``Rates.cost`` does."""
        return self.reduced(self.rates.cost(kind, mode, duration_ms=duration_ms))

    def reduced(self, listed: int) -> int:
        """What a list price of ``listed`` >= 0 credits comes to now, rounded up to a whole credit."""
        return -(-listed * self.percent // LIST)


def tariff_at(catalogue: Catalogue, moment: datetime) -> Tariff:
    """The tariff of ``catalogue`` at ``moment`` (an aware time), by the wall clock of the catalogue's zone."""
    hours = catalogue.off_peak
    local = moment.astimezone(ZoneInfo(catalogue.timezone))
    if hours is None or not hours.covers(local.time()):
        return Tariff(catalogue.rates)
    ends = datetime.combine(local.date(), hours.ends, tzinfo=local.tzinfo)
    if ends.time() <= local.time():
        ends += timedelta(days=1)
    until = ends.astimezone(UTC)
    if until <= moment:  # clocks were put back, and it is the second time that they show this hour
        until = ends.replace(fold=1).astimezone(UTC)
    return Tariff(catalogue.rates, hours.percent, until)
