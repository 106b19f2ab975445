"""Hits: brought with words and numbers, measured by a worker, refused with a reason, and nothing kept of what was refused."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kombu.exceptions import OperationalError

from billing.models import Organization
from generation.ffmpeg import run
from templates_engine import hit_files, hit_intake, hit_queue, hit_uploads, hit_work, hits, refusals, tasks
from templates_engine.analyse import at_hand
from templates_engine.domain.beats import Role
from templates_engine.errors import CorrectionInvalid, TooFewVideos
from templates_engine.hit_intake import About
from templates_engine.models import AnalysedVideo, Hit, RoleCorrection, TemplateVersion
from tests.templates_engine.footage_maker import Plan, Scene, render

pytestmark = pytest.mark.django_db

OWN = About("own", "zh", "厨房", "抖音")
SRT = "1\n00:00:00,100 --> 00:00:00,700\n水杯漏水怎么办？\n\n2\n00:00:00,800 --> 00:00:01,500\n点击下方链接购买\n"
LINES = (
    "你还在为{0}发愁吗？",
    "每次{0}都弄得一团糟，真的很烦",
    "直到我换了这一款",
    "它的{1}特别省心",
    "用了三个月还跟新的一样",
    "现在下单立减二十元",
    "点击左下角链接带走它",
)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two shots of 0.8 s, small."""
    plan = Plan((Scene(0.8, 3), Scene(0.8, 21)), width=96, height=160)
    return render(tmp_path_factory.mktemp("film") / "film.mp4", plan).read_bytes()


@pytest.fixture
def shop(db: None) -> Organization:
    return Organization.objects.create(name="Alice")


