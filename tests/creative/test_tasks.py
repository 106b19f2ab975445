"""The periodic look at everything unfinished: it heals lost bells, and one bad item never stops the rest."""

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError

from creative import bell, campaigns, production, tasks
from creative.models import Ad, Brief, IdempotentRequest
from creative.tidy import KEEP, tidy
from tests.creative.film_crew import Crew
from tests.creative.shops import Shop

pytestmark = pytest.mark.django_db


def ordered(shop: Shop, seed: int = 1) -> Ad:
    return production.order(production.draft(shop.organization, product=shop.product, lang="zh", seed=seed).ad)


def test_the_periodic_task_finishes_ads_and_campaigns_without_any_bell(alice: Shop, crew: Crew):
    ad = ordered(alice)
    campaign = campaigns.draft_campaign(alice.organization, name="x", products=[alice.product], seed=7)
    campaigns.order_campaign(campaign)
    for _ in range(4):
        tasks.advance_unfinished()
        crew.work()
    tasks.advance_unfinished()
    ad.refresh_from_db()
    campaign.refresh_from_db()
    assert (ad.state, campaign.state) == ("ready", "finished")


def test_one_broken_ad_or_campaign_does_not_stop_the_others(alice: Shop, crew: Crew, monkeypatch, caplog):
    one, two = ordered(alice, 1), ordered(alice, 2)
    real = production.advance

    def broken(ad_id: str) -> Ad | None:
        if ad_id == one.public_id:
            raise RuntimeError("a bug")
        return real(ad_id)

    monkeypatch.setattr(production, "advance", broken)
    monkeypatch.setattr(campaigns, "unfinished", lambda: ["cmp_bad"])
    monkeypatch.setattr(campaigns, "advance_campaign", broken_campaign)
    tasks.advance_unfinished()
    two.refresh_from_db()
    assert two.state == "shooting"
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        f"{one.public_id} could not be advanced",
        "cmp_bad could not be advanced",
    ]


def broken_campaign(campaign_id: str) -> None:
    raise RuntimeError("another bug")


def test_each_task_does_one_thing(alice: Shop, crew: Crew):
    ad = ordered(alice)
    tasks.advance(ad.public_id)
    ad.refresh_from_db()
    assert ad.state == "shooting"
    tasks.advance_campaign("cmp_nothing")


def test_the_bell_rings_after_the_commit_and_not_when_silenced(
    alice: Shop, monkeypatch, django_capture_on_commit_callbacks
):
    rung: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: rung.append((name, args)))
    with django_capture_on_commit_callbacks(execute=True):
        ad = ordered(alice)
        assert rung == []
    assert rung == [("creative.tasks.advance", [ad.public_id])]
    with bell.silenced(), django_capture_on_commit_callbacks(execute=True):
        production.cancel(ad)
    assert len(rung) == 1


def test_a_broker_that_is_down_stops_nothing(alice: Shop, monkeypatch, django_capture_on_commit_callbacks, caplog):
    def down(*args: object, **kwargs: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(current_app, "send_task", down)
    with django_capture_on_commit_callbacks(execute=True):
        ad = ordered(alice)
    assert ad.state == "held"
    assert "was not heard" in caplog.text


def test_drafts_that_were_only_looked_at_and_old_answers_are_removed(alice: Shop):
    now = timezone.now()
    running = ordered(alice)
    drafts = [production.draft(alice.organization, product=alice.product, lang="zh", seed=seed).ad for seed in (2, 3)]
    campaign = campaigns.draft_campaign(alice.organization, name="x", products=[alice.product])
    for key in ("old", "new"):
        IdempotentRequest.objects.create(organization=alice.organization, key=key, route="/", body_sha256="0")
    long_ago = now - KEEP - timedelta(seconds=1)
    Ad.objects.exclude(pk=drafts[1].pk).update(created_at=long_ago)
    IdempotentRequest.objects.filter(key="old").update(created_at=long_ago)
    assert tidy(now) == 2
    left = {running.pk, drafts[1].pk, *campaign.ads.values_list("pk", flat=True)}
    assert set(Ad.objects.values_list("pk", flat=True)) == left
    assert Brief.objects.count() == len(left)
    assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["new"]
    assert tidy(now) == 0
