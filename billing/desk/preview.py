"""What an action would change, found by doing it and taking it back: the same code, so the answer is exact."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from billing.models import StaffAction

WORDS = {
    "available": "可用点数 Available",
    "held": "预扣中 Reserved",
    "debt": "欠点 Debt",
    "plan": "会员 Plan",
    "suspended": "停用原因 Suspended",
    "parked": "核对原因 Being checked",
}


@dataclass(frozen=True)
class Change:
    """One line of how the account stands, now and then."""

    what: str
    before: object
    after: object

    @property
    def moves(self) -> bool:
        return self.before != self.after


class _TakenBack(Exception):
    def __init__(self, done: StaffAction) -> None:
        super().__init__()
        self.done = done


def foresee(do: Callable[[], StaffAction]) -> StaffAction:
    """The row that ``do`` would leave; nothing is left, and nobody outside is asked. Raises what ``do`` refuses."""
    try:
        with transaction.atomic():
            raise _TakenBack(do())
    except _TakenBack as back:
        return back.done


def changes(action: StaffAction) -> tuple[Change, ...]:
    """How the account stood before and after an action, line by line."""
    return tuple(
        Change(words, _said(action.before.get(name)), _said(action.after.get(name)))
        for name, words in WORDS.items()
        if name in action.before
    )


def _said(value: object) -> object:
    return "–" if value in ("", None) else value
