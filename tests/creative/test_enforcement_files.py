"""Retention: files stay as long as the plan says, the page says until when, and removing them can be killed anywhere."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing import ledger, links
from billing.memberships import start_period
from billing.models import Entry, MembershipPeriod
from creative import production, retention
from creative.errors import AdNotReady
from creative.models import Ad, AdOutput, PaidClip, Reshoot
from creative.tasks import remove_expired_files
from generation.kept import preview_name
from generation.models import Clip, Rendition
from tests.billing.conftest import Clock, clock
from tests.creative.api import Program
from tests.creative.film_crew import Crew, finish
from tests.creative.lent import agency
from tests.creative.shops import Shop, open_shop
from tests.creative.test_web_ads import LABEL

__all__ = ["clock"]


@pytest.fixture
def dora(clock: Clock, db: None, quick: None) -> Shop:
    """On the free plan: files are kept for a week."""
    return open_shop("dora", plan="free")


@pytest.fixture
def gold(clock: Clock, db: None, quick: None) -> Shop:
    return open_shop("gill")


def film(shop: Shop, crew: Crew, seed: int = 1, aspects: tuple[str, ...] = ("9:16",)) -> Ad:
    ad = production.draft(shop.organization, product=shop.product, lang="zh", seed=seed, aspects=aspects).ad
    production.order(ad)
    done = finish(ad, crew)
    assert done.state == "ready"
    return done


def files(ad: Ad) -> list[str]:
    found = [output.rendition for output in ad.outputs.select_related("rendition")]
    return [name for made in found if made for name in (made.file, made.poster, made.contact_sheet)]


def extras(ad: Ad) -> list[str]:
    """Covers and a preview of its first film; the preview is made here, and the film of the crew is no real one."""
    made = ad.outputs.select_related("rendition")[0].rendition
    assert made is not None
    preview = preview_name(made, "gif")
    default_storage.save(preview, ContentFile(b"gif"))
    return [*(item["file"] for item in made.covers), preview]


def there(names: list[str]) -> set[bool]:
    return {default_storage.exists(name) for name in names}


def test_a_free_file_goes_after_a_week_and_its_money_stays(dora: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(dora, crew)
    names, clips = files(ad), list(Clip.objects.values_list("file", flat=True))
    journal, paid = list(Entry.objects.values()), list(PaidClip.objects.values())
    clock.passes(days=7)
    assert (retention.remove_expired(), there(names)) == (0, {True})
    clock.passes(seconds=1)
    assert [retention.remove_expired() for _ in range(2)] == [1, 0]
    ad.refresh_from_db()
    assert (there(names), there(clips), ad.state, ad.files_removed) == ({False}, {True}, "ready", True)
    assert (Rendition.objects.count(), [output.rendition for output in ad.outputs.all()]) == (0, [None])
    assert (list(Entry.objects.values()), list(PaidClip.objects.values())) == (journal, paid)
    assert ledger.audit() == []


def test_gold_keeps_a_month_though_it_ends_before(gold: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(gold, crew)
    names = files(ad)
    MembershipPeriod.objects.update(ends_at=clock.now + timedelta(hours=1))
    for days, removed in ((20, 0), (10, 0)):
        clock.passes(days=days)
        assert (retention.remove_expired(), there(names)) == (removed, {True})
    clock.passes(seconds=1)
    assert (retention.remove_expired(), there(names)) == (1, {False})


def test_a_better_plan_in_time_keeps_it_longer(dora: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(dora, crew)
    clock.passes(days=6)
    start_period(dora.organization, "diamond", key="up")
    now = retention.keeping(ad)
    assert now is not None
    assert (now.days, now.soon) == (365, False)
    clock.passes(days=358)
    assert (retention.remove_expired(), there(files(ad))) == (0, {True})


def test_the_plan_of_an_agency_that_paid_counts(dora: Shop, crew: Crew, clock: Clock) -> None:
    moon = agency("Moon MCN")
    start_period(moon, "platinum", key="a")
    tie = links.accept(links.invite(moon, dora.organization.public_id, links.Terms("agency", 500)), dora.organization)
    ad = film(dora, crew)
    clock.passes(days=1)
    links.end(tie, moon)
    now = retention.keeping(ad)
    assert now is not None
    assert now.days == 90


def test_the_page_says_until_when_and_warns_in_time(client: Client, gold: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(gold, crew)
    client.force_login(gold.owner)  # type: ignore[arg-type]
    address = reverse("ad", args=[ad.public_id])
    until = timezone.localtime(ad.finished_at + timedelta(days=30))  # type: ignore[operator]
    Rendition.objects.update(label=LABEL)
    text = client.get(address).content.decode()
    assert f"{until:%Y-%m-%d}" in text
    assert "请现在下载" not in text
    clock.passes(days=23)
    client.force_login(gold.owner)  # type: ignore[arg-type]  # the session has ended meanwhile
    assert "请现在下载" in client.get(address).content.decode()
    kept = Program(gold).get(f"ads/{ad.public_id}").json()["files_kept_until"]
    assert kept.startswith(f"{until:%Y-%m-%d}")


def test_what_is_removed_is_said_and_given_out_no_more(client: Client, dora: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(dora, crew)
    client.force_login(dora.owner)  # type: ignore[arg-type]
    media = reverse("media-ad", args=[ad.public_id, "9x16"])
    assert b"".join(client.get(media)) == b"film"
    clock.passes(days=8)
    remove_expired_files()
    assert client.get(media).status_code == 404
    text = client.get(reverse("ad", args=[ad.public_id])).content.decode()
    assert "会员的保存期到了" in text
    assert "media/ad/" not in text
    assert reverse("media-poster", args=[ad.public_id]) not in client.get(reverse("ads")).content.decode()


def test_a_removed_ad_is_made_again_for_nothing_but_not_reshot(dora: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(dora, crew)
    clock.passes(days=8)
    retention.remove_expired()
    ad.refresh_from_db()
    with pytest.raises(AdNotReady, match="cost nothing"):
        production.quote_reshoot(ad, 0)
    again = film(dora, crew)
    assert (again.credits_quoted, again.credits_settled, there(files(again))) == (0, 0, {True})


def test_covers_and_previews_go_with_the_film(dora: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(dora, crew)
    names = extras(ad)
    assert (len(names), there(names)) == (3, {True})
    clock.passes(days=8)
    assert (retention.remove_expired(), there(names)) == (1, {False})


def test_films_from_before_a_reshoot_go_too(gold: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(gold, crew, aspects=("9:16", "1:1"))
    former = [*files(ad), *extras(ad)]
    production.reshoot(ad, 0)
    ad = finish(ad, crew)
    assert (ad.state, Rendition.objects.count(), there(former)) == ("ready", 4, {True})
    now = files(ad)
    assert not set(former) & set(now)
    clock.passes(days=31)
    assert [retention.remove_expired() for _ in range(2)] == [1, 0]
    assert (there(former), there(now), Rendition.objects.count()) == ({False}, {False}, 0)
    past = Reshoot.objects.get()
    assert (past.before["outputs"], past.before["timeline"]["id"]) == ({}, ad.public_id)


def test_former_films_of_an_ad_that_was_emptied_long_ago_are_made_up_for(gold: Shop, crew: Crew, clock: Clock) -> None:
    """As an installation has them that removed files before former films were thought of."""
    ad = film(gold, crew)
    former = files(ad)
    production.reshoot(ad, 0)
    finish(ad, crew)
    clock.passes(days=31)
    AdOutput.objects.filter(ad=ad).update(rendition=None)
    Ad.objects.filter(pk=ad.pk).update(files_removed_at=clock.now)
    assert there(former) == {True}
    assert (retention.remove_expired(), there(former)) == (0, {False})


def test_an_open_reshoot_keeps_the_film_that_it_may_return_to(gold: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(gold, crew)
    former = files(ad)
    production.reshoot(ad, 0)
    clock.passes(days=31)
    assert (retention.remove_expired(), there(former)) == (0, {True})


@pytest.mark.parametrize("dies_at", [1, 2, 3, 4])
def test_killed_anywhere_the_next_round_goes_on(
    dora: Shop, crew: Crew, clock: Clock, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    """At the first to third file, and before the rows: nothing is given out any more, and in the end nothing is left."""

    class Died(BaseException):
        pass

    ad, calls = film(dora, crew), 0
    names, delete = files(ad), default_storage.delete

    def dying(name: str) -> None:
        nonlocal calls
        calls += 1
        if calls == dies_at:
            raise Died
        delete(name)

    def no_rows(*args: object, **kwargs: object) -> None:
        raise Died

    clock.passes(days=8)
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", dying)
        if dies_at == 4:
            patch.setattr(retention.Rendition.objects, "filter", no_rows)
        with pytest.raises(Died):
            retention.remove_expired()
    ad.refresh_from_db()
    assert ad.files_removed
    assert retention.remove_expired() == 0
    assert (there(names), Rendition.objects.count()) == ({False}, 0)
    assert not AdOutput.objects.filter(ad=ad).exclude(rendition=None).exists()


@pytest.mark.parametrize("fails_at", [1, 4, 5])
def test_a_file_that_will_not_go_keeps_neither_its_ad_nor_others(
    gold: Shop, crew: Crew, clock: Clock, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    """Of two films the first one's file, or the second one's when the first has gone: the next round takes the rest."""
    ad, other = film(gold, crew, aspects=("9:16", "1:1")), film(gold, crew, seed=2)
    stuck, delete = files(ad)[fails_at - 1], default_storage.delete

    def failing(name: str) -> None:
        if name == stuck:
            raise OSError("the disk is read-only")
        delete(name)

    names, others = files(ad), files(other)
    clock.passes(days=31)
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", failing)
        assert retention.remove_expired() == 2
        assert (there([stuck]), there(others)) == ({True}, {False})
    assert retention.remove_expired() == 0
    assert (len(names), there(names), Rendition.objects.count()) == (6, {False}, 0)


def test_a_reshoot_that_begins_at_that_moment_wins_or_loses_whole(dora: Shop, crew: Crew, clock: Clock) -> None:
    ad = film(dora, crew)
    looked_at = Ad.objects.get(pk=ad.pk)
    clock.passes(days=8)
    retention.remove_expired()
    looked_at.state = Ad.State.READY
    before = list(Ad.objects.values())
    with pytest.raises(AdNotReady):
        production.reshoot(looked_at, 0)
    assert list(Ad.objects.values()) == before
