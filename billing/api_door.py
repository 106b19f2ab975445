"""The door of the API: the plan must include it, and at most so many requests in a window come in.

Only programs (API keys) are counted; people on the pages are not. The count is kept where every process sees it: in the
database, or in the Django cache that ``settings.API_RATE_CACHE`` names (one that processes share, such as Redis).
"""

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from billing import rights
from billing.access import Actor
from billing.domain.rate import Rate, parse
from billing.errors import RateLimited
from billing.memberships import entitlements_for
from billing.models import Organization

if TYPE_CHECKING:
    from rest_framework.views import APIView

COUNT = """
INSERT INTO billing_apiuse (organization_id, "window", requests) VALUES (%s, %s, 1)
ON CONFLICT (organization_id) DO UPDATE SET
    requests = CASE WHEN billing_apiuse."window" = excluded."window" THEN billing_apiuse.requests + 1 ELSE 1 END,
    "window" = excluded."window"
RETURNING requests"""


def now() -> float:
    """Seconds since 1970; apart from every other clock so that tests can choose the moment."""
    return time.time()


class PlanDoor(BaseThrottle):
    """As one of ``DEFAULT_THROTTLE_CLASSES``: asked after the key and its role are known to be good."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Raises PlanLacks or RateLimited."""
        actor: Any = request.auth
        if isinstance(actor, Actor) and actor.user is None:
            admit(actor.organization)
        return True


def admit(organization: Organization) -> None:
    """Count one request of a program. Raises PlanLacks without the entitlement, RateLimited above the plan's rate."""
    entitlements = entitlements_for(organization)
    rights.require(entitlements, lambda plan: plan.api, "the API")
    rate, at = parse(entitlements.api_rate), now()
    if count(organization, rate, at) > rate.requests:
        raise RateLimited(str(rate), rate.wait(at))


def count(organization: Organization, rate: Rate, at: float) -> int:
    """Requests in the window of ``at``, this one included."""
    if settings.API_RATE_CACHE:
        return _in_cache(organization.pk, rate, at)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [organization.pk, rate.window(at)])
        found: tuple[int] = cursor.fetchone()
    return found[0]


def _in_cache(organization_id: int, rate: Rate, at: float) -> int:
    cache = caches[settings.API_RATE_CACHE]
    key = f"api:{organization_id}:{rate.seconds}:{rate.window(at)}"
    cache.add(key, 0, timeout=2 * rate.seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # the cache threw it away in this moment: it counts from one again
        cache.set(key, 1, timeout=2 * rate.seconds)
        return 1
