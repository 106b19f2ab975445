"""Covers and small moving pictures of a ready ad: on its page, over HTTP, through the API, and only for its owner."""

import io
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image

from billing.models import Member
from billing.organizations import add_member
from creative import production
from creative.models import Ad
from generation import kept
from generation.models import Rendition
from tests.creative.api import Program
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop
from tests.creative.test_web_ads import LABEL
from tests.generation.finished import finished

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(alice: Shop, crew: Crew) -> Ad:
    ad = production.draft(alice.organization, product=alice.product, lang="zh", aspects=("9:16", "1:1")).ad
    production.order(ad)
    done = finish(ad, crew)
    assert done.state == Ad.State.READY
    Rendition.objects.update(label=LABEL)
    return done


@pytest.fixture
def real(ready: Ad, tmp_path: Path) -> Rendition:
    """A real film in the place of the crew's."""
    made = Rendition.objects.get(aspect="9:16")
    Path(default_storage.path(made.file)).write_bytes(finished(tmp_path / "ad.mp4").read_bytes())
    return made


def make_url(ad: Ad, aspect: str = "9x16") -> str:
    return reverse("ad-small-view", args=[ad.public_id, aspect])


def view_url(ad: Ad, kind: str) -> str:
    return reverse("media-preview", args=[ad.public_id, "9x16", kind])


def test_the_page_shows_each_platforms_cover_and_gives_it_out(client: Client, alice: Shop, ready: Ad) -> None:
    client.force_login(alice.owner)
    text = client.get(reverse("ad", args=[ready.public_id])).content.decode()
    for platform, word in (("douyin", "抖音"), ("reels", "Instagram Reels")):
        address = reverse("media-cover", args=[ready.public_id, "9x16", platform])
        assert f'{address}?download"' in text
        assert f"{word}封面" in text
        answer = client.get(f"{address}?download")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Content-Disposition"] == (f'attachment; filename="{ready.public_id}_cover_{platform}_9x16.jpg"')
        assert b"".join(answer) == b"film"
    assert text.count("平台未公布尺寸，按成片") == 1
    assert client.get(reverse("media-cover", args=[ready.public_id, "9x16", "amazon"])).status_code == 404
    square = client.get(reverse("ad", args=[ready.public_id]) + "?aspect=1:1").content.decode()
    assert "没有平台用这个画幅的封面" in square


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "type_"), [("mp4", "video/mp4"), ("webp", "image/webp"), ("gif", "image/gif")])
def test_a_small_view_is_made_once_and_kept(
    client: Client, alice: Shop, ready: Ad, real: Rendition, kind: str, type_: str
) -> None:
    client.force_login(alice.owner)
    assert client.get(view_url(ready, kind)).status_code == 404
    answer = client.post(make_url(ready), {"kind": kind})
    assert (answer.status_code, answer["Location"]) == (302, f"/ads/{ready.public_id}?aspect=9%3A16#covers")
    shown = client.get(view_url(ready, kind))
    assert (shown.status_code, shown["Content-Type"]) == (200, type_)
    content = b"".join(shown)
    if kind != "mp4":
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.n_frames > 5
    assert f'{view_url(ready, kind)}?download"' in client.get(reverse("ad", args=[ready.public_id])).content.decode()
    made = Path(default_storage.path(kept.preview_name(real, kind)))
    written = made.stat().st_mtime_ns
    client.post(make_url(ready), {"kind": kind})
    assert made.stat().st_mtime_ns == written
    assert kept.preview_name(real, kind) in kept.files_of(real)


def test_a_film_that_cannot_be_read_gives_no_small_view(client: Client, alice: Shop, ready: Ad) -> None:
    client.force_login(alice.owner)
    answer = client.post(make_url(ready), {"kind": "webp"})
    assert answer.status_code == 409
    assert "成片文件读不出来" in answer.content.decode()
    assert client.get(view_url(ready, "webp")).status_code == 404
    assert client.post(make_url(ready), {"kind": "exe"}).status_code == 404
    assert client.post(make_url(ready, "3x4"), {"kind": "webp"}).status_code == 404


def test_strangers_find_nothing_and_viewers_make_nothing(
    client: Client, alice: Shop, charlie: Shop, ready: Ad, real: Rendition
) -> None:
    cover = reverse("media-cover", args=[ready.public_id, "9x16", "douyin"])
    client.force_login(charlie.owner)
    assert client.post(make_url(ready), {"kind": "webp"}).status_code == 404
    assert client.get(cover).status_code == 404
    vera = get_user_model().objects.create_user("vera", password="vera-pass-word-1")
    add_member(alice.organization, vera, Member.Role.VIEWER)
    client.force_login(vera)
    assert client.post(make_url(ready), {"kind": "webp"}).status_code == 403
    assert b"".join(client.get(cover)) == b"film"
    assert make_url(ready) not in client.get(reverse("ad", args=[ready.public_id])).content.decode()
    assert client.get(make_url(ready)).status_code == 405
    assert not default_storage.exists(kept.preview_name(real, "webp"))


@pytest.mark.slow
def test_the_api_names_covers_and_makes_previews(alice: Shop, ready: Ad, real: Rendition) -> None:
    program = Program(alice)
    tall, square = program.get(f"ads/{ready.public_id}").json()["outputs"]
    assert [(item["platform"], item["size_known"], item["width"]) for item in tall["covers"]] == [
        ("douyin", False, 1080),
        ("reels", True, 1080),
    ]
    assert tall["covers"][0]["url"].endswith(f"/media/cover/{ready.public_id}/9x16/douyin.jpg")
    assert (square["covers"], tall["previews"]) == ([], [])
    made = program.post(f"ads/{ready.public_id}/previews", {"aspect": "9:16", "kind": "webp"})
    assert made.status_code == 201
    (preview,) = made.json()["outputs"][0]["previews"]
    assert preview["kind"] == "webp"
    assert preview["url"].endswith(view_url(ready, "webp"))
    assert program.post(f"ads/{ready.public_id}/previews", {"aspect": "9:16", "kind": "exe"}).status_code == 400


def test_a_preview_made_while_its_film_is_removed_is_not_left_behind(
    ready: Ad, real: Rendition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(kind: str, film: Path, target: Path) -> Path:
        ready.outputs.update(rendition=None)
        Rendition.objects.filter(pk=real.pk).delete()
        target.write_bytes(b"small")
        return target

    monkeypatch.setattr(kept, "_made", made)
    with pytest.raises(kept.MediaMissing, match="was removed while its preview was made"):
        kept.preview(real, "webp")
    assert not default_storage.exists(kept.preview_name(real, "webp"))
