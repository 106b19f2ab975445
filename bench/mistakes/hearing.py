"""Mistakes in webhooks and in what is believed of Stripe."""

from mistakes.mutant import Mutant, billing

WEBHOOKS, CLIENT, FACTS, EVENTS = billing(
    "webhooks", "providers/stripe/client", "providers/stripe/facts", "providers/stripe/events"
)
MONEY = 'if subscription is None or found.status != "paid" or found.amount_paid == 0:'

MUTANTS = (
    Mutant(
        "an empty secret opens the door",
        WEBHOOKS,
        "and any(settings.STRIPE_WEBHOOK_SECRETS)",
        "and settings.STRIPE_WEBHOOK_SECRETS",
    ),
    Mutant("no key, but an endpoint", WEBHOOKS, "(settings.STRIPE_SECRET_KEY and any(", "(any("),
    Mutant("any size is read", WEBHOOKS, '"Content-Length") or 0) > LARGEST:', '"Content-Length") or 0) < 0:'),
    Mutant(
        "only the first secret counts",
        WEBHOOKS,
        "            continue\n    else:",
        '            raise Forged("x") from None\n    else:',
    ),
    Mutant("an old message is good", WEBHOOKS, "signature, secret, TOLERANCE)", "signature, secret, None)"),
    Mutant("a message of the future is good", WEBHOOKS, "    _check_not_future(signature)\n", ""),
    Mutant(
        "the other mode is good",
        WEBHOOKS,
        'if not fits or bool(event.get("livemode")) is not is_live():',
        "if not fits:",
    ),
    Mutant(
        "a message is stored twice",
        WEBHOOKS,
        '        event_id=event["id"],\n',
        "        event_id=f\"{event['id']} {timezone.now()} {WebhookEvent.objects.count()}\",\n",
    ),
    Mutant("no bell", WEBHOOKS, "        ring(PROCESS, row.pk)\n", "        pass\n"),
    Mutant("a bell for every copy", WEBHOOKS, "    if new:\n", "    if row:\n"),
    Mutant("a done message is done again", WEBHOOKS, "filter(pk=event_id, processed_at=None)", "filter(pk=event_id)"),
    Mutant(
        "a failed message counts as done",
        WEBHOOKS,
        "        return False\n    except Exception",
        "    except Exception",
    ),
    Mutant("a bug leaves no trace", WEBHOOKS, "waiting.update(error=repr(error)[:2_000])", "waiting.update()"),
    Mutant("tries are not counted", WEBHOOKS, 'waiting.update(attempts=F("attempts") + 1)', "waiting.update()"),
    # --- what is believed
    Mutant("a refund told by its charge is not heard", EVENTS, 'facts.refunds_of(about["payment_intent"])', "None"),
    Mutant("an expired session is not heard", EVENTS, '    "checkout.session.expired": facts.session,\n', ""),
    Mutant(
        "late money is not heard",
        EVENTS,
        '    "checkout.session.async_payment_succeeded": facts.session,\n',
        "",
        harmless="the payment_intent.succeeded of the same money is heard",
    ),
    Mutant("a failed refund is not heard", EVENTS, '    "refund.failed": facts.refund,\n', ""),
    Mutant("a won dispute is not heard", EVENTS, '    "charge.dispute.closed": facts.dispute,\n', ""),
    Mutant(
        "an ended subscription is not heard", EVENTS, '    "customer.subscription.deleted": facts.subscription,\n', ""
    ),
    Mutant(
        "an unpaid session is paid",
        FACTS,
        'elif found.payment_status == "paid" and found.payment_intent:',
        "elif found.payment_intent:",
        harmless="the intent is fetched, and only one that succeeded counts",
    ),
    Mutant(
        "an intent under way is money",
        FACTS,
        'if purchase is None or found.status != "succeeded":',
        "if purchase is None:",
    ),
    Mutant("what was asked is what came", FACTS, "amount_fen=found.amount_received", "amount_fen=found.amount"),
    Mutant(
        "an intent's currency is ours",
        FACTS,
        "amount_fen=found.amount_received,\n        currency=found.currency.upper()",
        'amount_fen=found.amount_received,\n        currency="CNY"',
    ),
    Mutant(
        "an invoice's currency is ours",
        FACTS,
        "amount_fen=found.amount_paid,\n        currency=found.currency.upper()",
        'amount_fen=found.amount_paid,\n        currency="CNY"',
    ),
    Mutant("an open invoice brings a month", FACTS, MONEY, "if subscription is None or found.amount_paid == 0:"),
    Mutant("a free invoice brings a month", FACTS, MONEY, 'if subscription is None or found.status != "paid":'),
    Mutant(
        "each invoice is the first",
        FACTS,
        'if found.billing_reason == "subscription_create" and first is not None:',
        "if first is not None:",
    ),
    Mutant(
        "the first invoice is a renewal",
        FACTS,
        'if found.billing_reason == "subscription_create" and first is not None:',
        "if first is None:",
    ),
    Mutant(
        "an invoice has no payment to refund",
        FACTS,
        'if row.status == "paid" and row.payment.payment_intent:',
        "if not row.status:",
    ),
    Mutant(
        "an end at the period's end is not noted",
        FACTS,
        "ends_with_period=found.cancel_at_period_end",
        "ends_with_period=False",
    ),
    Mutant(
        "an unknown state is good",
        FACTS,
        "get(found.status, Subscription.State.PAST_DUE)",
        "get(found.status, Subscription.State.ACTIVE)",
    ),
    Mutant("unpaid is active", FACTS, '"unpaid": Subscription.State.PAST_DUE', '"unpaid": Subscription.State.ACTIVE'),
    Mutant(
        "an inquiry freezes",
        FACTS,
        'if payment is None or found.status in ("warning_needs_response", "warning_under_review"):',
        "if payment is None:",
    ),
    Mutant(
        "an inquiry that closed is lost",
        FACTS,
        '"warning_closed": Dispute.State.WON',
        '"warning_closed": Dispute.State.LOST',
    ),
    Mutant(
        "an unknown dispute is won",
        FACTS,
        "get(found.status, Dispute.State.OPEN)",
        "get(found.status, Dispute.State.WON)",
    ),
    Mutant(
        "a refund before its payment is dropped",
        FACTS,
        "        intent(intent_id)\n        with asking",
        "        with asking",
    ),
    Mutant(
        "a refund before its invoice is dropped", FACTS, "            invoice(_id(row.invoice))\n", "            pass\n"
    ),
    Mutant(
        "an unheard payment is nobody's",
        FACTS,
        '                raise NotYet(f"the payment {intent_id} is not noted yet")',
        "                return None",
    ),
    Mutant(
        "a refused refund is asked for ever",
        CLIENT,
        '("charge_already_refunded", "charge_disputed", "refund_disputed_payment")',
        "()",
    ),
    Mutant("a test key is live", CLIENT, 'return "_live_" in', 'return "_test_" in'),
    Mutant(
        "today's version is good enough",
        CLIENT,
        "        stripe_version=settings.STRIPE_API_VERSION,\n",
        '        stripe_version="2020-08-27",\n',
    ),
)
