"""The hand-over of a ready ad: from its page, from the command, and only for whoever may produce."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from billing.models import Member
from billing.organizations import add_member
from creative import production
from creative.models import Ad
from generation.models import Clip, Rendition
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop
from tests.creative.test_web_ads import LABEL

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(alice: Shop, crew: Crew) -> Ad:
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    production.order(ad)
    finish(ad, crew)
    Rendition.objects.update(label=LABEL)
    ad.refresh_from_db()
    assert ad.state == Ad.State.READY
    return ad


def url(ad: Ad) -> str:
    return reverse("ad-hand-over", args=[ad.public_id])


def body(answer: Iterator[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(answer)))


@pytest.mark.slow
def test_the_page_offers_the_archive_and_sends_it(client: Client, alice: Shop, ready: Ad) -> None:
    client.force_login(alice.owner)
    assert url(ready) in client.get(reverse("ad", args=[ready.public_id])).content.decode()
    answer = client.post(url(ready))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{ready.public_id}.zip"'
    assert answer["Cache-Control"] == "private, no-store"
    archive = body(answer.streaming_content)
    told = json.loads(archive.read("manifest.json"))
    assert told["frames"] == sum(shot["end_frame"] - shot["start_frame"] for shot in told["shots"])
    assert told["music"]["licence"] == "composed by Hitsmith for this ad, free of rights"
    assert {"ad.otio", "ad.fcpxml", "films/ad_9x16.mp4", "stems/music.wav", "captions/ad_9x16.srt"} <= set(
        archive.namelist()
    )


def test_strangers_find_nothing_and_viewers_may_not(client: Client, alice: Shop, charlie: Shop, ready: Ad) -> None:
    before = list(Ad.objects.values())
    client.force_login(charlie.owner)
    assert client.post(url(ready)).status_code == 404
    vera = get_user_model().objects.create_user("vera", password="vera-pass-word-1")
    add_member(alice.organization, vera, Member.Role.VIEWER)
    client.force_login(vera)
    assert client.post(url(ready)).status_code == 403
    assert url(ready) not in client.get(reverse("ad", args=[ready.public_id])).content.decode()
    assert list(Ad.objects.values()) == before


def test_a_draft_is_not_handed_over(client: Client, alice: Shop) -> None:
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    client.force_login(alice.owner)
    answer = client.post(url(ad))
    assert answer.status_code == 409
    assert "只有已完成、成片还在的广告才能交接" in answer.content.decode()


@pytest.mark.slow
def test_the_command_writes_the_same_archive(ready: Ad, tmp_path: Path) -> None:
    out = tmp_path / "ad.zip"
    said = io.StringIO()
    call_command("hand_over", ready.public_id, out=out, stdout=said)
    assert str(out) in said.getvalue()
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None


def test_the_command_says_what_is_wrong_and_writes_nothing(ready: Ad, tmp_path: Path) -> None:
    out = tmp_path / "ad.zip"
    with pytest.raises(CommandError, match="there is no ad ad_nobody"):
        call_command("hand_over", "ad_nobody", out=out)
    with pytest.raises(CommandError, match="there is no folder"):
        call_command("hand_over", ready.public_id, out=tmp_path / "no" / "ad.zip")
    default_storage.delete(Clip.objects.get(key=ready.shots.first().clip_key).file)
    with pytest.raises(CommandError, match="a file of the hand-over is not there"):
        call_command("hand_over", ready.public_id, out=out)
    assert not out.exists()
