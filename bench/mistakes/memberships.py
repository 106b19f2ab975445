"""Mistakes in months, rights, daily credits, calendar and prices."""

from mistakes.mutant import Mutant, billing

MEMBERSHIPS, CALENDAR, TARIFF, PLANS, PRICING = billing(
    "memberships", "domain/calendar", "domain/tariff", "domain/plans", "pricing"
)
CURRENT = "starts_at__lte=moment, ends_at__gt=moment, ended_at=None)"

MUTANTS = (
    Mutant(
        "two purchases begin at one end",
        MEMBERSHIPS,
        "        Organization.objects.select_for_update().get(pk=organization.pk)\n",
        "",
    ),
    Mutant(
        "a month's key starts any plan",
        MEMBERSHIPS,
        "    if earlier.plan_code != plan.code:\n        raise KeyReused(key)\n",
        "",
    ),
    Mutant(
        "a month's key is forgotten",
        MEMBERSHIPS,
        ".filter(key=key).first()\n        if",
        '.filter(key="").first()\n        if',
    ),
    Mutant(
        "a running plan is not prolonged",
        MEMBERSHIPS,
        "last = follows or _last_running(organization, plan, at)",
        "last = follows",
    ),
    Mutant(
        "any plan is prolonged",
        MEMBERSHIPS,
        ".filter(plan_code=plan.code, ends_at__gt=at, ended_at=None)",
        ".filter(ends_at__gt=at, ended_at=None)",
    ),
    Mutant(
        "an ended month is prolonged",
        MEMBERSHIPS,
        ".filter(plan_code=plan.code, ends_at__gt=at, ended_at=None)",
        ".filter(plan_code=plan.code, ends_at__gt=at)",
    ),
    Mutant(
        "a month that is over is prolonged",
        MEMBERSHIPS,
        ".filter(plan_code=plan.code, ends_at__gt=at, ended_at=None)",
        ".filter(plan_code=plan.code, ended_at=None)",
    ),
    Mutant(
        "the first of the months ahead is prolonged",
        MEMBERSHIPS,
        'return running.order_by("-ends_at").first()\n\n\ndef _sold',
        'return running.order_by("ends_at").first()\n\n\ndef _sold',
    ),
    Mutant("month ends drift", MEMBERSHIPS, "(last.anchor_at, last.month_number + 1)", "(last.ends_at, 1)"),
    Mutant(
        "a lot outlives its month",
        MEMBERSHIPS,
        "expires_at=ends_at,\n        reason",
        "expires_at=None,\n        reason",
    ),
    Mutant(
        "next month's credits come today",
        MEMBERSHIPS,
        "starts_at=starts_at,\n        expires_at=ends_at,\n        reason",
        "starts_at=min(starts_at, timezone.now()),\n        expires_at=ends_at,\n        reason",
    ),
    Mutant("fewer credits are all credits", MEMBERSHIPS, "credits=credits or plan.credits", "credits=plan.credits"),
    Mutant("the free plan is started", MEMBERSHIPS, "    if plan.credits == 0:\n", "    if plan is None:\n"),
    Mutant(
        "a month lives one moment longer",
        MEMBERSHIPS,
        CURRENT,
        "starts_at__lte=moment, ends_at__gte=moment, ended_at=None)",
    ),
    Mutant(
        "a month begins one moment later",
        MEMBERSHIPS,
        CURRENT,
        "starts_at__lt=moment, ends_at__gt=moment, ended_at=None)",
    ),
    Mutant("an ended month counts", MEMBERSHIPS, CURRENT, "starts_at__lte=moment, ends_at__gt=moment)"),
    Mutant("the worst plan counts", MEMBERSHIPS, 'order_by("-rank", "-ends_at")', 'order_by("rank", "-ends_at")'),
    Mutant(
        "grace of an ended subscription",
        MEMBERSHIPS,
        "of(organization).exclude(state=Subscription.State.ENDED).filter(must_end=False)",
        "of(organization).filter(must_end=False)",
    ),
    Mutant(
        "grace of a replaced subscription",
        MEMBERSHIPS,
        "of(organization).exclude(state=Subscription.State.ENDED).filter(must_end=False)",
        "of(organization).exclude(state=Subscription.State.ENDED)",
    ),
    Mutant(
        "grace is a moment longer",
        MEMBERSHIPS,
        "last_period__ends_at__gt=moment - GRACE",
        "last_period__ends_at__gte=moment - GRACE",
    ),
    Mutant("grace has no end", MEMBERSHIPS, ", last_period__ends_at__gt=moment - GRACE", ""),
    Mutant("grace after a refund", MEMBERSHIPS, ", last_period__ended_at=None\n", "\n"),
    Mutant(
        "no grace",
        MEMBERSHIPS,
        "current_period(organization, at) or in_grace(organization, at)",
        "current_period(organization, at)",
    ),
    Mutant(
        "work goes by the merchant's own plan",
        MEMBERSHIPS,
        "own_entitlements(payer_of(organization).account, at)",
        "own_entitlements(organization, at)",
    ),
    Mutant(
        "members get daily credits",
        MEMBERSHIPS,
        "    if current_period(organization, moment) is not None:\n        return None\n",
        "",
    ),
    Mutant(
        "the merchant gets the agency's daily credits",
        MEMBERSHIPS,
        "    organization = payer_of(organization).account\n",
        "",
    ),
    Mutant(
        "days are counted in Greenwich",
        MEMBERSHIPS,
        'key = f"daily:{day_of(moment, zone)}"',
        "key = f\"daily:{day_of(moment, 'UTC')}\"",
    ),
    Mutant(
        "daily credits live a day",
        MEMBERSHIPS,
        "expires_at=next_midnight(moment, zone)",
        "expires_at=moment + timedelta(days=1)",
    ),
    Mutant("a day's offer changes within the day", MEMBERSHIPS, "today is not None or amount == 0", "amount == 0"),
    # --- calendar
    Mutant(
        "31 January and a month is March",
        CALENDAR,
        "day = min(local.day, calendar.monthrange(year, month)[1])",
        "day = min(local.day, 28)",
    ),
    Mutant(
        "month ends by the clock of Greenwich", CALENDAR, "local = anchor.astimezone(ZoneInfo(zone))", "local = anchor"
    ),
    Mutant(
        "December has no next month",
        CALENDAR,
        "year, month = local.year + years, month0 + 1",
        "year, month = local.year, month0 + 1",
    ),
    Mutant(
        "the month of Greenwich",
        CALENDAR,
        "return moment.astimezone(ZoneInfo(zone)).date().replace(day=1)",
        "return moment.date().replace(day=1)",
    ),
    Mutant(
        "the day of Greenwich",
        CALENDAR,
        "return moment.astimezone(ZoneInfo(zone)).date().isoformat()",
        "return moment.date().isoformat()",
    ),
    Mutant("a day ends a day later", CALENDAR, "local.date() + timedelta(days=1)", "local.date() + timedelta(days=2)"),
    # --- prices
    Mutant(
        "a reduced price is rounded down",
        TARIFF,
        "return -(-listed * self.percent // LIST)",
        "return listed * self.percent // LIST",
    ),
    Mutant(
        "off-peak by the clock of Greenwich",
        TARIFF,
        "local = moment.astimezone(ZoneInfo(catalogue.timezone))",
        "local = moment.astimezone(UTC)",
    ),
    Mutant("a night ends a day early", TARIFF, "        ends += timedelta(days=1)\n", "        pass\n"),
    Mutant(
        "a night ends a moment late",
        TARIFF,
        "if ends.time() <= local.time():",
        "if ends.time() < local.time():",
        harmless="where it ends now it is not off-peak any more, and this is not reached",
    ),
    Mutant("the second hour of autumn ends before it begins", TARIFF, "    if until <= moment:", "    if not until:"),
    Mutant(
        "off-peak is the list price",
        TARIFF,
        "return Tariff(catalogue.rates, hours.percent, until)",
        "return Tariff(catalogue.rates, LIST, until)",
    ),
    Mutant(
        "the last minute is off-peak too",
        PLANS,
        "return self.starts <= local < self.ends",
        "return self.starts <= local <= self.ends",
    ),
    Mutant(
        "the first minute is not off-peak",
        PLANS,
        "return self.starts <= local < self.ends",
        "return self.starts < local < self.ends",
    ),
    Mutant(
        "a night has no evening", PLANS, "return local >= self.starts or local < self.ends", "return local < self.ends"
    ),
    Mutant(
        "the night's last minute is off-peak too",
        PLANS,
        "local >= self.starts or local < self.ends",
        "local >= self.starts or local <= self.ends",
    ),
    Mutant(
        "a shot of just five seconds costs as ten",
        PLANS,
        "if duration_ms <= seconds * 1000:",
        "if duration_ms < seconds * 1000:",
    ),
    Mutant(
        "a started block is free",
        PLANS,
        "-(-(duration_ms - longest * 1000) // (block * 1000))",
        "(duration_ms - longest * 1000) // (block * 1000)",
    ),
    Mutant("a shot of no length has a price", PLANS, "if duration_ms <= 0:", "if duration_ms < 0:"),
    Mutant("a pack's bonus is paid for", PRICING, "(Lot.Kind.BONUS, pack.bonus)", "(Lot.Kind.TOPUP, pack.bonus)"),
    Mutant("a pack's credits never end", PRICING, "expires_at=ends,", "expires_at=None,"),
    Mutant("an empty bonus is granted", PRICING, "            if credits\n", ""),
    Mutant(
        "a price of the past is of now",
        PRICING,
        "tariff_at(catalogue.current(), at or now())",
        "tariff_at(catalogue.current(), now())",
    ),
)
