"""``advance`` is killed at every write to the database, one after the other: the end is always the same.

A process that dies between two statements leaves what it has committed and nothing else. That is what happens here: the
n-th writing statement raises, the open transaction rolls back, and a fresh call takes over.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from billing import ledger
from billing.models import Hold
from creative import production
from creative.models import Ad, PaidClip, Reshoot
from generation import queue
from generation.models import RenderJob
from tests.creative.film_crew import Crew
from tests.creative.shops import Shop, open_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]  # an ad is made again after each kill
WRITES = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE")


class Killed(BaseException):
    """The process is gone. Not an ``Exception``: nobody may catch it and go on."""


@contextmanager
def killed_at(write: int) -> Iterator[Callable[[], int]]:
    """The ``write``-th writing statement of the block is never executed. Gives the number of writes so far."""
    seen = 0

    def guard(execute, sql, params, many, context):
        nonlocal seen
        if sql.lstrip().upper().startswith(WRITES):
            seen += 1
            if seen == write:
                raise Killed(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield lambda: seen


def run(ad: Ad, crew: Crew) -> None:
    """What the workers do, from the order to the end."""
    production.order(ad)
    production.advance(ad.public_id)
    crew.work(("film",))
    production.advance(ad.public_id)
    crew.work(("cut",))
    production.advance(ad.public_id)


def writes_of_a_whole_run(shop: Shop, crew: Crew) -> int:
    ad = production.draft(shop.organization, product=shop.product, lang="zh", seconds=12, seed=99).ad
    with killed_at(-1) as count:
        run(ad, crew)
    assert Ad.objects.get(pk=ad.pk).state == Ad.State.READY
    return count()


def whole_and_clean(ad: Ad, shop: Shop, crew: Crew) -> None:
    ad.refresh_from_db()
    assert (ad.state, ad.credits_settled) == (Ad.State.READY, ad.credits_quoted)
    keys = set(ad.shots.values_list("clip_key", flat=True))
    assert {crew.filmed[key] for key in keys} == {1}
    assert set(PaidClip.objects.of(shop.organization).filter(ad=ad).values_list("clip_key", flat=True)) == keys
    assert not Hold.objects.filter(state=Hold.State.OPEN).exists()
    assert not RenderJob.objects.filter(state__in=RenderJob.OPEN).exists()
    assert ledger.balance(shop.organization).held == 0
    assert ledger.audit() == []


def reap_at_once() -> None:
    """The jobs of the killed worker come back now instead of after a minute and a half."""
    queue.reap(timezone.now() + timedelta(hours=1))
    RenderJob.objects.filter(state=RenderJob.State.PENDING).update(not_before=timezone.now())


def kill_and_go_on(shop: Shop, crew: Crew, write: int) -> None:
    ad = production.draft(shop.organization, product=shop.product, lang="zh", seconds=12, seed=write).ad
    with pytest.raises(Killed), killed_at(write):
        run(ad, crew)
    reap_at_once()
    run(ad, crew)
    whole_and_clean(ad, shop, crew)


def test_killed_at_some_writes_the_ad_is_finished_and_paid_once(crew: Crew):
    shop = open_shop("alice", plan="diamond")
    total = writes_of_a_whole_run(shop, crew)
    assert total > 60
    for write in range(3, total, total // 5):
        kill_and_go_on(shop, crew, write)


@pytest.mark.slow
def test_killed_at_every_single_write_the_ad_is_finished_and_paid_once(crew: Crew):
    shop = open_shop("alice", plan="diamond")
    total = writes_of_a_whole_run(shop, crew)
    assert total > 60
    for write in range(1, total + 1):
        kill_and_go_on(shop, crew, write)


def go_on(ad: Ad, crew: Crew) -> None:
    """What the workers do after a reshoot was ordered."""
    production.advance(ad.public_id)
    crew.work(("film",))
    production.advance(ad.public_id)
    crew.work(("cut",))
    production.advance(ad.public_id)


def one_reshoot(ad: Ad, crew: Crew, *, fails: bool) -> None:
    """Ordered if it was not ordered before, and worked off; ``fails`` spoils the new shot."""
    ad.refresh_from_db()
    if ad.round == 0:
        crew.spoil_shots = {production.quote_reshoot(ad, 0).plan.key} if fails else set()
        production.reshoot(ad, 0)
    go_on(ad, crew)


def ready_ad(shop: Shop, crew: Crew, seed: int) -> Ad:
    ad = production.draft(shop.organization, product=shop.product, lang="zh", seconds=12, seed=1000 * (seed + 2)).ad
    run(ad, crew)
    return Ad.objects.get(pk=ad.pk)


def reshoot_killed(shop: Shop, crew: Crew, write: int, *, fails: bool) -> int:
    """Killed at that write and gone on with: the ad is ready, with the new film or the old one, and paid exactly.

    Returns the number of writes of the whole way.
    """
    crew.spoil_shots = set()
    ad = ready_ad(shop, crew, write + (500 if fails else 0))
    settled, timeline, outputs = (
        ad.credits_settled,
        ad.timeline,
        list(ad.outputs.values_list("rendition_id", flat=True)),
    )
    with killed_at(write) as count:
        if write < 0:
            one_reshoot(ad, crew, fails=fails)
        else:
            with pytest.raises(Killed):
                one_reshoot(ad, crew, fails=fails)
    if write > 0:
        reap_at_once()
        one_reshoot(ad, crew, fails=fails)
    ad.refresh_from_db()
    row = Reshoot.objects.get(ad=ad)
    assert (ad.state, row.state) == (Ad.State.READY, Reshoot.State.FAILED if fails else Reshoot.State.DONE)
    assert ad.credits_settled == ad.credits_quoted == (settled if fails else settled + 10)
    assert (ad.timeline == timeline) is fails
    assert (list(ad.outputs.values_list("rendition_id", flat=True)) == outputs) is fails
    assert not Hold.objects.filter(state=Hold.State.OPEN).exists()
    assert not RenderJob.objects.filter(state__in=RenderJob.OPEN).exists()
    assert ledger.balance(shop.organization).held == 0
    assert ledger.audit() == []
    return count()


@pytest.mark.parametrize("fails", [False, True])
def test_a_reshoot_killed_at_some_writes_ends_all_the_same(crew: Crew, fails: bool):
    shop = open_shop("alice", plan="diamond")
    total = reshoot_killed(shop, crew, -1, fails=fails)
    assert total > 20
    for write in range(2, total, total // 4):
        reshoot_killed(shop, crew, write, fails=fails)


@pytest.mark.slow
@pytest.mark.parametrize("fails", [False, True])
def test_a_reshoot_killed_at_every_single_write_ends_all_the_same(crew: Crew, fails: bool):
    shop = open_shop("alice", plan="diamond")
    total = reshoot_killed(shop, crew, -1, fails=fails)
    assert total > 20
    for write in range(1, total + 1):
        reshoot_killed(shop, crew, write, fails=fails)
