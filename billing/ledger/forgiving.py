"""Debts that are written off: nobody pays them any more. No lot moves, so the journal has no line; staff's record has."""

from billing.domain.ledger import Part, draw
from billing.errors import RefundTooLarge
from billing.ledger import debt_sql
from billing.ledger.attempts import Overtaken, atomic, positive
from billing.models import Organization


def forgive(organization: Organization, amount: int) -> None:
    """Write off ``amount`` > 0 credits of what is owed, in the order in which a grant would pay it.

    Raises RefundTooLarge if less is owed; nothing is written off then.
    """
    _forgive(organization.pk, positive(amount))


@atomic
def _forgive(organization_id: int, amount: int) -> None:
    debts = debt_sql.open_debts(organization_id)
    parts = draw([Part(number, debt.left) for number, debt in enumerate(debts)], amount)
    if parts is None:
        raise RefundTooLarge(amount, sum(debt.left for debt in debts))
    for number, credits in parts:
        if not debt_sql.forgive(debts[number], credits):
            raise Overtaken
