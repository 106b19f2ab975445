"""Which plan includes what: for refusals that say what to buy, and for the door of the API."""

from collections.abc import Callable

from billing import catalogue
from billing.domain.plans import Entitlements
from billing.errors import PlanLacks


def lowest_plan(includes: Callable[[Entitlements], bool]) -> str:
    """The code of the lowest plan on sale whose entitlements include it; "" if none does."""
    return next((plan.code for plan in catalogue.current().plans if includes(plan.entitlements)), "")


def require(entitlements: Entitlements, includes: Callable[[Entitlements], bool], what: str) -> None:
    """Raises PlanLacks, naming the lowest plan that has it. ``what`` completes "Your plan does not include ..."."""
    if not includes(entitlements):
        raise PlanLacks(what, lowest_plan(includes))
