"""Revenue, breakage, usage and margin, from the rows of payments and of the journal; each as a table that adds up.

Months and days are those of the catalogue's time zone. Sums are made in Python from rows of one month or day, so that
both databases give the same: SQLite knows no time zones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from billing import catalogue
from billing.desk.works import engine_times
from billing.domain.calendar import add_months, month_of
from billing.models import Entry, Payment, Purchase, Refund

MONTHS = 12
DAYS = 30
# Which column counts the money of which kind of purchase.
COLUMNS = {
    Purchase.Kind.SUBSCRIPTION.value: "subscription_fen",
    Purchase.Kind.MONTH.value: "month_card_fen",
    Purchase.Kind.PACK.value: "pack_fen",
}


@dataclass(frozen=True)
class Table:
    """``columns`` name the cells; the first of each row is its month or day, as ISO text. ``note`` says whence it comes."""

    name: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def revenue() -> Table:
    """Money that came, by what was bought, and money that went back, by the month of each; in fen."""
    rows = []
    for month, since, until in months():
        came = _by_kind(since, until)
        refunds = Refund.objects.filter(state=Refund.State.SUCCEEDED, closed_at__gte=since, closed_at__lt=until)
        back = refunds.aggregate(sum=Sum("amount_fen"))["sum"] or 0
        parts = [came.get(kind, 0) for kind in COLUMNS]
        rows.append((month.isoformat()[:7], *parts, -back, sum(parts) - back))
    return Table(
        "revenue",
        "收入 Revenue",
        "付款与已完成的退款，按到账月份；图中为元，CSV 为分。"
        "Payments and finished refunds by the month they moved in; the chart in yuan, the CSV in fen.",
        ("month", *COLUMNS.values(), "refunds_fen", "net_fen"),
        tuple(rows),
    )


def _by_kind(since: datetime, until: datetime) -> Mapping[str, int]:
    paid = Payment.objects.filter(paid_at__gte=since, paid_at__lt=until)
    sums = paid.values("purchase__kind").annotate(sum=Sum("amount_fen")).order_by("purchase__kind")
    return {row["purchase__kind"]: row["sum"] for row in sums}


def breakage() -> Table:
    """Credits that ran out unused, bought and given apart, and what was paid for the bought ones."""
    rows = []
    for month, since, until in months():
        lapsed = Entry.objects.filter(kind=Entry.Kind.LAPSE, at__gte=since, at__lt=until)
        bought = given = worth = 0
        for entry in lapsed.select_related("lot__purchase"):
            purchase = getattr(entry.lot, "purchase", None)
            if purchase is None:
                given += entry.d_lapsed
            else:
                bought += entry.d_lapsed
                worth += entry.d_lapsed * purchase.price_fen // purchase.credits
        rows.append((month.isoformat()[:7], bought, given, worth))
    return Table(
        "breakage",
        "过期点数 Breakage",
        "账本里“过期”一类分录，点；购得的另按购买价折算。"
        "Journal lines of kind lapse, in credits; bought ones also at the price that was paid.",
        ("month", "bought_credits", "given_credits", "bought_fen"),
        tuple(rows),
    )


def usage() -> Table:
    """Credits spent and given back for work, per day of the last DAYS."""
    rows = []
    for day, since, until in days():
        lines = Entry.objects.filter(at__gte=since, at__lt=until)
        spent = lines.filter(kind=Entry.Kind.CAPTURE).aggregate(sum=Sum("d_spent"))["sum"] or 0
        back = lines.filter(kind=Entry.Kind.REFUND).aggregate(sum=Sum("d_spent"))["sum"] or 0
        rows.append((day.isoformat(), spent, back, spent + back))
    return Table(
        "usage",
        "每日用量 Usage per day",
        "账本里“消费”与“退还”分录，点。Journal lines of kinds capture and refund, in credits.",
        ("day", "spent", "refunded", "net"),
        tuple(rows),
    )


def margin() -> Table:
    """Net revenue beside what the engines' time has cost; the cost is empty where no price of an engine is known."""
    rows = []
    for (month, since, until), money in zip(months(), revenue().rows, strict=True):
        seconds, cost = engine_cost(since, until)
        net = int(str(money[-1]))
        rows.append((month.isoformat()[:7], net, seconds, cost, None if cost is None else net - cost))
    return Table(
        "margin",
        "毛利 Margin",
        "净收入减引擎成本；每秒成本由设置 ENGINE_FEN_PER_SECOND 给出，秒数为全部已拍镜头的耗时（含未付费的）。"
        "Net revenue less engine cost; the price of a second is the setting ENGINE_FEN_PER_SECOND, the seconds are those "
        "of all clips filmed, paid for or not.",
        ("month", "net_fen", "engine_seconds", "engine_fen", "margin_fen"),
        tuple(rows),
    )


def engine_cost(since: datetime, until: datetime) -> tuple[int, int | None]:
    """(seconds, fen), both rounded; no fen where an engine that has filmed has no price."""
    prices: Mapping[str, float] = settings.ENGINE_FEN_PER_SECOND
    times = engine_times(since, until)
    seconds = round(sum(time.ms for time in times) / 1000)
    fen = 0.0
    for time in times:
        price = prices.get(time.engine, prices.get("*"))
        if price is None:
            return seconds, None
        fen += time.ms / 1000 * price
    return seconds, round(fen)


TABLES = {"revenue": revenue, "breakage": breakage, "usage": usage, "margin": margin}


def months() -> Iterator[tuple[date, datetime, datetime]]:
    """(its first day, begins, ends) of the last MONTHS, the oldest first."""
    zone = catalogue.current().timezone
    first = month_of(timezone.now(), zone)
    this = datetime(first.year, first.month, 1, tzinfo=ZoneInfo(zone))
    for back in range(MONTHS - 1, -1, -1):
        begins = add_months(this, -back, zone)
        yield begins.date(), begins, add_months(this, 1 - back, zone)


def days() -> Iterator[tuple[date, datetime, datetime]]:
    """(day, begins, ends) of the last DAYS, the oldest first."""
    zone = ZoneInfo(catalogue.current().timezone)
    today = timezone.now().astimezone(zone).date()
    for back in range(DAYS - 1, -1, -1):
        day = today - timedelta(days=back)
        begins = datetime(day.year, day.month, day.day, tzinfo=zone)
        after = day + timedelta(days=1)
        yield day, begins, datetime(after.year, after.month, after.day, tzinfo=zone)
