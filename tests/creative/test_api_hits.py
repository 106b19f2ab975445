"""/api/v1/hits: the same verbs as the pages, for programs."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from templates_engine import tasks
from templates_engine.analyse import at_hand
from templates_engine.models import AnalysedVideo, Hit, TemplateVersion
from tests.creative.api import Program
from tests.creative.brought import own_hits, seen_hit, srt
from tests.creative.shops import Shop
from tests.templates_engine.footage_maker import Plan, Scene, render

SAID = {"rights": "own", "lang": "zh", "category": "厨房", "platform": "抖音"}


@pytest.fixture
def program(alice: Shop) -> Program:
    return Program(alice)


def file(name: str, content: bytes | str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def kept(settings: Any) -> list[Path]:
    return [path for path in (Path(settings.MEDIA_ROOT) / "hits").rglob("*") if path.is_file()]


@pytest.mark.slow
def test_a_video_is_brought_measured_read_and_deleted(
    program: Program, settings: Any, tmp_path: Path, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(at_hand, "_reader", lambda: None)
    film = render(tmp_path / "f.mp4", Plan((Scene(0.8, 3), Scene(0.8, 21)), width=96, height=160)).read_bytes()
    sheet = "video_id,views,age_h,orders\ncup,12000,24,31\n"
    answer = program.upload("hits", [file("cup.mp4", film), file("cup.srt", srt(1)), file("r.csv", sheet)], **SAID)
    assert answer.status_code == 201
    body = answer.json()
    assert [len(body[part]) for part in ("accepted", "measured", "refused")] == [1, 1, 0]
    hit = body["accepted"][0]
    assert (hit["name"], hit["state"], hit["platform"], hit["error"]) == ("cup", "pending", "douyin", None)
    assert program.get(f"hits/{hit['id']}").json()["analysis"] is None
    tasks.analyse(hit["id"])
    found = program.get(f"hits/{hit['id']}").json()
    assert (found["state"], found["percent"], len(found["picture_urls"])) == ("done", 100, 2)
    assert [len(found["analysis"][part]) for part in ("shots", "lines", "metrics")] == [2, 1, 1]
    picture = program.get(found["picture_urls"][0])
    assert (picture["Content-Type"], b"".join(picture.streaming_content)[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    picture.close()
    with django_capture_on_commit_callbacks(execute=True):
        assert program.delete(f"hits/{hit['id']}").status_code == 204
    assert (Hit.objects.count(), AnalysedVideo.objects.count(), kept(settings)) == (0, 0, [])


def test_words_alone_are_done_at_once_and_listed_by_what_is_known(program: Program, alice: Shop) -> None:
    own_hits(alice.organization, 3)
    own_hits(alice.organization, 1, category="美妆", first=9)
    listed = program.get("hits").json()
    assert [hit["name"] for hit in listed["results"]] == ["s9", "s2", "s1", "s0"]
    assert [hit["name"] for hit in program.get("hits", category="美妆", state="done").json()["results"]] == ["s9"]
    assert program.get("hits", state="failed").json()["results"] == []


def test_a_sheet_alone_adds_numbers(program: Program, alice: Shop) -> None:
    own_hits(alice.organization, 1)
    answer = program.upload("hits", [file("r.csv", "video_id,views,age_h\ns0.mp4,700,72\n")], **SAID)
    assert (answer.status_code, [hit["name"] for hit in answer.json()["measured"]]) == (200, ["s0"])


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("hls.mp4", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "not_a_video"),
        ("bad.srt", "nothing timed", "transcript_invalid"),
        ("bad.csv", "播放量,age_h\n很多,24\n", "metrics_invalid"),
        ("run.exe", "MZ", "not_supported"),
    ],
)
def test_a_bad_file_is_a_problem_document_and_nothing_is_kept(
    program: Program, settings: Any, name: str, content: str, code: str
) -> None:
    answer = program.upload("hits", [file(name, content)], **SAID)
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_refused")
    (refused,) = answer.json()["refused"]
    assert (refused["name"], refused["code"]) == (name, code)
    assert refused["detail"]
    assert refused["detail_zh"]
    assert (Hit.objects.count(), kept(settings)) == (0, [])


@pytest.mark.parametrize(("field", "value"), [("rights", ""), ("rights", "x"), ("lang", "fr"), ("category", "c" * 41)])
def test_what_is_said_is_checked_before_anything_is_kept(program: Program, field: str, value: str) -> None:
    answer = program.upload("hits", [file("a.srt", srt(1))], **{**SAID, field: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "brief_refused")
    assert Hit.objects.count() == 0


def test_without_a_file_it_says_which_field(program: Program) -> None:
    for answer in (program.upload("hits", [], **SAID), program.post("hits", SAID)):
        assert answer.status_code == 422
        assert "'files'" in answer.json()["detail"]


def test_eight_teach_a_template_and_the_same_eight_the_same(program: Program, alice: Shop) -> None:
    ids = [hit.public_id for hit in own_hits(alice.organization, 8)]
    first, again = (program.post("hits/learn", {"hits": ids}).json() for _ in range(2))
    version = TemplateVersion.objects.get(organization=alice.organization)
    assert [template["id"] for template in first["templates"]] == [version.template_id]
    assert (first["used"], first["notes"], again) == (8, [], first)
    assert program.get(f"templates/{version.template_id}").status_code == 200


def test_too_few_are_told_what_each_group_lacks(program: Program, alice: Shop) -> None:
    ids = [hit.public_id for hit in own_hits(alice.organization, 3)]
    answer = program.post("hits/learn", {"hits": ids})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_few_videos")
    assert "还差 5 条" in answer.json()["missing"][0]["zh"]
    assert not TemplateVersion.objects.filter(organization=alice.organization).exists()


@pytest.mark.parametrize("body", [{}, {"hits": []}, {"hits": "all"}])
def test_learning_wants_a_list(program: Program, body: object) -> None:
    assert program.post("hits/learn", body).status_code == 400


def test_a_stranger_finds_nothing_and_changes_nothing(alice: Shop, charlie: Shop) -> None:
    hit, stranger = seen_hit(alice.organization), Program(charlie)
    before = list(Hit.objects.values())
    assert stranger.get("hits").json()["results"] == []
    assert stranger.get(f"hits/{hit.public_id}").status_code == 404
    assert stranger.delete(f"hits/{hit.public_id}").status_code == 404
    assert stranger.post("hits/learn", {"hits": [hit.public_id]}).status_code == 404
    assert stranger.get(f"/media/hit/{hit.public_id}/0.jpg").status_code == 404
    assert list(Hit.objects.values()) == before
