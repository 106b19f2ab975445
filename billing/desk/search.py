"""Finding a customer by whatever staff has at hand: one box for names, people, payments and ads."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from billing.desk.works import work
from billing.models import (
    Dispute,
    FapiaoRequest,
    Hold,
    Invoice,
    Lot,
    Organization,
    Payment,
    ProviderCustomer,
    Purchase,
    Refund,
    Subscription,
)

MOST = 50
SHORTEST = 2  # characters; one letter would find everybody


@dataclass(frozen=True)
class Found:
    """A customer and what of it was found; ``reference`` is the work, where one was asked for."""

    organization: Organization
    why: str
    reference: str = ""


def find(asked: str) -> tuple[Found, ...]:
    """Customers by name, public id, a member's user name or e-mail; by the whole number of a payment, purchase, refund,
    dispute, invoice, subscription or provider's customer; by an ad. Each once, the surest reason first, at most MOST.
    """
    text = asked.strip()
    if len(text) < SHORTEST:
        return ()
    found: dict[int, Found] = {}
    for one in _all(text):
        found.setdefault(one.organization.pk, one)
        if len(found) == MOST:
            break
    return tuple(found.values())


def _all(text: str) -> Iterator[Found]:
    for organization in Organization.objects.filter(public_id__iexact=text):
        yield Found(organization, "客户编号 Public id")
    yield from _by_work(text)
    yield from _by_papers(text)
    for organization in Organization.objects.filter(name__icontains=text).order_by("name", "id")[:MOST]:
        yield Found(organization, "名称 Name")
    people = Q(members__user__username__icontains=text) | Q(members__user__email__icontains=text)
    for organization in Organization.objects.filter(people).distinct().order_by("name", "id")[:MOST]:
        yield Found(organization, "成员 Member")


def _by_work(text: str) -> Iterator[Found]:
    known = work(text)
    if known is not None:
        for organization in Organization.objects.filter(public_id=known.organization_id):
            yield Found(organization, known.title, text)
    for hold in Hold.objects.filter(reference=text).select_related("organization")[:MOST]:
        yield Found(hold.organization, f"付款方 Pays for {text}", text)


def _by_papers(text: str) -> Iterator[Found]:
    """By the whole text only: these are numbers that somebody has copied."""
    customers = ProviderCustomer.objects.filter(ref=text)
    purchases = Purchase.objects.filter(Q(number__iexact=text) | Q(public_id=text) | Q(checkout_ref=text))
    payments = Payment.objects.filter(Q(public_id=text) | Q(fact=text) | Q(intent=text))
    papers = (
        ("支付平台客户 Provider's customer", customers),
        ("购买 Purchase", purchases),
        ("付款 Payment", payments),
        ("退款 Refund", Refund.objects.filter(Q(public_id=text) | Q(fact=text))),
        ("争议 Dispute", Dispute.objects.filter(fact=text)),
        ("订阅 Subscription", Subscription.objects.filter(Q(public_id=text) | Q(ref=text))),
        ("收据 Invoice", Invoice.objects.filter(number__iexact=text)),
        ("发票 Fapiao", FapiaoRequest.objects.filter(Q(public_id=text) | Q(fapiao_number=text))),
        ("点数批次 Lot", Lot.objects.filter(key=text)),
    )
    for why, rows in papers:
        for row in rows.select_related("organization")[:MOST]:
            yield Found(row.organization, f"{why} {text}")
