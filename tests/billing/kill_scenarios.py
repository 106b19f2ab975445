"""What is killed: every verb that moves money or credits, with the state it begins in and what happens after a death.

``given`` prepares, ``work`` is done by a process that may die, and ``after`` is what happens anyway, killed or not: the
provider sends an unanswered message again, a buyer or a member of staff who got no answer does it again, a task runs
again, and the minute rounds of the sweeper and the reaper go on.
"""

from dataclasses import dataclass

from tests.billing.kill_acts import (
    Act,
    again,
    agency,
    bought_by_transfer,
    buy,
    close,
    confirm,
    delivered,
    dispute,
    give_back,
    grant,
    hear_all,
    hold,
    hours_pass,
    lapse,
    lots,
    month_later,
    nothing,
    paid,
    reap,
    refund,
    refund_fails,
    refund_waits,
    refunded_at_the_provider,
    release,
    revoke,
    settle,
    sweep,
    then,
    told,
    transfer_waits,
    upgraded,
    work_for_a_client,
    worker_dies,
)


@dataclass(frozen=True)
class Scenario:
    name: str
    given: Act
    work: Act
    after: Act


def message(name: str, given: Act, kind: str) -> Scenario:
    """Stripe sends again what got no 200; that it does so after a 200 too is a doubled message."""
    return Scenario(f"webhook: {name}", given, told(kind), again(told(kind)))


def _scenario(name: str, given: Act, work: Act) -> Scenario:
    return Scenario(name, given, work, again(work))


SCENARIOS = (
    _scenario("purchase: month card opened", nothing, buy("gold", "month")),
    _scenario(
        "purchase: upgrade of a subscription opened", delivered("gold", used=100), buy("platinum", "subscription")
    ),
    _scenario("purchase: transfer confirmed by two", transfer_waits, confirm),
    message("month card paid", paid("gold"), "payment_intent.succeeded"),
    message("pack with bonus paid", paid("topup_3300", pack=True), "checkout.session.completed"),
    message("subscription begins", paid("gold", kind="subscription"), "invoice.paid"),
    message("subscription's page completed", paid("gold", kind="subscription"), "checkout.session.completed"),
    message("subscription renewed", month_later(delivered("gold", kind="subscription")), "invoice.paid"),
    message(
        "renewed after a downgrade",
        month_later(delivered("platinum", kind="subscription"), downgrade="gold"),
        "invoice.paid",
    ),
    message(
        "upgrade paid",
        then(delivered("gold", kind="subscription", used=100), paid("platinum", kind="subscription")),
        "invoice.paid",
    ),
    message("refund at the provider", then(delivered("gold", used=500), refunded_at_the_provider), "refund.created"),
    message("refund failed", then(delivered("gold"), refund(6600), refund_fails), "refund.failed"),
    message("dispute opened", then(delivered("gold", used=100), dispute), "charge.dispute.created"),
    message(
        "dispute won", then(delivered("gold", used=100), dispute, hear_all, close(won=True)), "charge.dispute.closed"
    ),
    message(
        "dispute lost", then(delivered("gold", used=100), dispute, hear_all, close(won=False)), "charge.dispute.closed"
    ),
    _scenario("refund: a part", delivered("gold", used=100), refund(3300)),
    _scenario("refund: all of a subscription's month", delivered("gold", kind="subscription", used=100), refund(6600)),
    _scenario("refund: of a transfer", bought_by_transfer, refund(6600)),
    _scenario("sweeper: a refund that waits", then(delivered("gold"), refund_waits), sweep),
    _scenario("sweeper: a subscription that an upgrade replaced", upgraded, sweep),
    _scenario("grant", nothing, grant),
    _scenario("hold", lots, hold),
    _scenario("hold and settle for a client", agency, work_for_a_client),
    _scenario("settle", then(lots, hold), settle),
    _scenario("settle: a lot has ended meanwhile", then(lots, hold, hours_pass), settle),
    _scenario("release", then(lots, hold), release),
    _scenario("credits given back", then(lots, hold, settle), give_back),
    _scenario("revoke", then(lots, hold), revoke),
    _scenario("reaper: a dead worker's hold", then(lots, worker_dies), reap),
    _scenario("lapse", then(lots, hours_pass), lapse),
)
