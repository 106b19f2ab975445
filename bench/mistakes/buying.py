"""Mistakes in what a purchase costs, how money is noted, and what it brings."""

from mistakes.mutant import Mutant, billing

PRORATION, PURCHASES, SETTLEMENT, TRANSFERS = billing("domain/proration", "purchases", "settlement", "transfers")
SUBSCRIPTION_OF = ".exclude(state=Subscription.State.ENDED).filter(must_end=False)"
RENEWED = "if last is None or last.ended_at is not None or last.ends_at <= now - GRACE:"

MUTANTS = (
    Mutant(
        "time alone is money",
        PRORATION,
        "return min(month.free, month.credits * _micro",
        "return (month.credits * _micro",
    ),
    Mutant(
        "credits alone are money",
        PRORATION,
        "left = min(max(month.ends_at - now, timedelta()), month.ends_at - month.starts_at)",
        "left = month.ends_at - month.starts_at",
    ),
    Mutant(
        "a month ahead counts for more than a month",
        PRORATION,
        "left = min(max(month.ends_at - now, timedelta()), month.ends_at - month.starts_at)",
        "left = max(month.ends_at - now, timedelta())",
        harmless="never more than what is free counts, and a month that has not begun has no more free than it has",
    ),
    Mutant("an upgrade for nothing", PRORATION, "max(price_fen - LEAST_DUE_FEN, 0)", "max(price_fen, 0)"),
    Mutant("each month pays the whole price", PRORATION, "            room -= value\n", ""),
    Mutant(
        "more credits are taken than paid for",
        PRORATION,
        "            credits = credits_for(value, month.price_fen, month.credits)\n",
        "",
    ),
    Mutant(
        "worth is rounded up",
        PRORATION,
        "return price_fen * credits // of_credits",
        "return -(-price_fen * credits // of_credits)",
    ),
    Mutant(
        "credits back are rounded down",
        PRORATION,
        "return -(-of_credits * amount_fen // price_fen)",
        "return of_credits * amount_fen // price_fen",
    ),
    # --- purchases
    Mutant("the same plan again is an upgrade", PURCHASES, "plan.rank <= running.rank:", "plan.rank < running.rank:"),
    Mutant(
        "a month that was ended is traded in",
        PURCHASES,
        "ends_at__gt=now, ended_at=None, purchase",
        "ends_at__gt=now, purchase",
    ),
    Mutant(
        "a month that is over is traded in",
        PURCHASES,
        "ends_at__gt=now, ended_at=None, purchase",
        "ended_at=None, purchase",
        harmless="of a month that is over nothing counts (proration.unused); this only spares reading it",
    ),
    Mutant(
        "credits that came cheaper count as dear",
        PURCHASES,
        "price = bought.price_fen * lot.amount // bought.credits",
        "price = bought.price_fen",
    ),
    Mutant(
        "an upgrade costs the whole price",
        PURCHASES,
        "trade_in_fen=quote.trade_in_fen,\n            due_fen=quote.due_fen",
        "trade_in_fen=0,\n            due_fen=plan.price_fen",
    ),
    Mutant("a transfer is charged monthly", PURCHASES, "and not seller.charges_monthly:", "and not seller:"),
    Mutant("the free plan is sold", PURCHASES, "if plan is None or plan.price_fen == 0:", "if plan is None:"),
    Mutant("a bonus is forgotten", PURCHASES, "bonus_credits=pack.bonus", "bonus_credits=0"),
    Mutant(
        "a lapsed purchase can be paid a moment longer",
        PURCHASES,
        "purchase.valid_until <= timezone.now()",
        "purchase.valid_until < timezone.now()",
    ),
    Mutant(
        "what is given up can still be paid", PURCHASES, "provider(purchase.provider).close_checkout(purchase)", "pass"
    ),
    Mutant(
        "a delivered purchase is given up",
        PURCHASES,
        "filter(pk=purchase.pk, state=Purchase.State.PENDING)\n    return",
        "filter(pk=purchase.pk)\n    return",
    ),
    Mutant("an ended subscription forbids buying", PURCHASES, SUBSCRIPTION_OF, ".filter(must_end=False)"),
    Mutant(
        "a replaced subscription forbids buying", PURCHASES, SUBSCRIPTION_OF, ".exclude(state=Subscription.State.ENDED)"
    ),
    Mutant(
        "who ends cannot go on", PURCHASES, "if charged is None or charged.ends_with_period:", "if charged is None:"
    ),
    Mutant(
        "one plan is charged twice",
        PURCHASES,
        "plan.rank <= max(charged.plan.rank",
        "plan.rank < max(charged.plan.rank",
    ),
    Mutant(
        "what runs is not looked at",
        PURCHASES,
        "max(charged.plan.rank, running.rank if running else 0)",
        "charged.plan.rank",
    ),
    # --- settlement
    Mutant(
        "any currency will do", SETTLEMENT, 'return "" if wanted == came else', 'return "" if wanted[0] == came[0] else'
    ),
    Mutant("too much money fits", SETTLEMENT, 'return "" if wanted == came else', 'return "" if wanted <= came else'),
    Mutant("too little money fits", SETTLEMENT, 'return "" if wanted == came else', 'return "" if wanted >= came else'),
    Mutant("one payment pays two purchases", SETTLEMENT, "    if earlier is not None:\n        return earlier\n", ""),
    Mutant(
        "two tellers of one fact",
        SETTLEMENT,
        "Purchase.objects.select_for_update().get(pk=purchase_id)",
        "Purchase.objects.get(pk=purchase_id)",
    ),
    Mutant(
        "late money is lost",
        SETTLEMENT,
        "(Purchase.State.PENDING, Purchase.State.FAILED))\n    problem",
        "(Purchase.State.PENDING,))\n    problem",
    ),
    Mutant("a second payment is none too many", SETTLEMENT, '"surplus": not first', '"surplus": False'),
    Mutant("a second payment is not said", SETTLEMENT, "if created and not first:", "if not created:"),
    Mutant("no invoice for a payment", SETTLEMENT, "        _invoice(payment, purchase)\n", "        pass\n"),
    Mutant(
        "the sweeper looks at misfits",
        SETTLEMENT,
        'state=Purchase.State.PAID, problem="")',
        "state=Purchase.State.PAID)",
        harmless="deliver refuses them under the lock; this only spares asking every minute",
    ),
    Mutant(
        "what does not fit is delivered",
        SETTLEMENT,
        "!= Purchase.State.PAID or purchase.problem:",
        "!= Purchase.State.PAID:",
    ),
    Mutant(
        "what is not paid is delivered",
        SETTLEMENT,
        "if purchase.state != Purchase.State.PAID or purchase.problem:",
        "if purchase.problem:",
    ),
    Mutant(
        "the last step does not look at the state",
        SETTLEMENT,
        "filter(pk=purchase_id, state=Purchase.State.PAID).update(**done)",
        "filter(pk=purchase_id).update(**done)",
        harmless="the state was read under the purchase's lock; it is said twice because money hangs on it",
    ),
    Mutant(
        "deliveries of one shop run at once",
        SETTLEMENT,
        "    Organization.objects.select_for_update().get(pk=owner)",
        "    Organization.objects.get(pk=owner)",
    ),
    Mutant(
        "one purchase is delivered by two",
        SETTLEMENT,
        'Purchase.objects.select_for_update(of=("self",)).select',
        "Purchase.objects.select",
    ),
    Mutant(
        "a pack lives a day longer",
        SETTLEMENT,
        "timedelta(days=purchase.pack_days or 0)",
        "timedelta(days=(purchase.pack_days or 0) + 1)",
    ),
    Mutant(
        "pack and bonus have one key", SETTLEMENT, 'key=f"{kind.value}:{purchase.public_id}"', "key=purchase.public_id"
    ),
    Mutant(
        "the bonus is paid for",
        SETTLEMENT,
        "_lot(purchase, Lot.Kind.BONUS, purchase",
        "_lot(purchase, Lot.Kind.ADMIN, purchase",
    ),
    Mutant(
        "spent credits pay for an upgrade",
        SETTLEMENT,
        "purchase.credits) if missing_fen else 0",
        "purchase.credits) if not missing_fen else 0",
    ),
    Mutant(
        "months of one plan have one key",
        SETTLEMENT,
        'key=f"purchase:{purchase.public_id}"',
        'key=f"purchase:{plan.pk}"',
    ),
    Mutant("a late renewal begins anew", SETTLEMENT, "follows=_renewed(subscription, now)", "follows=None"),
    Mutant(
        "a renewal continues a refunded month", SETTLEMENT, RENEWED, "if last is None or last.ends_at <= now - GRACE:"
    ),
    Mutant("a renewal after grace continues", SETTLEMENT, RENEWED, "if last is None or last.ended_at is not None:"),
    Mutant("a lower plan begins at once", SETTLEMENT, "return last.ends_at if last else now", "return now"),
    Mutant(
        "a lower plan waits for an ended month",
        SETTLEMENT,
        "rank__gt=plan.rank, ends_at__gt=now, ended_at=None)",
        "rank__gt=plan.rank, ends_at__gt=now)",
    ),
    Mutant(
        "a lower plan waits for the first end", SETTLEMENT, 'higher.order_by("-ends_at")', 'higher.order_by("ends_at")'
    ),
    Mutant("an expired lot pays for an upgrade", SETTLEMENT, "most=row.credits if alive else 0", "most=row.credits"),
    Mutant(
        "a trade-in takes the whole lot",
        SETTLEMENT,
        "most=row.credits if alive else 0",
        "most=row.lot.amount if alive else 0",
    ),
    Mutant("what was traded in stays", SETTLEMENT, "most=row.credits if alive else 0", "most=0"),
    Mutant("missing credits are not missed", SETTLEMENT, "missing += row.value_fen - worth", "missing += 0 * worth"),
    Mutant("traded months go on", SETTLEMENT, "    traded.update(ended_at=timezone.now())\n", ""),
    Mutant("used months end with an upgrade", SETTLEMENT, "lot__held=0, lot__spent=0, ", "lot__held=0, "),
    Mutant("months at work end with an upgrade", SETTLEMENT, "lot__free=0, lot__held=0, ", "lot__free=0, "),
    Mutant(
        "a lower purchase ends what is higher",
        SETTLEMENT,
        "charged.filter(plan__rank__lt=plan.rank)",
        "charged.exclude(plan=plan)",
    ),
    Mutant(
        "the replaced subscription goes on",
        SETTLEMENT,
        "charged.filter(plan__rank__lt=plan.rank).update(must_end=True)",
        "charged.update()",
    ),
    # --- transfers
    Mutant(
        "the limit itself needs one person", TRANSFERS, "purchase.due_fen >= settings.", "purchase.due_fen > settings."
    ),
    Mutant("one person is always enough", TRANSFERS, "if len(said) >= people_needed(purchase):", "if said:"),
    Mutant(
        "a late transfer is no money",
        TRANSFERS,
        "OPEN = (Purchase.State.PENDING, Purchase.State.FAILED)",
        "OPEN = (Purchase.State.PENDING,)",
    ),
    Mutant(
        "a card payment is confirmed by hand",
        TRANSFERS,
        "if purchase.provider != Provider.MANUAL or purchase.state",
        "if purchase.state",
    ),
    Mutant(
        "a delivered purchase is confirmed",
        TRANSFERS,
        "!= Provider.MANUAL or purchase.state not in OPEN:",
        "!= Provider.MANUAL:",
    ),
    Mutant(
        "too little is confirmed", TRANSFERS, "if amount_fen != purchase.due_fen:", "if amount_fen > purchase.due_fen:"
    ),
    Mutant(
        "too much is confirmed", TRANSFERS, "if amount_fen != purchase.due_fen:", "if amount_fen < purchase.due_fen:"
    ),
    Mutant(
        "today is the future",
        TRANSFERS,
        "if received_on > timezone.localdate():",
        "if received_on >= timezone.localdate():",
    ),
    Mutant("the future is confirmed", TRANSFERS, "if received_on > timezone.localdate():", "if not received_on:"),
    Mutant("evidence is not needed", TRANSFERS, "    if not note.strip():", "    if note is None:"),
)
