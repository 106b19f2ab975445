"""Mistakes in what is asked of the providers, in subscriptions and in the sweeper."""

from mistakes.mutant import Mutant, billing

SUBSCRIPTIONS, SWEEPING, PROVIDER, MANUAL = billing(
    "subscriptions", "sweeping", "providers/stripe/provider", "providers/manual"
)

MUTANTS = (
    Mutant(
        "a session is opened twice",
        PROVIDER,
        'options = {"idempotency_key": f"checkout:{purchase.public_id}"}',
        "options: dict[str, str] = {}",
    ),
    Mutant("all sessions have one key", PROVIDER, 'f"checkout:{purchase.public_id}"', '"checkout"'),
    Mutant("a refund is sent twice", PROVIDER, '{"idempotency_key": f"refund:{refund.public_id}"},', "{},"),
    Mutant(
        "two refunds are one",
        PROVIDER,
        '{"idempotency_key": f"refund:{refund.public_id}"},',
        '{"idempotency_key": f"refund:{refund.payment_id}"},',
    ),
    Mutant("a refund does not name ours", PROVIDER, '"metadata": {"refund": refund.public_id},', '"metadata": {},'),
    Mutant(
        "always everything goes back", PROVIDER, '"amount": refund.amount_fen,', '"amount": refund.payment.amount_fen,'
    ),
    Mutant("a customer is made twice", PROVIDER, '{"idempotency_key": f"customer:{organization.public_id}"},', "{},"),
    Mutant("the discount repeats", PROVIDER, '"duration": "once"', '"duration": "forever"'),
    Mutant("the discount is for everybody", PROVIDER, '            "max_redemptions": 1,\n', ""),
    Mutant("no discount for a trade-in", PROVIDER, "if purchase.trade_in_fen:", "if not purchase:"),
    Mutant(
        "the price before the trade-in",
        PROVIDER,
        '"unit_amount": purchase.due_fen',
        '"unit_amount": purchase.price_fen',
    ),
    Mutant("a month card by card only", PROVIDER, 'ONE_OFF = ("alipay", "wechat_pay", "card")', 'ONE_OFF = ("card",)'),
    Mutant(
        "a subscription by Alipay",
        PROVIDER,
        '"allowed_payment_method_types": ["card"],',
        '"allowed_payment_method_types": ["alipay"],',
    ),
    Mutant(
        "a session outlives what it trades in",
        PROVIDER,
        "min([purchase.created_at + OPEN_FOR, *ends])",
        "purchase.created_at + OPEN_FOR",
    ),
    Mutant("a paid session is closed", PROVIDER, 'if session.status == "open":', "if session.status:"),
    Mutant(
        "the payment does not say for what",
        PROVIDER,
        '"payment_intent_data": {"metadata": named},',
        '"payment_intent_data": {"metadata": {}},',
    ),
    Mutant(
        "the subscription does not say whose",
        PROVIDER,
        '"subscription_data": {"metadata": named},',
        '"subscription_data": {"metadata": {}},',
    ),
    Mutant("a price is made for each purchase", PROVIDER, "    if found:\n        return found[0].id\n", ""),
    Mutant("an old version's price is taken", PROVIDER, 'key = f"{plan.code}:{plan.number}"', "key = plan.code"),
    Mutant(
        "a downgrade is prorated", PROVIDER, '"proration_behavior": "none"', '"proration_behavior": "create_prorations"'
    ),
    Mutant(
        "an end is prorated",
        PROVIDER,
        '{"invoice_now": False, "prorate": False}',
        '{"invoice_now": False, "prorate": True}',
    ),
    Mutant(
        "an ended subscription is ended again",
        PROVIDER,
        'if found.status not in ("canceled", "incomplete_expired"):',
        "if found.status:",
    ),
    Mutant(
        "a canceled refund is on its way",
        PROVIDER,
        '"canceled": Refund.State.FAILED}',
        '"canceled": Refund.State.REQUESTED}',
    ),
    Mutant(
        "an unknown refund is done",
        PROVIDER,
        'get(status or "", Refund.State.REQUESTED)',
        'get(status or "", Refund.State.SUCCEEDED)',
    ),
    Mutant("a transfer waits longer than its credits", MANUAL, "min([until, *ends])", "until"),
    # --- subscriptions
    Mutant(
        "a downgrade changes what was paid",
        SUBSCRIPTIONS,
        "next_plan is not None and amount_fen == subscription.next_plan.price_fen:",
        "next_plan is not None:",
    ),
    Mutant("a downgrade never comes", SUBSCRIPTIONS, "        plan = subscription.next_plan\n", "        pass\n"),
    Mutant(
        "one invoice, two purchases",
        SUBSCRIPTIONS,
        "        checkout_ref=invoice,\n",
        "        checkout_ref=new_number(),\n",
    ),
    Mutant(
        "a late message wakes the ended",
        SUBSCRIPTIONS,
        "filter(pk=subscription.pk).exclude(state=Subscription.State.ENDED)\n",
        "filter(pk=subscription.pk)\n",
    ),
    Mutant(
        "an upgrade by downgrade",
        SUBSCRIPTIONS,
        "if plan.rank >= subscription.plan.rank or plan.price_fen == 0:",
        "if plan.price_fen == 0:",
    ),
    Mutant(
        "a downgrade to the free plan",
        SUBSCRIPTIONS,
        "subscription.plan.rank or plan.price_fen == 0:",
        "subscription.plan.rank:",
    ),
    Mutant(
        "a living subscription is ended",
        SUBSCRIPTIONS,
        "if not subscription.must_end or subscription",
        "if subscription",
    ),
    Mutant(
        "an end that failed counts as done",
        SUBSCRIPTIONS,
        "    except ProviderDown:\n        return False\n",
        "    except ProviderDown:\n        pass\n",
    ),
    # --- the sweeper
    Mutant("the sweeper takes the bell's work", SWEEPING, ", received_at__lt=timezone.now() - BELL)", ")"),
    Mutant("one bad chore stops the round", SWEEPING, '            log.exception("%s", name)\n', "            raise\n"),
    Mutant(
        "one refused chore stops the round",
        SWEEPING,
        '            log.warning("%s: %s", name, error)\n',
        "            raise error\n",
    ),
    Mutant("paid unheard is given up", SWEEPING, "    look_up(purchase)\n    purchases", "    purchases"),
    Mutant(
        "nobody sends a refund again", SWEEPING, 'yield f"refund {row.public_id}", _call(refunds.send, row)', "continue"
    ),
    Mutant(
        "nobody ends what is replaced",
        SWEEPING,
        'yield f"subscription {subscription.public_id}", _call(subscriptions.end_replaced, subscription)',
        "continue",
    ),
    Mutant(
        "nobody delivers what is paid",
        SWEEPING,
        'yield f"purchase {purchase_id}", _call(settlement.deliver, purchase_id)',
        "continue",
    ),
    Mutant(
        "nobody finishes a confirmed transfer",
        SWEEPING,
        "yield purchase.number, _call(transfers.finish, purchase)",
        "continue",
    ),
    Mutant("nothing ever lapses", SWEEPING, "yield purchase.number, _call(_close, purchase)", "continue"),
)
