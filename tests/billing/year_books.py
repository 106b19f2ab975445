"""The books at the end of a simulated year: ours, the provider's and the bank's, customer by customer and in fen."""

from collections import Counter, defaultdict
from fractions import Fraction

from billing import catalogue, ledger, refunds
from billing.models import Dispute, Lot, Organization, Payment, ProviderCustomer, Purchase, Refund, WebhookEvent
from tests.billing.stripe_fake import Account
from tests.billing.year import Year

Fen = dict[int, int]  # by organization


def differences(year: Year) -> list[str]:
    """Everything that does not agree, in words; none where all is well."""
    ours, theirs, bank = our_books(), provider_books(year), bank_statement(year)
    return [
        *_compare(year.shops, ours, theirs, "the provider"),
        *_compare(year.shops, ours, bank, "the bank"),
        *_single_facts(year.account),
        *_unfinished(),
        *[str(finding) for finding in ledger.audit()],
        *_too_many_credits(year.shops, ours),
    ]


def our_books() -> Fen:
    """What our rows say has come of each customer and stayed."""
    kept: Fen = defaultdict(int)
    for rows, sign in (
        (Payment.objects.all(), 1),
        (Refund.objects.filter(state=Refund.State.SUCCEEDED), -1),
        (Dispute.objects.filter(state=Dispute.State.LOST), -1),
    ):
        for owner, fen in rows.values_list("organization_id", "amount_fen"):
            kept[owner] += sign * fen
    return kept


def provider_books(year: Year) -> Fen:
    """What the provider's objects say, by its own customers; with the transfers, which it knows nothing of."""
    kept: Fen = defaultdict(int)
    owner = _owners()
    payer = {row["id"]: owner[row["customer"]] for row in year.account.of("payment_intent")}
    for row in year.account.of("payment_intent"):
        kept[payer[row["id"]]] += row["amount_received"]
    for row in year.account.of("refund"):
        kept[payer[row["payment_intent"]]] -= row["amount"] if row["status"] == "succeeded" else 0
    for row in year.account.of("dispute"):
        kept[payer[row["payment_intent"]]] -= row["amount"] if row["status"] == "lost" else 0
    return _with_transfers(kept, year)


def bank_statement(year: Year) -> Fen:
    """Every movement of the provider's bank account, and of our own, by who has paid."""
    kept: Fen = defaultdict(int)
    owner = _owners()
    for what, fen in year.account.bank:
        row = year.account.rows[what]
        intent = year.account.rows[row.get("payment_intent", what)]
        kept[owner[intent["customer"]]] += fen
    return _with_transfers(kept, year)


def _with_transfers(kept: Fen, year: Year) -> Fen:
    for owner, fen in year.statement:
        kept[owner] += fen
    return kept


def _owners() -> dict[str, int]:
    return dict(ProviderCustomer.objects.values_list("ref", "organization_id"))


def _compare(shops: list[Organization], ours: Fen, theirs: Fen, who: str) -> list[str]:
    wrong = [(shop, ours.get(shop.pk, 0), theirs.get(shop.pk, 0)) for shop in shops]
    return [f"{shop.name}: {mine} fen in our books, {other} says {who}" for shop, mine, other in wrong if mine != other]


def _single_facts(account: Account) -> list[str]:
    """The same payments and refunds, one by one, with their amounts: sums alone could hide two mistakes."""
    intents = {row["id"]: row["amount"] for row in account.of("payment_intent")}
    back = {row["id"]: row["amount"] for row in account.of("refund") if row["status"] == "succeeded"}
    quarrels = {row["id"]: (row["amount"], row["status"]) for row in account.of("dispute")}
    ours = Payment.objects.filter(provider="stripe").values_list("intent", "amount_fen")
    refunded = Refund.objects.filter(provider="stripe", state="succeeded").values_list("fact", "amount_fen")
    disputed = Dispute.objects.values_list("fact", "amount_fen", "state")
    return [
        *_diff("payment", dict(ours), intents),
        *_diff("refund", dict(refunded), back),
        *_diff("dispute", {fact: (fen, state) for fact, fen, state in disputed}, quarrels),
    ]


def _diff(what: str, ours: dict[str, object], theirs: dict[str, object]) -> list[str]:
    names = sorted(ours.keys() | theirs.keys())
    return [
        f"{what} {name}: {ours.get(name)} in our books, {theirs.get(name)} at the provider"
        for name in names
        if ours.get(name) != theirs.get(name)
    ]


def _unfinished() -> list[str]:
    waiting = WebhookEvent.objects.filter(processed_at=None)
    undone = Purchase.objects.filter(state=Purchase.State.PAID)
    return [
        *[f"message {row.event_id} {row.type} is not acted on: {row.error}" for row in waiting],
        *[f"purchase {row.number} is paid and has brought nothing: {row.problem}" for row in undone],
        *[f"refund {row.public_id} is still {row.state}" for row in Refund.objects.filter(state="requested")],
    ]


def _too_many_credits(shops: list[Organization], kept: Fen) -> list[str]:
    """Credits that were used or can be, less what is owed, per fen that was kept: never above the best list price."""
    best, had = best_offer(), credits_had(shops)
    return [
        f"{shop.name}: {had[shop.pk]} credits for {kept.get(shop.pk, 0)} fen"
        for shop in shops
        if had[shop.pk] > best * kept.get(shop.pk, 0)
    ]


def credits_had(shops: list[Organization]) -> Fen:
    """By organization: credits spent, in work or free, less the debts of money that went back."""
    had: Counter[int] = Counter()
    for owner, *columns in Lot.objects.values_list("organization_id", "free", "held", "spent"):
        had[owner] += sum(columns)
    return {shop.pk: had[shop.pk] - refunds.debts(shop) for shop in shops}


def best_offer() -> Fraction:
    """Credits per fen of the best offer on the list."""
    sold = catalogue.current()
    offers = [Fraction(plan.credits, plan.price_fen) for plan in sold.plans if plan.price_fen]
    return max([*offers, *(Fraction(pack.credits + pack.bonus, pack.price_fen) for pack in sold.packs)])
