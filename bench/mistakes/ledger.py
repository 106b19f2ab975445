"""The ledger's mistakes: arithmetic, statements, holds, lots, refunds, the audit."""

from mistakes.mutant import Mutant, billing

DOMAIN, SQL, HOLDS, LOTS, REFUNDS, ATTEMPTS, AUDITING = billing(
    "domain/ledger", "ledger/sql", "ledger/holds", "ledger/lots", "ledger/refunds", "ledger/attempts", "ledger/auditing"
)
MUTANTS = (
    Mutant("a lot gives more than it has", DOMAIN, "take = min(missing, lot.credits)", "take = missing"),
    Mutant(
        "use pays from the end",
        DOMAIN,
        "for part in parts:\n        paid",
        "for part in reversed(parts):\n        paid",
    ),
    Mutant(
        "a refund starts at the front",
        DOMAIN,
        "in reversed(split_use(parts, captured))",
        "in split_use(parts, captured)",
    ),
    Mutant("earlier refunds are forgotten", DOMAIN, "skip, left = already, amount", "skip, left = 0, amount"),
    Mutant("a revoked lot is made good", DOMAIN, "if self.fate is Fate.EXPIRED else 0", "if self.fate else 0"),
    Mutant(
        "taking is not guarded",
        SQL,
        'held = held + %s WHERE id = %s AND free >= %s"',
        'held = held + %s WHERE id = %s AND free >= 0 * %s"',
    ),
    Mutant("an expired lot pays", SQL, "l.expires_at > %s", "%s IS NOT NULL"),
    Mutant("a lot lives one moment longer", SQL, "l.expires_at > %s", "l.expires_at >= %s"),
    Mutant("a lot pays before its time", SQL, "l.starts_at <= %s", "%s IS NOT NULL"),
    Mutant("priority is ignored", SQL, '"l.priority, l.expires_at', '"l.expires_at'),
    Mutant(
        "the latest end pays first",
        SQL,
        "l.expires_at IS NULL, l.expires_at,",
        "l.expires_at IS NULL, l.expires_at DESC,",
    ),
    Mutant(
        "a lot without end pays first",
        SQL,
        "l.expires_at IS NULL, l.expires_at,",
        "l.expires_at IS NOT NULL, l.expires_at,",
    ),
    Mutant("credits return to an expired lot", SQL, "else Fate.EXPIRED if expired", "else Fate.LIVE if expired"),
    Mutant("credits return to a revoked lot", SQL, "Fate.REVOKED if revoked else", "Fate.LIVE if revoked else"),
    Mutant(
        "expiry at return is a moment late",
        SQL,
        "expires_at <= %s\n              FROM",
        "expires_at < %s\n              FROM",
    ),
    Mutant("a return is not guarded", SQL, '"AND revoked_at IS NULL")', '"")'),
    Mutant(
        "lapsing is not guarded",
        SQL,
        'lapsed = lapsed + %s WHERE id = %s AND free = %s"',
        'lapsed = lapsed + %s WHERE id = %s AND free >= 0 * %s"',
    ),
    Mutant(
        "revoking is not guarded",
        SQL,
        "AND free = %s AND revoked_at IS NULL",
        "AND free >= 0 * %s AND revoked_at IS NULL",
    ),
    Mutant("a hold is closed twice", SQL, "AND state = %s AND %s BETWEEN", "AND %s <> '' AND %s BETWEEN"),
    Mutant("more is used than held", SQL, "AND %s BETWEEN 0 AND amount", "AND %s IS NOT NULL"),
    Mutant("the reaper overrules a heartbeat", SQL, '"AND lease_until <= %s"', '"AND %s IS NOT NULL"'),
    Mutant(
        "the reaper takes living holds",
        SQL,
        "state = 'open' AND lease_until <= %s ORDER",
        "state = 'open' AND %s IS NOT NULL ORDER",
        harmless="closing is guarded by the lease once more; this only spares looking at living holds",
    ),
    Mutant("a heartbeat wakes the dead", SQL, 'WHERE id = %s AND state = %s"""', 'WHERE id = %s AND %s <> \'\'"""'),
    Mutant(
        "a heartbeat shortens a lease",
        SQL,
        "CASE WHEN lease_until < %s THEN %s ELSE lease_until END",
        "COALESCE(%s, %s)",
    ),
    Mutant(
        "a refund is not counted", SQL, "SET refunded = refunded + %s WHERE", "SET refunded = refunded + 0 * %s WHERE"
    ),
    Mutant("works of all states fill the slots", SQL, "AND state = 'open' AND amount > 0", "AND amount > 0"),
    Mutant("free works fill the slots", SQL, "AND state = 'open' AND amount > 0", "AND state = 'open'"),
    Mutant("one more work than allowed", HOLDS, "if len(slots) >= concurrency", "if len(slots) > concurrency"),
    Mutant(
        "all works in one slot", HOLDS, "slot=lowest_free_slot(slot for slot in slots if slot is not None)", "slot=1"
    ),
    Mutant("a parked account goes on", HOLDS, "if account.parked_reason:", "if not account:"),
    Mutant("a hold's key takes any amount", HOLDS, "if earlier.amount != wanted.amount:", "if not earlier.amount:"),
    Mutant(
        "no replay from an empty account",
        HOLDS,
        "earlier = _earlier(wanted)\n        if earlier is None:\n            raise\n",
        "earlier = None\n        if earlier is None:\n            raise\n",
    ),
    Mutant(
        "a hold leaves no journal line",
        HOLDS,
        "    journal.append(new.organization_id, lines, at=new.created_at, actor=actor)\n",
        "",
    ),
    Mutant(
        "what comes back is not written down",
        HOLDS,
        'journal.Line(move.lot_id, hold_id, "release"',
        'journal.Line(move.lot_id, None, "release"',
    ),
    Mutant(
        "nothing is made good after a settlement", HOLDS, "    make_good(closed.organization_id, moves, key, now)\n", ""
    ),
    Mutant("a settle key pays twice", HOLDS, 'settle_key=key or ""', 'settle_key=""'),
    Mutant("a lease of one's own is ignored", HOLDS, "now + (lease or _default_lease())", "now + _default_lease()"),
    Mutant(
        "a grant's key takes any amount",
        LOTS,
        "(earlier.amount, earlier.kind) != (new.amount, new.kind)",
        "earlier.kind != new.kind",
    ),
    Mutant(
        "a grant leaves no journal line",
        LOTS,
        "    journal.append(new.organization_id, [line], at=new.created_at, actor=actor, reason=reason)\n",
        "",
    ),
    Mutant("a make-good lives a day", LOTS, "expires_at=now + MAKE_GOOD_LIFE", "expires_at=now + MAKE_GOOD_LIFE / 7"),
    Mutant("lapsing leaves no journal line", LOTS, "    journal.append(lot.organization_id, [line], at=at)\n", ""),
    Mutant(
        "an overtaken lapse stays half done",
        LOTS,
        "if not sql.lapse_lot(lot_id, lot.free):\n        raise Overtaken",
        "sql.lapse_lot(lot_id, lot.free)",
    ),
    Mutant(
        "an overtaken move stays half done",
        LOTS,
        "if not sql.move(move):\n            raise Overtaken",
        "sql.move(move)",
    ),
    Mutant("a refund's key works twice", REFUNDS, "    if before:\n", "    if before > amount:\n"),
    Mutant(
        "a refund's key belongs to no hold",
        REFUNDS,
        'f"{journal.hold_key(hold_id)}:{checked_key(key)}"',
        "checked_key(key)",
    ),
    Mutant(
        "more is refunded than was paid",
        REFUNDS,
        "if amount > paid.captured - paid.refunded:",
        "if amount > paid.captured:",
    ),
    Mutant("a refund is not made good", REFUNDS, "    make_good(paid.organization_id, moves, journal_key, now)\n", ""),
    Mutant(
        "an overtaken attempt is not undone",
        ATTEMPTS,
        "with transaction.atomic():",
        "with transaction.atomic(savepoint=False):",
    ),
    Mutant("an overtaken verb gives up", ATTEMPTS, "ATTEMPTS = 32", "ATTEMPTS = 1"),
    Mutant(
        "the audit trusts every lot",
        AUDITING,
        'if journal != columns:\n            yield Finding(organization_id, "I2", subject',
        'if not journal:\n            yield Finding(organization_id, "I2", subject',
    ),
    Mutant("the audit trusts drawn parts", AUDITING, "if parts != journal or", "if"),
    Mutant("the audit forgets dead lots", AUDITING, "*_parts(owner), *_dead_lots(owner)", "*_parts(owner)"),
    Mutant("the audit parks on a late hold", AUDITING, 'return self.invariant != "I9"', "return True"),
)
