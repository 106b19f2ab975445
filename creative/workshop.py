"""Making ads in one process, without web, workers or broker: the verbs are those of the pages, the queue is the same."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from billing import catalogue, ledger
from billing.domain.plans import Entitlements
from billing.models import Lot, Organization
from billing.organizations import create_organization
from creative import production
from creative.bell import silenced
from creative.errors import AdNotCancellable
from creative.models import Ad
from creative.progress import AdProgress
from generation import queue

LOOK_EVERY = 0.3  # seconds between two looks at how far it is
IDLE = 0.2  # seconds to wait where nothing is due, such as the pause before another attempt


def ready_database() -> None:
    """Bring the database up to date, where it is not."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def own_organization(username: str, name: str) -> Organization:
    """The organization of a command, owned by a user who can not sign in."""
    found = Organization.objects.filter(members__user__username=username).order_by("id").first()
    if found is not None:
        return found
    return create_organization(name, owner=_nobody(username))


def _nobody(username: str) -> AbstractBaseUser:
    user, new = get_user_model().objects.get_or_create(username=username)
    if new:
        user.set_unusable_password()
        user.save()
    return user


def operators_entitlements() -> Entitlements:
    """Whoever runs commands on the machine owns it: the highest plan's limits are theirs."""
    return max(catalogue.current().plans, key=lambda plan: plan.rank).entitlements


def grant_missing(organization: Organization, needed: int, *, reason: str) -> int:
    """Grant what the balance lacks for ``needed`` credits, as a plain line of the journal; how many that were."""
    missing = needed - ledger.balance(organization).available
    if missing > 0:
        ledger.grant(
            organization,
            key=f"operator:{uuid4()}",
            amount=missing,
            kind=Lot.Kind.ADMIN,
            expires_at=None,
            actor="operator",
            reason=reason,
        )
    return max(missing, 0)


def make(ad: Ad, watch: Callable[[AdProgress], None], *, entitlements: Entitlements | None = None) -> Ad:
    """Order ``ad`` and work until it has ended, telling ``watch`` how far it is. Ctrl-C cancels it, and is raised again.

    Raises what ordering raises, and whatever breaks in the work.
    """
    with silenced():
        production.order(ad, entitlements=entitlements)
        worker = _Worker(ad.public_id)
        try:
            watch(production.progress(ad))
            worker.start()
            while not worker.over.wait(LOOK_EVERY):
                watch(production.progress(ad))
        except BaseException:
            _call_off(ad)
            if worker.ident is not None:
                worker.over.wait()
            raise
        if worker.trouble is not None:
            _call_off(ad)
            raise worker.trouble
    ad.refresh_from_db()
    watch(production.progress(ad))
    return ad


def _call_off(ad: Ad) -> None:
    """Cancel, and see to it at once: the worker is busy with a shot that it will now be asked to stop."""
    with suppress(AdNotCancellable):
        production.cancel(ad)
        production.advance(ad.public_id)


class _Worker(threading.Thread):
    """Advances one ad and works the queue off until the ad has ended."""

    def __init__(self, ad_id: str) -> None:
        super().__init__(name=f"workshop {ad_id}", daemon=True)
        self.trouble: Exception | None = None
        # Not ``join``: after a Ctrl-C in the middle of it, Python 3.11 takes a running thread for a finished one.
        self.over = threading.Event()
        self._ad_id = ad_id

    def run(self) -> None:
        try:
            with silenced():  # a thread starts without the caller's context
                self._work()
        except Exception as error:  # noqa: BLE001  (raised again in the thread that waits)
            self.trouble = error
        finally:
            connections.close_all()  # this thread's own
            self.over.set()

    def _work(self) -> None:
        name = f"workshop:{os.getpid()}"
        pause = threading.Event()
        while True:
            ad = production.advance(self._ad_id)
            if ad is None or ad.state in Ad.ENDS:
                return
            if queue.work_one(name, ("film", "cut")) is None:
                queue.reap(timezone.now())  # what a killed process has left behind
                pause.wait(IDLE)
