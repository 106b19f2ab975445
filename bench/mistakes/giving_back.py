"""Mistakes in refunds, disputes and what is taken back from a lot."""

from mistakes.mutant import Mutant, billing

REFUNDS, DISPUTES, LOTS, SQL = billing("refunds", "disputes", "ledger/lots", "ledger/sql")
LEFT = "left = payment.amount_fen - _given_back(payment)\n"
KEPT = "if purchase.trade_in_fen == 0:"

MUTANTS = (
    Mutant(
        "what went back is still refundable", REFUNDS, LEFT + "    purchase", "left = payment.amount_fen\n    purchase"
    ),
    Mutant("spent credits are refundable", REFUNDS, "worth(min(free, purchase.credits),", "worth(purchase.credits,"),
    Mutant("expired credits are refundable", REFUNDS, "lot.expires_at > now]", "lot.expires_at]"),
    Mutant(
        "a surplus is refundable by its credits",
        REFUNDS,
        "if payment.surplus or purchase.lot is None:",
        "if purchase.lot is None:",
    ),
    Mutant("a refund without a reason", REFUNDS, "if not reason.strip():", "if reason is None:"),
    Mutant(
        "a refused refund waits for ever",
        REFUNDS,
        "        settle_refund(row, Refund.State.FAILED, error=str(error))\n",
        "        pass\n",
    ),
    Mutant("our refund is somebody else's", REFUNDS, "if row is None and ours:", "if row is None and not ours:"),
    Mutant(
        "a foreign refund is not noticed",
        REFUNDS,
        "if row is None and state != Refund.State.FAILED:",
        "if row is None and not state:",
    ),
    Mutant(
        "a failed foreign refund takes credits",
        REFUNDS,
        "if row is None and state != Refund.State.FAILED:",
        "if row is None:",
    ),
    Mutant("nothing is refunded", REFUNDS, "not 0 < amount_fen <= left", "not 0 <= amount_fen <= left"),
    Mutant("more goes back than came", REFUNDS, "not 0 < amount_fen <= left", "not 0 < amount_fen"),
    Mutant(
        "more goes back than is left", REFUNDS, "not 0 < amount_fen <= left", "not 0 < amount_fen <= payment.amount_fen"
    ),
    Mutant("what the provider did is denied", REFUNDS, "if not fact and not 0 <", "if not 0 <"),
    Mutant(
        "a surplus takes credits with it",
        REFUNDS,
        "    if not payment.surplus:\n        _withdraw",
        "    if payment:\n        _withdraw",
    ),
    Mutant(
        "a refund leaves the credits",
        REFUNDS,
        "    if not payment.surplus:\n        _withdraw",
        "    if payment.surplus:\n        _withdraw",
    ),
    Mutant(
        "two refunds of one payment at once",
        REFUNDS,
        '    _lock(Payment.objects.values_list("organization_id", flat=True).get(pk=payment_id))\n',
        "",
    ),
    Mutant("the bonus is not taken back", REFUNDS, ", (purchase.bonus_lot, purchase.bonus_credits)):", ",):"),
    Mutant("unused credits are owed", REFUNDS, "    owed = min(owed, used_for_good(payment))\n", ""),
    Mutant("nothing is owed", REFUNDS, "owed = min(owed, used_for_good(payment))", "owed = 0"),
    Mutant("lots that came again are kept", REFUNDS, "for source in (lot, *again):", "for source in (lot,):"),
    Mutant("work in hand is not owed", REFUNDS, "row.spent + row.held for row", "row.spent for row"),
    Mutant(
        "traded credits are not owed",
        REFUNDS,
        "return max(in_work + traded",
        "return max(in_work",
    ),
    Mutant("one use is owed twice", REFUNDS, "- owed, 0)", "- 0 * owed, 0)"),
    Mutant(
        "a full refund leaves the month",
        REFUNDS,
        "    MembershipPeriod.objects.filter(purchase=purchase, ended_at=None).update(ended_at=timezone.now())\n",
        "",
    ),
    Mutant("a full refund leaves the subscription", REFUNDS, "    living.update(must_end=True)\n", ""),
    Mutant("a full refund takes what a trade-in paid", REFUNDS, KEPT, "if purchase:"),
    Mutant("a full refund revokes nothing", REFUNDS, KEPT, "if not purchase:"),
    Mutant(
        "a part is everything",
        REFUNDS,
        "if _given_back(payment) >= payment.amount_fen:\n        _take",
        "if _given_back(payment):\n        _take",
    ),
    Mutant("a success never fails later", REFUNDS, "before = STANDING if state", "before = STANDING[:1] if state"),
    Mutant("a failed refund succeeds later", REFUNDS, "filter(pk=row.pk, state__in=before)", "filter(pk=row.pk)"),
    Mutant(
        "a failed refund leaves the purchase refunded",
        REFUNDS,
        "filter(state=Purchase.State.REFUNDED).update(state=Purchase.State.GRANTED)",
        "none()",
    ),
    Mutant("a failed refund leaves the month ended", REFUNDS, "    periods.update(ended_at=None)\n", ""),
    Mutant("a failed refund keeps the credits", REFUNDS, "        _give_credits_back(now)\n", "        pass\n"),
    Mutant("what others lack comes for nothing", REFUNDS, "        _take_what_others_lack(row, again)\n", ""),
    Mutant(
        "the month goes on without its money",
        REFUNDS,
        "    if _given_back(row.payment) < row.payment.amount_fen:\n",
        "    if row:\n",
    ),
    Mutant(
        "a purchase without its money is delivered",
        REFUNDS,
        "        if _given_back(now.payment) < now.payment.amount_fen:\n",
        "        if now:\n",
    ),
    Mutant("credits come back without an end", REFUNDS, "expires_at=lot.expires_at,", "expires_at=None,"),
    Mutant(
        "credits come back after their end",
        REFUNDS,
        "is None or lot.expires_at > timezone.now())",
        "is None or lot.expires_at)",
    ),
    Mutant("a refunded surplus refunds the purchase", REFUNDS, "if not now.payment.surplus and _given", "if _given"),
    Mutant(
        "a refund ends a quarrel", REFUNDS, "purchase.exclude(state=Purchase.State.DISPUTED).update", "purchase.update"
    ),
    Mutant("a transfer back needs no evidence", REFUNDS, "if not note.strip():", "if note is None:"),
    Mutant("lost disputes are no debt", REFUNDS, "return (refunded or 0) + (lost or 0)", "return refunded or 0"),
    # --- what a lot gives back
    Mutant(
        "a withdrawal is made twice",
        LOTS,
        "    if earlier is not None:\n        return earlier\n    lot =",
        "    lot =",
    ),
    Mutant("more is withdrawn than is free", LOTS, "taken = min(lot.free, most)", "taken = most"),
    Mutant("everything is withdrawn", LOTS, "taken = min(lot.free, most)", "taken = lot.free"),
    Mutant(
        "an overtaken withdrawal stays half done",
        LOTS,
        "if not sql.withdraw_lot(lot_id, taken):\n        raise Overtaken",
        "sql.withdraw_lot(lot_id, taken)",
    ),
    Mutant(
        "withdrawing is not guarded",
        SQL,
        'lapsed = lapsed + %s WHERE id = %s AND free >= %s"',
        'lapsed = lapsed + %s WHERE id = %s AND free >= 0 * %s"',
    ),
    # --- disputes
    Mutant(
        "two tellers of one dispute",
        DISPUTES,
        "    Organization.objects.select_for_update().get(pk=payment.organization_id)\n",
        "",
    ),
    Mutant("told again, it freezes again", DISPUTES, "    if opened:\n", "    if row:\n"),
    Mutant("a dispute freezes nothing", DISPUTES, "    if opened:\n", "    if not row:\n"),
    Mutant(
        "a disputed account goes on",
        DISPUTES,
        'parked_reason="").update(parked_reason=_parked(row))',
        'parked_reason="").update()',
    ),
    Mutant(
        "a dispute forgets why staff parked",
        DISPUTES,
        'filter(pk=row.organization_id, parked_reason="")',
        "filter(pk=row.organization_id)",
    ),
    Mutant(
        "a disputed month goes on",
        DISPUTES,
        "    MembershipPeriod.objects.filter(purchase=purchase, ended_at=None).update(ended_at=timezone.now())\n",
        "",
    ),
    Mutant(
        "a closed dispute closes again", DISPUTES, "filter(pk=row.pk, state=Dispute.State.OPEN)", "filter(pk=row.pk)"
    ),
    Mutant(
        "a lost dispute is no debt",
        DISPUTES,
        "update(credits_owed=used_for_good(row.payment))",
        "update(credits_owed=0)",
    ),
    Mutant(
        "a lost dispute lets held credits return",
        DISPUTES,
        '        ledger.revoke(lot.pk, key=f"dispute:{row.fact}:lost", reason=_parked(row))\n',
        "        pass\n",
    ),
    Mutant(
        "a won dispute unparks for another",
        DISPUTES,
        "filter(pk=row.organization_id, parked_reason=_parked(row))",
        "filter(pk=row.organization_id)",
    ),
    Mutant(
        "a won dispute leaves the account parked",
        DISPUTES,
        'parked.update(parked_reason=_parked(other) if other else "")',
        "parked.update()",
    ),
    Mutant("another quarrel is forgotten", DISPUTES, '_parked(other) if other else ""', '""'),
    Mutant("a won dispute leaves the month ended", DISPUTES, ".update(ended_at=None)", ".update()"),
    Mutant(
        "a won dispute costs its time",
        DISPUTES,
        "now + max(lot.expires_at - row.opened_at, timedelta())",
        "lot.expires_at",
    ),
    Mutant("a won dispute gives whole lots", DISPUTES, "amount=row.credits_withdrawn,", "amount=lot.amount,"),
    Mutant(
        "a refunded purchase is delivered again",
        DISPUTES,
        "filter(pk=purchase.pk, state=Purchase.State.DISPUTED).update(state=state)",
        "filter(pk=purchase.pk).update(state=state)",
        harmless="a disputed purchase changes its state nowhere else; it is said for whoever will add such a place",
    ),
)
