"""Pages of hits, as a merchant uses them: bring, look, correct, learn, delete; and what a bad file gets."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from creative.web import hit_strip, hits_shelf
from generation.ffmpeg import run
from templates_engine import hits, tasks
from templates_engine.analyse import at_hand
from templates_engine.domain.beats import Role
from templates_engine.models import AnalysedVideo, Hit, RoleCorrection, TemplateVersion
from tests.creative.brought import own_hit, own_hits, seen_hit, srt
from tests.creative.shops import Shop
from tests.creative.test_web_access import viewer_of
from tests.templates_engine.footage_maker import Plan, Scene, render
from tests.templates_engine.hits import hit as analysed
from tests.templates_engine.hits_maker import hit as planted

SAID = {"category": "厨房", "platform": "douyin", "rights": "own", "lang": "zh"}


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    plan = Plan((Scene(0.8, 3), Scene(0.8, 21)), width=96, height=160)
    return render(tmp_path_factory.mktemp("film") / "film.mp4", plan).read_bytes()


def file(name: str, content: bytes | str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def send(desk: Client, *files: SimpleUploadedFile, script: bool = False, **said: str) -> HttpResponse:
    headers = {"HX-Request": "true"} if script else {}
    return desk.post(reverse("hits-upload"), {**SAID, **said, "files": list(files)}, headers=headers)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def media(settings: Any) -> list[Path]:
    return [path for path in (Path(settings.MEDIA_ROOT) / "hits").rglob("*") if path.is_file()]


# --- bringing -------------------------------------------------------------------------------------------------------


def test_the_empty_page_says_how_to_begin(desk: Client) -> None:
    page = text(desk.get(reverse("hits")))
    assert "还没有爆款" in page
    assert "把视频、字幕和数据表一起拖进来" in page
    assert 'aria-current="page">爆款分析' in page


def test_a_video_is_kept_measured_and_shown(desk: Client, film: bytes, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(at_hand, "_reader", lambda: None)
    page = text(
        send(
            desk, file("cup.mp4", film), file("cup.srt", srt(1)), file("r.csv", "video_id,views,age_h\ncup,12000,24\n")
        )
    )
    hit = Hit.objects.get()
    assert (hit.category, hit.platform, hit.rights, hit.state) == ("厨房", "douyin", "own", "pending")
    assert "收下 1 支爆款。" in page
    assert "1 支爆款记上了数据。" in page
    assert "排队中" in page
    tasks.analyse(hit.public_id)
    rows = text(desk.get(reverse("hits-rows"), {"open": [hit.public_id]}))
    assert "已分析" in rows
    assert "2 个镜头" in rows
    assert "1.2万 播放" in rows
    assert reverse("media-hit", args=[hit.public_id, 0]) in rows
    detail = text(desk.get(reverse("hit", args=[hit.public_id])))
    for word in ("开场", "前 3 秒", "你还在为第1件小事发愁吗？", "12,000"):
        assert word in detail
    assert detail.count("<image href=") == 2
    picture = desk.get(reverse("media-hit", args=[hit.public_id, 1]))
    assert (picture["Content-Type"], b"".join(picture.streaming_content)[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    picture.close()
    assert desk.get(reverse("media-hit", args=[hit.public_id, 2])).status_code == 404
    assert sorted(path.name for path in media(settings)) == ["000.jpg", "001.jpg"]


def test_scripts_get_a_row_or_a_refusal_for_each_file(desk: Client) -> None:
    answer = text(send(desk, file("a.srt", srt(1)), file("b.mp4", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"), script=True))
    hit = Hit.objects.get()
    assert f'id="hit-{hit.public_id}"' in answer
    assert answer.count("data-refused") == 1
    assert "内容不是 MP4、MOV 或 WebM 视频" in answer
    assert "<html" not in answer


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("hls.mp4", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "内容不是 MP4、MOV 或 WebM 视频"),
        ("bad.srt", "1\n00:00:05,000 --> 00:00:01,000\nx\n", "第 2 行的结束时间早于开始时间"),
        ("bad.csv", "播放量,age_h\n很多,24\n", "很多"),
        ("run.exe", "MZ", "认不出这种文件"),
    ],
)
def test_a_bad_file_is_named_with_what_to_do_and_nothing_is_kept(
    desk: Client, settings: Any, name: str, content: str, says: str
) -> None:
    page = text(send(desk, file(name, content)))
    assert "这些没有收下：" in page
    assert name in page
    assert says in page
    assert (Hit.objects.count(), AnalysedVideo.objects.count(), media(settings)) == (0, 0, [])


def test_a_video_without_frames_fails_on_the_page_and_goes(desk: Client, settings: Any, tmp_path: Path) -> None:
    run(
        ["-f", "lavfi", "-i", "color=size=64x64:rate=25", "-frames:v", "0", "-f", "mp4", tmp_path / "n.mp4"], seconds=20
    )
    send(desk, file("none.mp4", (tmp_path / "n.mp4").read_bytes()))
    hit = Hit.objects.get()
    tasks.analyse(hit.public_id)
    for page in (text(desk.get(reverse("hits"))), text(desk.get(reverse("hit", args=[hit.public_id])))):
        assert re.search("请重新导出", page)
    assert (media(settings), AnalysedVideo.objects.count()) == ([], 0)
    desk.post(reverse("hit-delete", args=[hit.public_id]))
    assert Hit.objects.count() == 0


@pytest.mark.parametrize(("field", "value"), [("rights", ""), ("rights", "stolen"), ("category", ""), ("lang", "fr")])
def test_the_form_says_what_is_missing(desk: Client, field: str, value: str) -> None:
    for script in (False, True):
        answer = send(desk, file("a.srt", srt(1)), script=script, **{field: value})
        assert answer.status_code == 422
        assert "errorlist" in text(answer) or "note error" in text(answer)
    assert Hit.objects.count() == 0


def test_without_a_file_it_asks_for_one(desk: Client) -> None:
    answer = desk.post(reverse("hits-upload"), SAID)
    assert (answer.status_code, "请先选择文件。" in text(answer)) == (422, True)


def test_a_missing_detector_is_said_and_words_alone_work(desk: Client, film: bytes, monkeypatch: Any) -> None:
    monkeypatch.setattr(at_hand, "find_spec", lambda name: None)
    page = text(desk.get(reverse("hits")))
    assert "镜头识别没有安装" in page
    assert "hitsmith[learn]" in page
    answer = text(send(desk, file("a.mp4", film), file("b.srt", srt(1))))
    assert "可以只上传它的字幕文件" in answer
    assert [(hit.video_id, hit.state) for hit in Hit.objects.all()] == [("b", "done")]


# --- the shelf ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_list_is_filtered_and_paged(desk: Client, alice: Shop) -> None:
    own_hits(alice.organization, 26)
    own_hits(alice.organization, 2, category="美妆", first=40)
    first = text(desk.get(reverse("hits")))
    assert first.count('class="hit hit-done"') == 24
    only = text(desk.get(reverse("hits"), {"category": "美妆"}))
    assert only.count('class="hit hit-done"') == 2
    second = text(desk.get(reverse("hits"), {"category": "厨房", "page": 2}))
    assert second.count('class="hit hit-done"') == 2
    assert "category=%E5%8E%A8%E6%88%BF&amp;page=1" in second
    assert "没有符合筛选条件的爆款" in text(desk.get(reverse("hits"), {"category": "nothing"}))


def test_what_does_not_change_is_not_sent_again(desk: Client, alice: Shop) -> None:
    hit = own_hit(alice.organization)
    asked = {"open": [hit.public_id]}
    first = desk.get(reverse("hits-rows"), asked)
    assert desk.get(reverse("hits-rows"), asked, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_another_tenants_rows_and_pictures_are_not_there(desk: Client, charlie: Shop) -> None:
    hit = seen_hit(charlie.organization)
    assert text(desk.get(reverse("hits-rows"), {"open": [hit.public_id]})).strip() == ""
    assert desk.get(reverse("media-hit", args=[hit.public_id, 0])).status_code == 404
    assert desk.post(reverse("hits-learn"), {"hit": [hit.public_id]}).status_code == 404
    assert desk.post(reverse("hit-delete", args=[hit.public_id])).status_code == 404
    assert Hit.objects.of(charlie.organization).count() == 1


def test_a_viewer_looks_and_is_offered_nothing(client: Client, alice: Shop) -> None:
    hit = own_hit(alice.organization)
    client.force_login(viewer_of(alice))
    for page in (text(client.get(reverse("hits"))), text(client.get(reverse("hit", args=[hit.public_id])))):
        for name in ("hits-upload", "hit-delete"):
            assert reverse(name, args=[hit.public_id] if "delete" in name else []) not in page
    assert client.post(reverse("hit-line-role", args=[hit.public_id, 0]), {"role": "demo"}).status_code == 403
    assert RoleCorrection.objects.count() == 0


# --- learning -------------------------------------------------------------------------------------------------------


def test_too_few_are_told_by_group_and_stay_ticked(desk: Client, alice: Shop) -> None:
    chosen = own_hits(alice.organization, 5) + own_hits(alice.organization, 1, category="美妆", first=20)
    answer = desk.post(reverse("hits-learn"), {"hit": [hit.public_id for hit in chosen]})
    page = text(answer)
    assert answer.status_code == 422
    assert "有 5 条视频，还差 3 条" in page
    assert "有 1 条视频，还差 7 条" in page
    assert len(re.findall(r'name="hit"[^>]*checked', page)) == 6
    assert "还差 3 支" in page
    assert not TemplateVersion.objects.filter(organization=alice.organization).exists()


def test_eight_teach_a_template_that_is_shown_and_linked(desk: Client, alice: Shop) -> None:
    own_hits(alice.organization, 8)
    assert "用这 8 支学模板" in text(desk.get(reverse("hits")))
    answer = desk.post(reverse("hits-learn"), {"group": "zh/厨房"})
    version = TemplateVersion.objects.get(organization=alice.organization)
    page = text(answer)
    assert "学到 1 个模板" in page
    assert version.name in page
    assert reverse("template", args=[version.template_id]) in page
    assert "role-chip role-hook" in page


def test_nothing_ticked_learns_nothing(desk: Client) -> None:
    answer = desk.post(reverse("hits-learn"))
    assert (answer.status_code, "没有视频；至少需要 8 条。" in text(answer)) == (422, True)


# --- one hit --------------------------------------------------------------------------------------------------------


def test_a_line_is_corrected_on_the_page(desk: Client, alice: Shop) -> None:
    hit = own_hit(alice.organization)
    address = reverse("hit", args=[hit.public_id])
    assert "你定的" not in text(desk.get(address))
    answer = desk.post(reverse("hit-line-role", args=[hit.public_id, 4]), {"role": "demo"})
    assert (answer.status_code, answer["Location"]) == (302, f"{address}#line-4")
    assert text(desk.get(address)).count("你定的") == 1
    row = RoleCorrection.objects.get()
    assert (row.organization, row.role, row.text, row.created_by) == (
        alice.organization,
        "demo",
        "用了三个月还跟新的一样",
        "alice",
    )
    video = hits.analysis_of(hits.find(alice.organization, hit.public_id) or hit)
    assert video is not None
    assert video.lines[4].role is Role.DEMO


@pytest.mark.parametrize(("index", "role"), [(99, "demo"), (0, "villain"), (0, "")])
def test_a_correction_of_nothing_is_refused(desk: Client, alice: Shop, index: int, role: str) -> None:
    hit = own_hit(alice.organization)
    answer = desk.post(reverse("hit-line-role", args=[hit.public_id, index]), {"role": role}, follow=True)
    assert 'class="note error"' in text(answer)
    assert RoleCorrection.objects.count() == 0


def test_deleting_says_so_and_takes_the_pictures(
    desk: Client, alice: Shop, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    hit = seen_hit(alice.organization)
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(reverse("hit-delete", args=[hit.public_id]), follow=True)
    assert "已删除「s0」和它的画面、台词、数据。" in text(answer)
    assert (Hit.objects.count(), AnalysedVideo.objects.count(), media(settings)) == (0, 0, [])


def test_in_english_too(desk: Client, alice: Shop) -> None:
    page = text(
        desk.get(reverse("hit", args=[own_hit(alice.organization).public_id]), headers={"Accept-Language": "en"})
    )
    assert "Hook" in page
    assert "Call to action" in page


# --- the drawing ----------------------------------------------------------------------------------------------------


def test_the_strip_lays_everything_along_one_time(alice: Shop) -> None:
    video = analysed("one")
    strip = hit_strip.strip_of(Hit(organization=alice.organization, public_id="hit_x", pictures=3), video)
    scale = strip.wide / video.duration_ms
    assert [frame.x for frame in strip.frames] == [round(shot.start_ms * scale, 1) for shot in video.shots]
    assert sum(frame.wide for frame in strip.frames) == pytest.approx(strip.wide, abs=1)
    assert [bool(frame.href) for frame in strip.frames] == [True] * 3 + [False] * (len(video.shots) - 3)
    assert [box.role for box in strip.beats] == [line.role.value for line in video.lines]
    assert strip.opening == pytest.approx(3000 * scale, abs=0.1)
    assert len(strip.cuts) == len(video.shots) - 1
    assert all(box.x + box.wide <= strip.wide + 1 for box in (*strip.beats, *strip.lines))


def test_captions_that_stand_together_do_not_overlap_as_beats() -> None:
    lines = analysed("one").lines
    overlapping = [lines[0], *(line for line in lines[1:3]), lines[3]]
    spans = hit_strip.beats(
        [type(line)(line.start_ms // 2, line.end_ms, line.text, line.source, line.roles) for line in overlapping]
    )
    assert all(before[2] <= after[1] for before, after in pairwise(spans))


def test_the_ribbon_covers_the_whole(alice: Shop) -> None:
    boxes = hit_strip.ribbon(analysed("one"))
    assert sum(box.wide for box in boxes) == pytest.approx(100, abs=0.1)


def test_a_row_tells_what_is_known(alice: Shop) -> None:
    with translation.override("zh-hans"):
        shown = hits_shelf.shown(own_hit(alice.organization))
        assert [str(part) for part in shown.known] == ["厨房", "中文", "抖音", "自有"]
    assert (shown.seconds, shown.shots, shown.views, shown.picture, shown.silent) == (14.0, 0, None, "", False)


@pytest.mark.slow
def test_from_pixels_with_captions_read_by_ocr(desk: Client, tmp_path: Path) -> None:
    path = render(tmp_path / "p.mp4", planted(0).plan)
    send(desk, file("p.mp4", path.read_bytes()), lang="")
    tasks.analyse("any")
    hit = Hit.objects.get()
    page = text(desk.get(reverse("hit", args=[hit.public_id])))
    assert (hit.state, hit.lang, hit.told >= 4) == ("done", "zh", True)
    assert planted(0).lines[0] in page
