"""Media over HTTP: byte ranges, caching, names, and that nothing but the owner's ready files is given out."""

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client

from creative import production
from creative.models import Ad, Asset
from generation.models import Rendition
from tests.creative.shops import Shop

pytestmark = pytest.mark.django_db
FILM = bytes(range(256)) * 1000  # 256,000 bytes: several chunks


@pytest.fixture
def ad(alice: Shop) -> Ad:
    """A ready ad: its rows and its files, without the way there."""
    made = production.draft(alice.organization, product=alice.product, lang="zh").ad
    Path(default_storage.path("ad.mp4")).write_bytes(FILM)
    rendition = Rendition.objects.create(
        tenant=alice.organization.pk,
        key="k",
        aspect="9:16",
        width=1080,
        height=1920,
        frames=450,
        fps=30,
        file="ad.mp4",
        poster="ad.mp4",
        contact_sheet="ad.mp4",
        sha256="5" * 64,
        bytes=len(FILM),
        checks={},
        label={},
    )
    made.outputs.update(rendition=rendition)
    Ad.objects.filter(pk=made.pk).update(state=Ad.State.READY)
    return made


@pytest.fixture
def client(alice: Shop) -> Client:
    return Client(headers={"Authorization": f"Bearer {alice.key}"})


def address(ad: Ad) -> str:
    return f"/media/ad/{ad.public_id}/9x16.mp4"


def body(response) -> bytes:
    return b"".join(response)


def tag_of(ad: Ad, client: Client) -> str:
    response = client.head(address(ad))
    assert body(response) == b""
    return response["ETag"]


def test_a_whole_film(ad: Ad, client: Client):
    response = client.get(address(ad))
    assert body(response) == FILM
    assert response.status_code == 200
    assert response["Content-Length"] == "256000"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "video/mp4"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == f'inline; filename="{ad.public_id}_9x16.mp4"'
    assert response["ETag"].startswith('"')
    assert "Content-Range" not in response


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=1000-", 1000, 255_999),
        ("bytes=-5", 255_995, 255_999),
        ("bytes=70000-200000", 70_000, 200_000),
    ],
)
def test_a_part_of_a_film(ad: Ad, client: Client, asked: str, start: int, end: int):
    response = client.get(address(ad), headers={"Range": asked})
    assert body(response) == FILM[start : end + 1]
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{end}/256000"
    assert response["Content-Length"] == str(end - start + 1)


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=x", "lines=1-2", "bytes=9-2"])
def test_what_is_no_single_range_gets_the_whole_film(ad: Ad, client: Client, asked: str):
    response = client.get(address(ad), headers={"Range": asked})
    assert (response.status_code, len(body(response))) == (200, 256_000)


def test_a_part_beyond_the_end_is_416(ad: Ad, client: Client):
    response = client.get(address(ad), headers={"Range": "bytes=256000-"})
    assert (response.status_code, response["Content-Range"], response.content) == (416, "bytes */256000", b"")


def test_a_part_of_another_version_gets_the_whole_film(ad: Ad, client: Client):
    tag = tag_of(ad, client)
    same = client.get(address(ad), headers={"Range": "bytes=0-9", "If-Range": tag})
    assert (same.status_code, body(same)) == (206, FILM[:10])
    other = client.get(address(ad), headers={"Range": "bytes=0-9", "If-Range": '"old"'})
    assert (other.status_code, body(other)) == (200, FILM)


def test_what_the_browser_has_is_not_sent_again(ad: Ad, client: Client):
    tag = tag_of(ad, client)
    response = client.get(address(ad), headers={"If-None-Match": f'W/"x", {tag}'})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)


def test_head_tells_the_size_and_sends_nothing(ad: Ad, client: Client):
    response = client.head(address(ad))
    assert (response.status_code, response["Content-Length"], body(response)) == (200, "256000", b"")


def test_a_download_has_a_name(ad: Ad, client: Client):
    response = client.get(address(ad), {"download": "1"})
    body(response)
    assert response["Content-Disposition"] == f'attachment; filename="{ad.public_id}_9x16.mp4"'


def test_players_and_image_tags_may_ask_for_any_type(ad: Ad, client: Client):
    for accept in ("video/mp4", "image/avif,image/webp,*/*", "text/html"):
        response = client.get(address(ad), headers={"Accept": accept})
        assert (response.status_code, len(body(response))) == (200, 256_000)


def test_photos_may_be_kept_for_long_but_only_privately(alice: Shop, client: Client):
    asset = Asset.objects.of(alice.organization).first()
    assert asset is not None
    response = client.get(f"/media/asset/{asset.public_id}")
    assert len(body(response)) == asset.bytes
    assert response["Cache-Control"] == "private, max-age=604800, immutable"
    assert response["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    "path", ["asset/ast_x", "thumb/../../etc/passwd", "ad/ad_x/9x16.mp4", "poster/ad_x", "contact/ad_x"]
)
def test_what_is_not_there_is_404(alice: Shop, client: Client, path: str):
    assert client.get(f"/media/{path}").status_code == 404


def test_an_ad_that_is_not_ready_gives_nothing_out(ad: Ad, client: Client):
    Ad.objects.filter(pk=ad.pk).update(state=Ad.State.CHECKING)
    for path in (address(ad), f"/media/poster/{ad.public_id}", f"/media/contact/{ad.public_id}"):
        assert client.get(path).status_code == 404
    assert client.get(f"/media/ad/{ad.public_id}/1x1.mp4").status_code == 404


def test_a_file_that_is_gone_is_404(ad: Ad, client: Client):
    output = ad.outputs.get()
    assert output.rendition is not None
    Path(default_storage.path(output.rendition.file)).unlink()
    assert client.get(address(ad)).status_code == 404


def test_a_bucket_answers_by_a_signed_address(ad: Ad, client: Client, monkeypatch):
    def no_path(self: object, name: str) -> str:
        raise NotImplementedError

    monkeypatch.setattr(FileSystemStorage, "path", no_path)
    monkeypatch.setattr(FileSystemStorage, "url", lambda self, name: f"https://bucket.test/{name}?signed")
    response = client.get(address(ad))
    output = ad.outputs.get()
    assert output.rendition is not None
    assert (response.status_code, response["Location"]) == (302, f"https://bucket.test/{output.rendition.file}?signed")
