"""The statements of the monthly budgets, by hand like those of ``billing.ledger.sql``, and moved before the lots."""

from billing.ledger.sql import changed, rows


def left(budget_id: int) -> int:
    """Credits that new work may take; below 0 where the cap was lowered under what runs."""
    found = rows("SELECT cap - held - spent FROM billing_budget WHERE id = %s", [budget_id])
    return int(found[0][0])


def suspended(budget_id: int) -> str:
    """Why the merchant whose work a budget pays may order nothing new; "" = it may."""
    sql = """SELECT o.suspended_reason FROM billing_budget b JOIN billing_orglink l ON l.id = b.link_id
             JOIN billing_organization o ON o.id = l.merchant_id WHERE b.id = %s"""
    return str(rows(sql, [budget_id])[0][0])


def reserve(budget_id: int, amount: int) -> bool:
    """Count ``amount`` credits as held, if the cap has room for them."""
    sql = "UPDATE billing_budget SET held = held + %s WHERE id = %s AND held + spent + %s <= cap"
    return changed(sql, [amount, budget_id, amount]) == 1


def close(budget_id: int, held: int, used: int) -> None:
    """A hold of ``held`` credits ends and has used ``used`` of them: the rest is free for other work of the month."""
    changed("UPDATE billing_budget SET held = held - %s, spent = spent + %s WHERE id = %s", [held, used, budget_id])


def give_back(budget_id: int, amount: int) -> None:
    """A refund: it returns to the month in which the work was begun."""
    changed("UPDATE billing_budget SET spent = spent - %s WHERE id = %s", [amount, budget_id])
