"""Every credit from its grant to the clips, and back: a lot with the holds that drew it, a work with the lots that paid."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from billing.desk.works import Work, work
from billing.domain.ledger import Part, split_use
from billing.models import Entry, Hold, Lot, Purchase


@dataclass(frozen=True)
class Draw:
    """What one hold has taken of one lot: reserved ``credits``, of which ``paid`` are used and ``refunded`` given back."""

    hold: Hold
    lot: Lot
    credits: int
    paid: int
    refunded: int


@dataclass(frozen=True)
class LotTrace:
    """A grant, where it came from, what drew it, and its whole journal."""

    lot: Lot
    purchase: Purchase | None
    draws: tuple[Draw, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class WorkTrace:
    """An ad (or reshoot, or campaign), its holds, and the lots that paid for each; ``work`` None: nothing above knows it."""

    reference: str
    work: Work | None
    draws: tuple[Draw, ...]
    entries: tuple[Entry, ...]

    @property
    def paid(self) -> int:
        return sum(draw.paid - draw.refunded for draw in self.draws)


def trace_lot(lot: Lot) -> LotTrace:
    entries = tuple(Entry.objects.filter(lot=lot).select_related("hold").order_by("id"))
    holds = {entry.hold_id: entry.hold for entry in entries if entry.hold is not None}
    draws = [draw for draw in _draws(holds.values()) if draw.lot.pk == lot.pk]
    return LotTrace(lot, _purchase_of(lot), tuple(draws), entries)


def trace_work(reference: str) -> WorkTrace:
    """By the public id of an ad, a reshoot or a campaign, or any other reference of a hold."""
    known = work(reference)
    references = known.references if known else (reference,)
    holds = list(Hold.objects.filter(reference__in=references).select_related("organization").order_by("id"))
    entries = Entry.objects.filter(hold__in=holds).select_related("lot", "hold").order_by("id")
    return WorkTrace(reference, known, tuple(_draws(holds)), tuple(entries))


def _draws(holds: Collection[Hold]) -> Iterator[Draw]:
    """By each hold's own parts: the front pays first, and a refund returns from the end (``billing.domain.ledger``)."""
    lots = Lot.objects.in_bulk({lot_id for hold in holds for lot_id, _ in hold.parts})
    for hold in holds:
        parts = [Part(lot_id, credits) for lot_id, credits in hold.parts]
        kept = split_use(parts, hold.captured - hold.refunded)
        for part, share, left in zip(parts, split_use(parts, hold.captured), kept, strict=True):
            yield Draw(hold, lots[part.lot_id], part.credits, share.used, share.used - left.used)


def _purchase_of(lot: Lot) -> Purchase | None:
    bought = Purchase.objects.filter(lot=lot) | Purchase.objects.filter(bonus_lot=lot)
    return bought.first()
