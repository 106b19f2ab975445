"""Mistakes in what PostgreSQL writes at once."""

from mistakes.mutant import Mutant, billing

AT_ONCE, HOLDS = billing("ledger/at_once", "ledger/holds")
MUTANTS = (
    Mutant("at once in the caller's transaction", AT_ONCE, " and not database.in_atomic_block", ""),
    Mutant("a hold at once takes nothing", AT_ONCE, "SET free = free - %s", "SET free = free - 0 * %s"),
    Mutant("a hold at once reserves nothing", AT_ONCE, "held = held + %s", "held = held + 0 * %s"),
    Mutant("a hold at once leaves a line for another", AT_ONCE, "id, 'hold', 'hold:' || id", "id, 'hold', 'hold:0'"),
    Mutant("a hold at once swaps its line's sides", AT_ONCE, "'hold:' || id, -%s, %s", "'hold:' || id, %s, -%s"),
    Mutant(
        "a hold at once forgets who asked",
        AT_ONCE,
        "%s::text, ''\n                 FROM hold",
        "left(%s::text, 0), ''\n                 FROM hold",
    ),
    Mutant("too few credits are an error at once", AT_ONCE, "if TOO_FEW_FREE not in str(error):", "if error:"),
    Mutant("spending at once pays nothing", AT_ONCE, "spent = spent + %s", "spent = spent + 0 * %s"),
    Mutant("spending at once leaves it reserved", AT_ONCE, "SET held = held - %s", "SET held = held - 0 * %s"),
    Mutant("spending at once writes half a line", AT_ONCE, "%s::text, 0, -%s, %s", "%s::text, 0, 0 * %s, 0 * %s"),
    Mutant("spending at once has a key of its own", AT_ONCE, "journal.hold_key(hold_id), used", "str(hold_id), used"),
    Mutant("spending at once always says yes", AT_ONCE, "return bool(sql.rows(", "return not None or bool(sql.rows("),
    Mutant("a taken place is an error at once", AT_ONCE, "found[0][0] if found else None", "found[0][0]"),
    Mutant("several lots at once", HOLDS, "and len(new.parts) == 1:", "and new.parts:"),
    Mutant(
        "a budget at once", HOLDS, "if at_once.possible() and new.budget_id is None and", "if at_once.possible() and"
    ),
    Mutant("a budget is spent at once", HOLDS, "if mine.budget_id is None and [", "if ["),
    Mutant("a part is spent at once", HOLDS, "for part in mine.parts] == [used]", "for part in mine.parts] >= [used]"),
    Mutant(
        "a closed hold is looked at once more",
        HOLDS,
        "        if mine is None:\n            return False\n        if mine.budget_id",
        "        if mine and mine.budget_id",
        harmless="closing is guarded by the state once more; this only spares a transaction",
    ),
)
