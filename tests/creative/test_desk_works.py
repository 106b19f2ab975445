"""From an ad to the lots that paid it, and from a lot to the clips: the desk asks, this room answers."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from billing import ledger
from billing.desk import deeds, tracing
from billing.desk.works import engine_times, work
from billing.models import Lot
from config.desk_works import work as told
from creative import production
from creative.models import Ad, PaidClip
from tests.creative.film_crew import Crew, crew, finish
from tests.creative.shops import Shop, alice, charlie, quick

__all__ = ["alice", "charlie", "crew", "quick"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(alice: Shop, crew: Crew) -> Ad:
    ad = production.draft(alice.organization, product=alice.product, lang="zh", seed=1).ad
    production.order(ad)
    done = finish(ad, crew)
    assert done.state == Ad.State.READY
    return done


def test_an_ad_leads_to_its_clips_and_to_the_lots_that_paid(alice: Shop, ready: Ad) -> None:
    trace = tracing.trace_work(ready.public_id)
    assert trace.work is not None
    assert trace.work.organization_id == alice.organization.public_id
    paid = PaidClip.objects.filter(ad=ready)
    assert {shot.clip for shot in trace.work.shots} == set(paid.values_list("clip_key", flat=True))
    lot = Lot.objects.get(organization=alice.organization)
    assert {draw.lot for draw in trace.draws} == {lot}
    assert trace.paid == sum(shot.credits for shot in trace.work.shots) == lot.spent > 0


def test_the_desk_shows_the_way_both_ways(alice: Shop, ready: Ad) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    lot = Lot.objects.get(organization=alice.organization)
    clip = PaidClip.objects.filter(ad=ready).earliest("id")
    page = client.get(reverse("desk:work", args=[ready.public_id])).content.decode()
    for word in (
        clip.clip_key[:16],
        reverse("desk:lot", args=[lot.pk]),
        reverse("admin:creative_ad_change", args=[ready.pk]),
    ):
        assert word in page
    assert (
        reverse("desk:work", args=[ready.public_id]) in client.get(reverse("desk:lot", args=[lot.pk])).content.decode()
    )
    found = client.get("/admin/desk/", {"q": ready.public_id})
    assert found.headers["Location"] == reverse("desk:work", args=[ready.public_id])
    assert reverse("desk:customer", args=[alice.organization.public_id]) in page


def test_what_engines_filmed_counts_by_engine_and_time(ready: Ad) -> None:
    from generation.models import Clip

    clips = Clip.objects.all()
    begins, ends = clips.earliest("created_at").created_at, clips.latest("created_at").created_at
    assert [(time.engine, time.ms) for time in engine_times(begins, ends)] != []
    assert sum(time.ms for time in engine_times(ends, ends)) == 0
    assert work("ad_nobodys") is told("org_1") is None


def test_a_suspended_shop_is_told_why_and_its_running_ad_is_finished(alice: Shop, crew: Crew) -> None:
    runs, new = (
        production.draft(alice.organization, product=alice.product, lang="zh", seed=seed).ad for seed in (1, 2)
    )
    production.order(runs)
    deeds.suspend(alice.organization, reason="付款有争议，工单 7", by="ann", key="s1")
    client = Client()
    client.force_login(alice.owner)  # type: ignore[arg-type]
    assert "付款有争议，工单 7" in client.get("/").content.decode()
    answer = client.post(reverse("ad-order", args=[new.public_id]))
    new.refresh_from_db()
    assert (new.state, new.hold, "付款有争议，工单 7" in answer.content.decode()) == ("draft", None, True)
    api = Client(headers={"Authorization": f"Bearer {alice.key}"}).post(f"/api/v1/ads/{new.public_id}/order")
    assert (api.status_code, api.json()["code"], api.json()["reason"]) == (
        403,
        "account_suspended",
        "付款有争议，工单 7",
    )
    done = finish(runs, crew)
    assert (done.state, ledger.audit(alice.organization)) == ("ready", [])
