"""What a person sees of an ad before it is made (storyboard) and after (the folder of files)."""

import json
from pathlib import Path

import pytest

from creative import edit_words, production, products
from creative.bundle import script_text, write_bundle
from creative.models import Ad
from creative.previews import storyboard
from generation.domain.timeline import Overlay, OverlayKind, TimelineShot, Transition
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.transitions import NAMES
from generation.models import Rendition
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(alice: Shop, crew: Crew) -> Ad:
    ad = production.draft(alice.organization, product=alice.product, lang="zh", aspects=["9:16", "1:1"]).ad
    production.order(ad)
    finish(ad, crew)
    ad.refresh_from_db()
    assert ad.state == Ad.State.READY
    return ad


def test_a_storyboard_shows_every_shot_and_the_card(alice: Shop):
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    frames = storyboard(ad)
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert frames[0].start_ms == 0
    assert [frame.start_ms for frame in frames[1:]] == [frame.end_ms for frame in frames[:-1]]
    assert frames[-1].end_ms == ad.script["beats"][-1]["end_ms"]
    assert [frame.is_card for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert [frame.voice for frame in frames if frame.voice] == [frame.voice for frame in frames]
    first = frames[0]
    assert (first.role, first.role_zh, first.role_en) == ("hook", "开场", "Hook")
    assert first.thumbnail_url == f"/media/thumb/{first.asset.public_id}"
    assert first.focus == (50, 50)
    assert " · " in first.camera_zh
    assert sum(frame.credits for frame in frames) == ad.credits_quoted
    assert frames[-1].asset == alice.product.assets.first()


def test_a_storyboard_survives_the_loss_of_its_photo(alice: Shop):
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    for asset in list(alice.product.assets.all()):
        products.remove_photo(asset)
    assert len(storyboard(ad)) == ad.shots.count() + 1


def test_a_bundle_holds_films_poster_sheet_script_and_manifest(ready: Ad, tmp_path: Path):
    written = write_bundle(ready, tmp_path / "shelf" / "out", wall_s=3.21)
    assert [path.name for path in written] == [
        "ad_9x16.mp4",
        "poster.jpg",
        "contact.jpg",
        "cover_9x16_douyin.jpg",
        "cover_9x16_reels.jpg",
        "ad_1x1.mp4",
        *(f"ad_{aspect}.{suffix}" for aspect in ("9x16", "1x1") for suffix in ("srt", "vtt", "ass")),
        "report.json",
        "manifest.json",
        "script.txt",
    ]
    assert [path.name for path in (tmp_path / "shelf").iterdir()] == ["out"]
    made = json.loads((tmp_path / "shelf" / "out" / "manifest.json").read_text())
    assert (made["schema"], made["ad"], made["seed"]) == ("hitsmith-manifest/1", ready.public_id, 1)
    assert made["template"]["id"] == ready.template_id
    assert made["credits"] == {
        "quoted": ready.credits_quoted,
        "held": ready.credits_quoted,
        "settled": ready.credits_quoted,
        "balance": 660 - ready.credits_quoted,
    }
    assert [shot["clip"] for shot in made["shots"]] == list(ready.shots.values_list("clip_key", flat=True))
    assert all(shot["filmed_for_this_ad"] and shot["engine"] == "showcase" for shot in made["shots"])
    assert [(out["file"], out["label"]["text"]) for out in made["outputs"]] == [
        ("ad_9x16.mp4", "AI生成"),
        ("ad_1x1.mp4", "AI生成"),
    ]
    assert made["timings"]["wall_s"] == 3.2


def test_a_bundle_has_the_captions_and_the_quality_report_of_each_film(ready: Ad, tmp_path: Path):
    write_bundle(ready, tmp_path / "out", wall_s=1)
    told = (tmp_path / "out" / "ad_1x1.srt").read_text()
    assert told.startswith("1\n00:00:00,")
    assert (tmp_path / "out" / "ad_9x16.vtt").read_text().startswith("WEBVTT")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["ad"] == ready.public_id
    assert list(report["films"]) == ["9:16", "1:1"]
    film = report["films"]["9:16"]
    row = ready.outputs.get(aspect="9:16").rendition
    assert film["passed"] is True
    assert sum(len(checks) for checks in film["checks"].values()) == len(row.checks)
    assert film["marks"]["text"] == "AI生成"


def test_a_bundle_replaces_its_files_and_leaves_others_alone(ready: Ad, tmp_path: Path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "ad_9x16.mp4").write_bytes(b"old")
    (folder / "notes.txt").write_bytes(b"mine")
    write_bundle(ready, folder, wall_s=1)
    assert (folder / "ad_9x16.mp4").read_bytes() == b"film"
    assert (folder / "notes.txt").read_bytes() == b"mine"


def test_a_bundle_that_breaks_leaves_nothing(ready: Ad, tmp_path: Path):
    Rendition.objects.filter(aspect="1:1").update(file="gone.mp4")
    with pytest.raises(Exception, match="gone.mp4"):
        write_bundle(ready, tmp_path / "shelf" / "out", wall_s=1)
    assert list((tmp_path / "shelf").iterdir()) == []


def test_the_script_reads_like_a_script(ready: Ad):
    text = script_text(ready)
    assert text.startswith(f"北杯保温杯  ({ready.template_id}, 15.")
    assert "  0.0 - " in text
    assert "开场 Hook" in text
    assert "行动 Call to action" in text


def test_a_storyboard_tells_how_its_ad_is_cut(alice: Shop):
    """What it says is what the timeline does, and only a plain cut without anything over it goes without a word."""
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    shots = timeline_from_dict(ad.timeline).shots
    frames = storyboard(ad)
    assert frames[-2].edit_zh.endswith("叠化进片尾卡")
    assert frames[-2].edit_en.endswith("Dissolve into the end card")
    assert (frames[-1].edit_zh, frames[-1].edit_en) == ("", "")
    for shot, frame in zip(shots[:-2], frames, strict=False):
        ways = [zh for way, (zh, _) in NAMES.items() if way is shot.transition is not Transition.CUT]
        assert [zh for zh, _ in NAMES.values() if f"{zh}：" in frame.edit_zh] == ways


def test_what_stands_over_a_shot_is_told_with_its_reason():
    shot = TimelineShot("s", "offer", "clip", 0, 60, Transition.WHIP, 12)
    badge = Overlay("b", OverlayKind.DISCOUNT_BADGE, 0, 60, "23%", optional=True)
    caption = Overlay("c", OverlayKind.CAPTION, 0, 60, "words")
    assert edit_words.edit_words(shot, shot, [caption, badge]) == (
        "折扣章（画面有空处时） · 甩镜：卖点快节奏接着说",
        "Discount badge where there is room · Whip: points at a fast pace",
    )
    assert edit_words.edit_words(shot, None, []) == ("", "")
