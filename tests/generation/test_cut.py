"""Cutting a job: clips are fetched, what is delivered is stored, the row and the end of the job are one transaction."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from generation import jobs, media
from generation.deliver import deliver as cutting_room
from generation.domain.cut_order import ClipFile, CutOrder
from generation.errors import DeliverableRefused
from generation.film import known_clips
from generation.models import Clip, RenderJob, Rendition
from generation.queue import submit_cut, work_one
from generation.watch import Watch
from tests.generation.footage import PHOTO, small_order

pytestmark = pytest.mark.django_db
CUT = [RenderJob.Kind.CUT]


def keep(tenant: int, key: str, clip: ClipFile) -> Clip:
    """A clip as filming leaves it: file and row."""
    return Clip.objects.create(
        tenant=tenant,
        key=key,
        file=media.store(clip.path, media.content_name("clips", tenant, key, ".mp4")),
        width=clip.width,
        height=clip.height,
        frames=clip.frames,
        fps=clip.fps,
        subject=[0.2, 0.3, 0.8, 0.65],
        engine="still",
        engine_version="1",
        weights="none",
        seed=1,
        plan={},
        film_ms=1,
        bytes=clip.path.stat().st_size,
    )


@pytest.fixture
def order(clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> CutOrder:
    return kept_order(clips, files)


def kept_order(clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> CutOrder:
    """The small order, with everything that it needs in the storage."""
    for key, clip in clips.items():
        keep(1, key, clip)
    sha256 = media.sha256_of(files[PHOTO])
    media.store(files[PHOTO], "photos/card.png")
    made = small_order()
    shots = list(made.timeline.shots)
    card = shots[-1].card
    assert card is not None
    shots[-1] = replace(shots[-1], card=replace(card, image="photos/card.png", image_sha256=sha256))
    return replace(made, timeline=replace(made.timeline, shots=tuple(shots)))


def stored(name: str) -> bytes:
    return Path(default_storage.path(name)).read_bytes()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Room:
    """A stand-in for the cutting room that keeps what it was given."""

    def __init__(self) -> None:
        self.clips: dict[str, ClipFile] = {}
        self.files: dict[str, bytes] = {}

    def deliver(
        self, order: CutOrder, clips: Mapping[str, ClipFile], files: Mapping[str, Path], workdir: Path, watch: Watch
    ) -> cutting_room.Delivered:
        assert all(clip.path.is_file() for clip in clips.values())
        self.clips, self.files = dict(clips), {sha256: path.read_bytes() for sha256, path in files.items()}
        watch.step(0.5, "cut")
        for name in ("ad.mp4", "contact.jpg"):
            (workdir / name).write_bytes(name.encode())
        size = {"9:16": (216, 384), "1:1": (216, 216), "16:9": (384, 216)}[order.aspect]
        Image.new("RGB", size, (90, 60, 40)).save(workdir / "poster.jpg")
        return cutting_room.Delivered(
            video=workdir / "ad.mp4",
            poster=workdir / "poster.jpg",
            contact_sheet=workdir / "contact.jpg",
            sha256="5" * 64,
            width=216,
            height=384,
            frames=165,
            fps=30,
            checks={"frames": {"passed": True}},
            label={"text": "AI生成"},
            notes=("left out: ☕",),
            timings={"encode": 1.5},
        )


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    one = Room()
    monkeypatch.setattr(cutting_room, "deliver", one.deliver)
    return one


def test_an_ad_is_cut_stored_and_recorded(order: CutOrder, room: Room) -> None:
    job = submit_cut(order, tenant=1, priority=2, reply_to="desk.advance", reply_id="ad_1")
    assert submit_cut(order, tenant=1).pk == job.pk
    done = work_one("w1", CUT)
    assert done is not None
    assert (done.pk, done.state) == (job.pk, "done")
    rendition = Rendition.objects.get()
    assert done.rendition == rendition
    stem = f"renditions/1/{order.key[:2]}/{order.key}"
    names = (rendition.file, rendition.poster, rendition.contact_sheet)
    assert names == (f"{stem}.mp4", f"{stem}-poster.jpg", f"{stem}-contact.jpg")
    assert [stored(name) for name in (names[0], names[2])] == [b"ad.mp4", b"contact.jpg"]
    assert stored(names[1]).startswith(b"\xff\xd8\xff")
    assert (rendition.aspect, rendition.width, rendition.height, rendition.frames, rendition.fps) == (
        "9:16", 216, 384, 165, 30,
    )  # fmt: skip
    assert (rendition.sha256, rendition.bytes) == ("5" * 64, 6)
    assert (rendition.checks, rendition.label) == ({"frames": {"passed": True}}, {"text": "AI生成"})
    assert (rendition.notes, rendition.timings) == (["left out: ☕"], {"encode": 1.5})
    assert submit_cut(order, tenant=1).pk == job.pk


def test_covers_are_made_for_the_platforms_of_the_shape(order: CutOrder, room: Room) -> None:
    submit_cut(order, tenant=1)
    work_one("w1", CUT)
    covers = {item["platform"]: item for item in Rendition.objects.get().covers}
    assert list(covers) == ["douyin", "kuaishou", "channels", "tiktok", "reels", "shorts"]
    kuaishou = covers["kuaishou"]
    with Image.open(io.BytesIO(stored(kuaishou["file"]))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1080, 1920))
    assert (kuaishou["width"], kuaishou["height"], kuaishou["known"], kuaishou["titled"]) == (1080, 1920, True, True)
    assert (covers["douyin"]["width"], covers["douyin"]["known"]) == (216, False)
    stem = f"renditions/1/{order.key[:2]}/{order.key}-cover-"
    assert all(item["file"] == f"{stem}{sha256(stored(item['file']))[:16]}.jpg" for item in covers.values())
    assert len({item["file"] for item in covers.values()}) < len(covers), "equal pictures are kept once"


def test_the_cutting_room_gets_the_clips_with_their_products_and_the_other_files(order: CutOrder, room: Room) -> None:
    submit_cut(order, tenant=1)
    work_one("w1", CUT)
    assert room.clips.keys() == order.clip_keys
    assert all(clip.subject is not None and clip.subject.x1 == 0.8 for clip in room.clips.values())
    ((sha256, content),) = room.files.items()
    assert order.files == {sha256: "photos/card.png"}
    assert content == stored("photos/card.png")


def test_an_ad_whose_shots_are_not_all_filmed_waits_for_nothing_and_says_so(order: CutOrder, room: Room) -> None:
    Clip.objects.filter(key="b" * 64).delete()
    submit_cut(order, tenant=1)
    job = work_one("w1", CUT)
    assert job is not None
    assert (job.state, job.error_code) == ("failed", "media_missing")
    assert job.error == "1 of the ad's shots are not filmed yet: film bbbbbbbbbbbb first"
    assert room.clips == {}


def test_another_tenant_has_none_of_these_clips(order: CutOrder, room: Room) -> None:
    assert known_clips(2, order.clip_keys) == set()
    submit_cut(order, tenant=2)
    job = work_one("w1", CUT)
    assert job is not None
    assert (job.state, job.error_code) == ("failed", "media_missing")
    assert Rendition.objects.count() == 0


def test_a_photo_that_was_changed_is_refused(order: CutOrder, room: Room) -> None:
    Path(default_storage.path("photos/card.png")).write_bytes(b"another")
    submit_cut(order, tenant=1)
    job = work_one("w1", CUT)
    assert job is not None
    assert (job.state, job.error_code) == ("failed", "media_broken")


def test_a_cancelled_cut_leaves_no_rendition(order: CutOrder, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    job = submit_cut(order, tenant=1)
    deliver = room.deliver

    def cancelled(*arguments: object) -> object:
        jobs.request_cancel(job)
        return deliver(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(cutting_room, "deliver", cancelled)
    ended = work_one("w1", CUT)
    assert ended is not None
    assert ended.state == "cancelled"
    assert Rendition.objects.count() == 0


def test_a_file_that_fails_its_checks_is_not_deliverable(
    order: CutOrder, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> object:
        raise DeliverableRefused("loudness is -9 LUFS: choose other music")

    monkeypatch.setattr(cutting_room, "deliver", refused)
    submit_cut(order, tenant=1)
    job = work_one("w1", CUT)
    assert job is not None
    assert (job.state, job.error_code, job.attempts) == ("failed", "deliverable_refused", 1)
    assert Rendition.objects.count() == 0


@pytest.mark.slow
def test_a_real_cut_of_real_clips(order: CutOrder) -> None:
    submit_cut(order, tenant=1)
    job = work_one("w1", CUT)
    assert job is not None
    assert (job.state, job.error) == ("done", "")
    assert job.rendition is not None
    assert job.rendition.frames == order.timeline.duration
    assert media.sha256_of(Path(default_storage.path(job.rendition.file))) == job.rendition.sha256
    assert all(check["passed"] for check in job.rendition.checks.values())