@pytest.fixture(autouse=True)
def no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Captions are read in the tests of captions; here that would only take time."""
    monkeypatch.setattr(at_hand, "_reader", lambda: None)


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    rung: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: rung.append((name, args)))
    return rung


def upload(name: str, content: bytes | str) -> hit_uploads.Upload:
    return name, io.BytesIO(content.encode() if isinstance(content, str) else content)


def kept_files(settings: Any) -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def srt(number: int) -> str:
    words = [line.format(f"第{number}件小事", f"设计{number}") for line in LINES]
    clock = [f"00:00:{2 * place:02},000" for place in range(len(words) + 1)]
    return "\n".join(f"{n}\n{clock[n]} --> {clock[n + 1]}\n{word}\n" for n, word in enumerate(words))


def scripts(shop: Organization, count: int, about: About = OWN, first: int = 0) -> list[Hit]:
    files = [upload(f"s{number}.srt", srt(number)) for number in range(first, first + count)]
    return list(hit_intake.take(shop, files, about).taken)


# --- the way of a good hit ------------------------------------------------------------------------------------------


def test_a_video_with_words_and_numbers_is_measured_and_the_video_goes(
    shop: Organization, film: bytes, settings: Any, bells: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    sheet = "视频ID,播放量,发布后小时,完播率\ncup.mp4,1.2万,24,31%\n"
    with django_capture_on_commit_callbacks(execute=True):
        report = hit_intake.take(
            shop, [upload("cup.mp4", film), upload("cup.zh.srt", SRT), upload("r.csv", sheet)], OWN
        )
    (hit,) = report.taken
    assert (report.refused, [row.pk for row in report.measured]) == ((), [hit.pk])
    assert bells == [("templates_engine.tasks.analyse", [hit.public_id])]
    assert kept_files(settings) == [f"hits/{shop.pk}/{hit.public_id}/video.mp4"]
    tasks.analyse(hit.public_id)
    hit.refresh_from_db()
    assert (hit.state, hit.percent, hit.video, hit.pictures, hit.lang) == ("done", 100, "", 2, "zh")
    assert kept_files(settings) == [f"hits/{shop.pk}/{hit.public_id}/{name}.jpg" for name in ("000", "001")]
    with default_storage.open(hit_files.picture_name(hit, 1)) as picture:
        assert picture.read(3) == b"\xff\xd8\xff"
    found = hits.analysis_of(hit)
    assert found is not None
    assert (found.video_id, found.category, found.platform) == ("cup", "厨房", "抖音")
    assert [shot.start_ms for shot in found.shots] == pytest.approx([0, 800], abs=80)
    assert [(line.text, line.role) for line in found.lines] == [
        ("水杯漏水怎么办？", found.lines[0].role),
        ("点击下方链接购买", Role.CTA),
    ]
    assert all(sum(share for _, share in line.roles) == pytest.approx(1) for line in found.lines)
    assert [(seen.views, seen.age_h, seen.completion) for seen in found.metrics] == [(12_000, 24, 0.31)]


def test_words_alone_are_measured_at_once(shop: Organization, settings: Any, bells: list[Any]) -> None:
    (hit,) = scripts(shop, 1)
    assert (hit.state, hit.told > 0, hit.pictures, bells) == ("done", True, 0, [])
    found = hits.analysis_of(hit)
    assert found is not None
    assert (found.shots, len(found.lines), found.duration_ms) == ((), 7, 14_000)
    assert kept_files(settings) == []


def test_a_later_sheet_adds_ages_and_corrects_them(shop: Organization) -> None:
    (hit,) = scripts(shop, 1)
    for views, age in ((100, 24), (900, 72), (120, 24)):
        sheet = f"video_id,views,age_h\ns0,{views},{age}\n"
        assert len(hit_intake.take(shop, [upload("r.csv", sheet)], OWN).measured) == 1
    hit = hits.find(shop, hit.public_id) or hit
    found = hits.analysis_of(hit)
    assert found is not None
    assert [(seen.age_h, seen.views) for seen in found.metrics] == [(24, 120), (72, 900)]


def test_a_sheet_without_names_is_for_the_one_hit_beside_it(shop: Organization) -> None:
    sheet = "播放量,发布后小时\n500,24\n"
    report = hit_intake.take(shop, [upload("one.srt", srt(1)), upload("r.csv", sheet)], OWN)
    assert [[entry["views"] for entry in hit.metrics] for hit in report.measured] == [[500]]
    alone = hit_intake.take(shop, [upload("r.csv", sheet)], OWN)
    assert [(one.code, "视频ID" in one.zh) for one in alone.refused] == [("no_ids", True)]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("cup.mp4", "cup"),
        ("C:\\hits\\cup.MOV", "cup"),
        ("../../etc/cup.webm", "cup"),
        ("cup.zh.srt", "cup"),
        ("cup.en-US.vtt", "cup"),
        ("cup.v2.mp4", "cup.v2"),
        ("a\nb.mp4", "a b"),
        ("", "unnamed"),
    ],
)
def test_what_a_hit_is_called(given: str, name: str) -> None:
    assert hit_uploads.stem(given) == name


def test_a_transcript_finds_its_video_whatever_comes_first(shop: Organization, film: bytes) -> None:
    files = [upload("a.zh.srt", SRT), upload("b.en.srt", SRT), upload("a.zh.mp4", film), upload("b.mp4", film + b"0")]
    assert hit_intake.take(shop, files, OWN).refused == ()
    assert [(hit.video_id, len(hit.lines)) for hit in Hit.objects.order_by("id")] == [("a.zh", 2), ("b", 2)]


def test_two_files_of_one_name_are_told(shop: Organization) -> None:
    files = [upload("a.srt", srt(1)), upload("a.vtt", srt(2))]
    assert [(one.name, one.code) for one in hit_intake.take(shop, files, OWN).refused] == [("a.vtt", "twice")]


@pytest.mark.slow
def test_webm_and_mov_are_measured_too(shop: Organization, film: bytes, tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(film)
    for name, codec in (("a.mov", "copy"), ("b.webm", "libvpx")):
        run(["-i", source, "-c:v", codec, tmp_path / name], seconds=60)
    files = [upload(name, (tmp_path / name).read_bytes()) for name in ("a.mov", "b.webm")]
    assert hit_intake.take(shop, files, OWN).refused == ()
    tasks.analyse("any")
    assert [(hit.state, hit.error_en, hit.pictures) for hit in Hit.objects.order_by("id")] == [("done", "", 2)] * 2


# --- what is refused, and that nothing stays of it ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "code", "zh"),
    [
        ("hls.mp4", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "not_a_video", "内容不是 MP4、MOV 或 WebM 视频"),
        ("concat.mov", "ffconcat version 1.0\nfile /etc/passwd\n", "not_a_video", "内容不是"),
        ("empty.webm", "", "empty", "文件是空的"),
        ("notes.txt", "hello", "not_supported", "认不出这种文件"),
        ("bad.srt", "1\n00:00:05,000 --> 00:00:01,000\nx\n", "transcript_invalid", "第 2 行的结束时间早于开始时间"),
        ("bad.vtt", "nothing timed", "transcript_invalid", "里面没有带时间的台词"),
        ("bad.json", '{"segments": [{"text": "x"}]}', "transcript_invalid", "第 1 条的 start 应该是数字"),
        ("bad.csv", "播放量,age_h\n很多,24\n", "metrics_invalid", "很多"),
        ("other.csv", "video_id,views,age_h\nnobody,5,24\n", "unknown_ids", "表格里的视频（nobody）都不在这里"),
    ],
)
def test_a_bad_file_is_refused_and_leaves_nothing(
    shop: Organization, settings: Any, name: str, content: str, code: str, zh: str
) -> None:
    report = hit_intake.take(shop, [upload(name, content)], OWN)
    assert [(one.name, one.code) for one in report.refused] == [(name, code)]
    assert zh in report.refused[0].zh
    assert report.refused[0].en.isascii() or code == "metrics_invalid"
    assert (report.taken, Hit.objects.count(), AnalysedVideo.objects.count(), kept_files(settings)) == ((), 0, 0, [])


def test_a_broken_transcript_costs_its_video_and_no_other(shop: Organization, film: bytes, settings: Any) -> None:
    files = [upload("a.mp4", film), upload("a.srt", "broken"), upload("b.srt", srt(2))]
    report = hit_intake.take(shop, files, OWN)
    assert ([hit.video_id for hit in report.taken], [one.name for one in report.refused]) == (["b"], ["a.srt"])
    assert kept_files(settings) == []


def empty_film(path: Path) -> bytes:
    run(["-f", "lavfi", "-i", "color=size=64x64:rate=25", "-frames:v", "0", "-f", "mp4", path], seconds=20)
    return path.read_bytes()


def long_film(path: Path) -> bytes:
    run(["-f", "lavfi", "-i", "color=size=32x32:rate=1/120:duration=14400", path], seconds=20)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("make", "zh"),
    [
        (empty_film, "文件"),
        (long_film, "视频超过 10 分钟：请剪到只剩广告本身再上传。"),
        (lambda path: b"\0\0\0\x18ftypmp42" + b"\0" * 400, "文件读不了：已损坏，或者不是真正的视频。请重新导出 MP4。"),
    ],
)
def test_a_video_that_cannot_be_measured_says_why_and_goes(
    shop: Organization, settings: Any, tmp_path: Path, make: Callable[[Path], bytes], zh: str
) -> None:
    content = make(tmp_path / "made.mp4")
    (hit,) = hit_intake.take(shop, [upload("x.mp4", content), upload("x.srt", SRT)], OWN).taken
    tasks.analyse(hit.public_id)
    hit.refresh_from_db()
    assert (hit.state, hit.error_code) == ("failed", "video_refused")
    assert zh in hit.error_zh
    assert "video.mp4" in hit.error_en
    assert (hit.video, hit.lines, kept_files(settings), AnalysedVideo.objects.count()) == ("", [], [], 0)


def test_a_failed_hit_gives_way_to_the_same_name(shop: Organization, film: bytes, settings: Any) -> None:
    (bad,) = hit_intake.take(shop, [upload("x.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 400)], OWN).taken
    tasks.analyse(bad.public_id)
    (good,) = hit_intake.take(shop, [upload("x.mp4", film)], OWN).taken
    assert list(Hit.objects.values_list("public_id", flat=True)) == [good.public_id]


def test_the_same_name_or_content_is_kept_once(shop: Organization, film: bytes, settings: Any) -> None:
    hit_intake.take(shop, [upload("a.mp4", film), upload("w.srt", srt(1))], OWN)
    before = list(Hit.objects.values()), kept_files(settings)
    report = hit_intake.take(shop, [upload("a.mov", film + b"\0"), upload("b.mp4", film), upload("v.srt", srt(1))], OWN)
    assert [one.code for one in report.refused] == ["name_taken", "duplicate", "duplicate"]
    assert (list(Hit.objects.values()), kept_files(settings)) == before
    other = Organization.objects.create(name="Charlie")
    assert len(hit_intake.take(other, [upload("a.mp4", film)], OWN).taken) == 1


def test_limits_of_size_count_and_queue(shop: Organization, film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [upload(f"{number}.srt", srt(number)) for number in range(61)]
    assert [one.code for one in hit_intake.take(shop, many, OWN).refused] == ["too_many"]
    monkeypatch.setattr(hit_intake, "MOST_BYTES", len(film) - 1)
    assert [one.code for one in hit_intake.take(shop, [upload("a.mp4", film)], OWN).refused] == ["too_heavy"]
    monkeypatch.setattr(hit_intake, "MOST_BYTES", len(film))
    monkeypatch.setattr(hit_intake, "MOST_WAITING", 1)
    report = hit_intake.take(shop, [upload("a.mp4", film), upload("b.mp4", film + b"\0")], OWN)
    assert ([hit.video_id for hit in report.taken], [one.code for one in report.refused]) == (["a"], ["too_heavy"])
    report = hit_intake.take(shop, [upload("c.srt", srt(3))], OWN)
    assert [one.code for one in report.refused] == ["too_many"]
    assert [hit.video_id for hit in Hit.objects.all()] == ["a"]


def test_without_the_detectors_words_alone_still_work(
    shop: Organization, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_hand, "find_spec", lambda name: None)
    assert at_hand.SHOTS in at_hand.missing()
    report = hit_intake.take(shop, [upload("a.mp4", film), upload("b.srt", srt(1))], OWN)
    assert [(one.code, "hitsmith[learn]" in one.zh) for one in report.refused] == [("tool_missing", True)]
    assert [(hit.video_id, hit.state) for hit in report.taken] == [("b", "done")]


# --- the row is the queue -------------------------------------------------------------------------------------------


def waiting(shop: Organization, film: bytes, name: str = "a") -> Hit:
    return hit_intake.take(shop, [upload(f"{name}.mp4", film + name.encode())], OWN).taken[0]


def test_a_broker_that_is_down_loses_nothing(
    shop: Organization,
    film: bytes,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
    caplog: Any,
) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(current_app, "send_task", down)
    with django_capture_on_commit_callbacks(execute=True):
        hit = waiting(shop, film)
    assert "was not heard" in caplog.text
    out = io.StringIO()
    call_command("analyse_hits", stdout=out)
    hit.refresh_from_db()
    assert (hit.state, out.getvalue().strip()) == ("done", "a: 已分析 Measured")


def test_the_look_rings_for_what_waits(
    shop: Organization, film: bytes, bells: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    hit = waiting(shop, film)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.look()
    assert bells == [("templates_engine.tasks.analyse", [hit.public_id])]


def test_a_hit_is_claimed_once_and_tenants_take_turns(shop: Organization, film: bytes) -> None:
    first, second = waiting(shop, film, "a"), waiting(shop, film, "b")
    other = waiting(Organization.objects.create(name="Charlie"), film, "c")
    taken = [hit_queue.claim("w") for _ in range(4)]
    assert [hit.pk if hit else None for hit in taken] == [first.pk, other.pk, second.pk, None]
    assert hit_queue.take(first.pk, "w2") is None


def test_a_silent_worker_loses_its_hit_and_after_three_it_fails(shop: Organization, film: bytes, settings: Any) -> None:
    hit, now = waiting(shop, film), timezone.now()
    for attempt in (1, 2, 3):
        claimed = hit_queue.take(hit.pk, f"w{attempt}")
        assert claimed is not None
        assert hit_queue.beat(claimed, 10, "picture")
        Hit.objects.update(beat_at=now - timedelta(hours=1))
        hit_work.reap(now)
        assert not hit_queue.beat(claimed, 20, "picture")
    hit.refresh_from_db()
    assert (hit.state, hit.error_code, hit.attempts) == ("failed", "trouble", 3)
    hit_work.reap(now)
    assert kept_files(settings) == []


def test_trouble_of_the_machine_is_tried_again_later(
    shop: Organization, film: bytes, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    hit = waiting(shop, film)

    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(hit_work, "analyse", full)
    tasks.analyse(hit.public_id)
    hit.refresh_from_db()
    assert (hit.state, hit.attempts, hit.due_at > timezone.now(), bool(hit.video)) == ("pending", 1, True, True)
    assert "disk full" in caplog.text


def test_deleted_while_it_is_measured_nothing_stays(
    shop: Organization,
    film: bytes,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    hit = waiting(shop, film)
    real = hit_work.analyse

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        with django_capture_on_commit_callbacks(execute=True):
            hits.delete(hit)
        return found

    monkeypatch.setattr(hit_work, "analyse", meanwhile)
    tasks.analyse(hit.public_id)
    assert (Hit.objects.count(), AnalysedVideo.objects.count(), kept_files(settings)) == (0, 0, [])


def test_a_deleted_hit_stops_its_worker(shop: Organization, film: bytes) -> None:
    hit = hit_queue.take(waiting(shop, film).pk, "w")
    assert hit is not None
    Hit.objects.all().delete()
    hit_work.measure(hit)
    assert AnalysedVideo.objects.count() == 0


# --- learning, correcting, deleting ---------------------------------------------------------------------------------


def test_eight_alike_teach_a_private_template(shop: Organization) -> None:
    chosen = scripts(shop, 8)
    assert [(group.lang, group.category, group.count, group.missing) for group in hits.groups(shop)] == [
        ("zh", "厨房", 8, 0)
    ]
    lesson = hits.learn(shop, chosen)
    (version,) = lesson.versions
    assert (lesson.used, version.organization, version.template().lang) == (8, shop, "zh")
    assert version.template().provenance.source == "own"
    assert version.template().provenance.rights == "our own videos"
    again = hits.learn(shop, chosen)
    assert [row.pk for row in again.versions] == [version.pk]


def test_too_few_are_told_what_is_missing_by_group(shop: Organization) -> None:
    chosen = scripts(shop, 5) + scripts(shop, 2, About("reference", "zh", "美妆"), first=20)
    assert [group.missing for group in hits.groups(shop)] == [3, 6]
    with pytest.raises(TooFewVideos) as caught:
        hits.learn(shop, chosen)
    assert [words.zh.split("（")[0] for words in caught.value.missing] == [
        "厨房, zh：有 5 条视频，还差 3 条",
        "美妆, zh：有 2 条视频，还差 6 条",
    ]
    assert TemplateVersion.objects.filter(organization=shop).count() == 0


def test_public_references_are_named_as_such(shop: Organization) -> None:
    lesson = hits.learn(shop, scripts(shop, 8, About("reference", "zh", "厨房")))
    assert lesson.versions[0].template().provenance.source == "imported"


def test_a_corrected_line_is_read_so_from_then_on(shop: Organization) -> None:
    (hit,) = scripts(shop, 1)
    hit = hits.find(shop, hit.public_id) or hit
    before = hits.analysis_of(hit)
    assert before is not None
    row = hits.correct(hit, 4, "demo", by="alice")
    after = hits.analysis_of(hit)
    assert after is not None
    assert after.lines[4].roles == ((Role.DEMO, 1.0),)
    assert [line.roles for place, line in enumerate(after.lines) if place != 4] == [
        line.roles for place, line in enumerate(before.lines) if place != 4
    ]
    assert (row.said_roles[0], row.position, row.count, row.created_by) == (before.lines[4].role.value, 4, 7, "alice")


@pytest.mark.parametrize(("index", "role"), [(7, "hook"), (0, "villain")])
def test_a_correction_of_nothing_is_refused(shop: Organization, index: int, role: str) -> None:
    (hit,) = scripts(shop, 1)
    with pytest.raises(CorrectionInvalid):
        hits.correct(hits.find(shop, hit.public_id) or hit, index, role)
    assert RoleCorrection.objects.count() == 0


def test_deleting_takes_everything_but_what_was_learned(
    shop: Organization, film: bytes, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    lesson = hits.learn(shop, scripts(shop, 8))
    hit = waiting(shop, film)
    tasks.analyse(hit.public_id)
    hit.refresh_from_db()
    assert len(kept_files(settings)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        hits.delete(hit)
    assert kept_files(settings) == []
    assert not (Path(settings.MEDIA_ROOT) / hit_files.folder(hit)).exists()
    assert (Hit.objects.count(), AnalysedVideo.objects.count()) == (8, 8)
    assert TemplateVersion.objects.filter(pk=lesson.versions[0].pk).exists()


def test_what_is_another_tenants_is_not_found(shop: Organization) -> None:
    (hit,) = scripts(shop, 1)
    assert hits.find(Organization.objects.create(name="Charlie"), hit.public_id) is None


# --- in Chinese, too ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.srt", "1\n00:00:01,000 --> then\nx\n"),
        ("a.srt", "\0\0"),
        ("a.json", "{"),
        ("a.json", '{"words": 1}'),
        ("a.json", '[{"start": 1}]'),
        ("a.json", '[{"text": "x", "start": 2, "end": 1}]'),
        ("a.json", json.dumps([{"text": "x", "start": 0, "end": 1}] * 20_001)),
        ("a.csv", "点赞,age_h\n1,2\n"),
        ("a.csv", "播放量,age_h\n"),
        ("a.csv", "播放量\n12\n"),
        ("a.csv", "播放量,播放数,age_h\n1,1,2\n"),
        ("a.csv", "播放量,age_h,完播率\n1,2,45\n"),
        ("a.csv", "播放量,age_h,消耗\n1,2,很多\n"),
        ("a.csv", "播放量,age_h\n-5,2\n"),
        ("a.csv", "播放量,age_h\n5,2\n6,2\n"),
    ],
)
def test_every_refusal_has_its_own_chinese(shop: Organization, name: str, content: str) -> None:
    (one,) = hit_intake.take(shop, [upload(name, content)], OWN).refused
    assert one.zh not in (*refusals._BY_CODE.values(), refusals._OTHERWISE)
    assert "upload." not in one.zh + one.en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in one.zh)


@given(st.binary(max_size=400), st.sampled_from([".srt", ".vtt", ".json", ".csv", ".mp4", ".exe", ""]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_is_kept_or_refused(shop: Organization, content: bytes, ending: str) -> None:
    """Never an error, and never a row without its report."""
    report = hit_intake.take(shop, [upload(f"x{ending}", content)], OWN)
    assert len(report.taken) + len(report.refused) == 1
    assert [hit.pk for hit in report.taken] == list(Hit.objects.values_list("pk", flat=True))
    Hit.objects.all().delete()
