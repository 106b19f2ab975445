"""Mistakes in budgets, payers and the ties between agencies and merchants."""

from mistakes.mutant import Mutant, billing

BUDGETS, BUDGET_SQL, HOLDS, REFUNDS, PAYERS, LINKS = billing(
    "budgets", "ledger/budget_sql", "ledger/holds", "ledger/refunds", "payers", "links"
)
STALE_CAP = 'cap = OrgLink.objects.values_list("monthly_cap", flat=True).get(pk=link.pk)'
NOT_OTHERS = "if link.payer != Payer.AGENCY or link.agency_id != agency.pk:"
REPLACED = 'ended_by="transfer")\n            budgets.recap(paying, 0)'

MUTANTS = (
    Mutant("a budget has no guard", BUDGET_SQL, "AND held + spent + %s <= cap", "AND held + spent + 0 * %s <= cap"),
    Mutant("the last credit of a budget is refused", BUDGET_SQL, "+ %s <= cap", "+ %s < cap"),
    Mutant("what was spent is free again", BUDGET_SQL, "AND held + spent + %s <=", "AND held + %s <="),
    Mutant("what is held is still left", BUDGET_SQL, "cap - held - spent", "cap - spent"),
    Mutant("what was spent is still left", BUDGET_SQL, "cap - held - spent", "cap - held"),
    Mutant("a closed hold keeps the budget", BUDGET_SQL, "SET held = held - %s,", "SET held = held - 0 * %s,"),
    Mutant(
        "use is not counted in the month",
        BUDGET_SQL,
        "spent = spent + %s WHERE id",
        "spent = spent + 0 * %s WHERE id",
    ),
    Mutant("a refund is counted as use", BUDGET_SQL, "SET spent = spent - %s", "SET spent = spent + %s"),
    Mutant(
        "a refund does not reach the month", REFUNDS, "if paid.budget_id is not None:", "if paid.budget_id is True:"
    ),
    Mutant("only what was used leaves the hold", HOLDS, "held=sum(part.credits for part in closed.parts)", "held=used"),
    Mutant("a hold forgets its budget", HOLDS, "budget_id=budget,", "budget_id=None,"),
    Mutant(
        "the budget's guard is not heard",
        HOLDS,
        "and not budget_sql.reserve(new.budget_id, new.amount):\n        raise Overtaken",
        "and not budget_sql.reserve(new.budget_id, new.amount):\n        pass",
    ),
    Mutant("a budget is never used up to its end", HOLDS, "if amount > max(left, 0):", "if amount >= max(left, 0):"),
    Mutant("the account speaks for the budget", HOLDS, 'max(left, 0), "budget")', "max(left, 0))"),
    Mutant("months are counted in Greenwich", BUDGETS, "catalogue.current().timezone)", '"UTC")'),
    Mutant("an ended tie opens a month", BUDGETS, "        raise LinkNotActive\n", "        pass\n"),
    Mutant(
        "a merchant that pays itself has a budget",
        BUDGETS,
        ".filter(pk=link.pk, payer=OrgLink.Payer.AGENCY)",
        ".filter(pk=link.pk)",
    ),
    Mutant("a month opens with the cap of before", BUDGETS, STALE_CAP, "cap = link.monthly_cap"),
    Mutant("a new cap waits for next month", BUDGETS, "month__gte=month_at()", "month__gt=month_at()"),
    Mutant(
        "a new cap changes the past", BUDGETS, "link=link, month__gte=month_at())\n    this", "link=link)\n    this"
    ),
    Mutant("a lower cap forgets what runs", BUDGETS, 'used_before=F("held") + F("spent")', 'used_before=F("spent")'),
    Mutant(
        "a lower cap forgets what was spent", BUDGETS, 'used_before=F("held") + F("spent")', 'used_before=F("held")'
    ),
    Mutant("a merchant sees the agency's account", BUDGETS, "min(there.available, left)", "there.available"),
    Mutant("a merchant sees more than there is", BUDGETS, "min(there.available, left)", "left"),
    Mutant("a merchant sees the agency's lots", BUDGETS, "left), held, ())", "left), held, there.lots)"),
    Mutant("a merchant sees what others hold", BUDGETS, "(budget.left, budget.held)", "(budget.left, there.held)"),
    Mutant("funds forget today's free credits", BUDGETS, "    ensure_daily(payer.account)\n", ""),
    Mutant("the agency pays although it does not", PAYERS, ", payer=OrgLink.Payer.AGENCY)", ")"),
    Mutant("an offer pays already", PAYERS, "OrgLink.objects.standing()", "OrgLink.objects.all()"),
    Mutant("a cap below nothing", LINKS, "if not 0 <= self.monthly_cap", "if not -1 <= self.monthly_cap"),
    Mutant("any cap is good", LINKS, "<= self.monthly_cap <= MAX_CAP", "<= self.monthly_cap"),
    Mutant("one merchant more than the plan", LINKS, "if taken.count() >= most:", "if taken.count() > most:"),
    Mutant("offers of merchants take places", LINKS, ".exclude(agency_agreed_at=None)", ""),
    Mutant(
        "ended ties take places",
        LINKS,
        ".filter(agency=agency).exclude(state=State.ENDED).exclude(",
        ".filter(agency=agency).exclude(",
    ),
    Mutant("a tie takes its own place", LINKS, "_check_room(link.agency, but=link)", "_check_room(link.agency)"),
    Mutant("no room is checked at the last yes", LINKS, "    _check_room(link.agency, but=link)\n", ""),
    Mutant("the former agency is not asked", LINKS, '"merchant", "former") if replaces', '"merchant") if replaces'),
    Mutant("an ended tie is asked", LINKS, "is not None and link.replaces.state == State.ACTIVE", "is not None"),
    Mutant("a stranger's yes counts", LINKS, "if side is None or locked.state", "if locked.state"),
    Mutant("an ended offer is accepted", LINKS, "if locked.state == State.ENDED:", "if not locked.state:"),
    Mutant("the former agency ends the new tie", LINKS, 'if side != "former":', "if side:"),
    Mutant("an end leaves the month's cap", LINKS, "            budgets.recap(link, 0)\n\n", "            pass\n\n"),
    Mutant("a transfer leaves the month's cap", LINKS, REPLACED, 'ended_by="transfer")'),
    Mutant(
        "the transferred tie stays",
        LINKS,
        "filter(pk=paying.pk).update(state=State.ENDED",
        "filter(pk=0).update(state=State.ENDED",
    ),
    Mutant("a second payer slips in", LINKS, "paying.pk != link.replaces_id", "paying.pk == 0"),
    Mutant("anybody sets the cap", LINKS, NOT_OTHERS, "if link.payer != Payer.AGENCY:"),
    Mutant("a cap where the merchant pays", LINKS, NOT_OTHERS, "if link.agency_id != agency.pk:"),
    Mutant("a new cap does not reach the month", LINKS, "        budgets.recap(link, cap)\n", ""),
    Mutant(
        "an ended tie takes a cap",
        LINKS,
        "filter(pk=link.pk).exclude(state=State.ENDED).update(m",
        "filter(pk=link.pk).update(m",
    ),
    Mutant(
        "another offer is the same offer",
        LINKS,
        "(existing.payer, existing.monthly_cap) ==",
        "(terms.payer, terms.monthly_cap) ==",
    ),
    Mutant("one of two of a name is taken", LINKS, "if len(links) == 1 else None", "if links else None"),
    Mutant(
        "a decision about an agency is not locked",
        LINKS,
        "    for one in (agency, merchant):\n",
        "    for one in (merchant,):\n",
    ),
    Mutant(
        "merchants are locked before agencies",
        LINKS,
        "for one in (agency, merchant):",
        "for one in (merchant, agency):",
    ),
)
