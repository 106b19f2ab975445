"""Learning as verbs and as a command: stored, tagged, published as versions; refused where it can not be."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from billing.models import Organization
from templates_engine import learning, library
from templates_engine.domain.analysis_json import to_dict as analysis_to_dict
from templates_engine.domain.beats import Role
from templates_engine.domain.induce import TooFewVideos
from templates_engine.domain.template_json import from_dict
from templates_engine.domain.versions import order_of
from templates_engine.errors import LessonInvalid
from templates_engine.lesson import read_lesson
from templates_engine.models import AnalysedVideo, TemplateVersion
from tests.templates_engine.hits import CLASSIC, hit, hits

SRT = "1\n00:00:00,000 --> 00:00:02,000\n你家也这样吗\n\n2\n00:00:02,500 --> 00:00:05,000\n点下面链接\n"


@pytest.fixture
def alice() -> Organization:
    return Organization.objects.create(name="Alice's shop")


@pytest.fixture
def charlie() -> Organization:
    return Organization.objects.create(name="Charlie's shop")


def manifest(folder: Path, count: int = 8, **fields: object) -> Path:
    for video in hits(count):
        (folder / f"{video.video_id}.json").write_text(json.dumps(analysis_to_dict(video)), encoding="utf-8")
    names = sorted(path.name for path in folder.glob("*.json"))
    path = folder / "hits.yaml"
    path.write_text(yaml.safe_dump({"videos": [{"analysis": name} for name in names]} | fields), encoding="utf-8")
    return path


@pytest.mark.django_db
def test_an_analysis_is_kept_once_for_its_owner_alone(alice: Organization, charlie: Organization) -> None:
    learning.store(alice, hit("v1"))
    learning.store(alice, hit("v1", category="home"))
    assert [video.category for video in learning.stored(alice)] == ["home"]
    assert learning.stored(alice) == (hit("v1", category="home"),)
    assert learning.stored(charlie) == ()
    assert AnalysedVideo.objects.count() == 1


@pytest.mark.django_db
def test_learning_again_makes_the_next_private_version(alice: Organization, charlie: Organization) -> None:
    for video in hits(8):
        learning.store(alice, video)
    (first,) = learning.learn_stored(alice)
    learning.store(alice, hit("another"))
    (second,) = learning.learn_stored(alice)
    assert (first.version, second.version, first.family) == (1, 2, second.family)
    assert second.template().lineage.parent == first.template_id
    first.refresh_from_db()
    assert not first.active
    assert second.template_id in {template.id for template in library.visible(alice)}
    assert second.template_id not in {template.id for template in library.visible(charlie)}
    for video in hits(8):
        learning.store(charlie, video)
    (theirs,) = learning.learn_stored(charlie)
    assert theirs.family != first.family


@pytest.mark.django_db
def test_the_same_hits_learned_again_are_the_same_version(alice: Organization) -> None:
    for video in hits(8):
        learning.store(alice, video)
    (first,) = learning.learn_stored(alice)
    (again,) = learning.learn_stored(alice)
    assert again.pk == first.pk
    assert TemplateVersion.objects.filter(organization=alice).count() == 1


@pytest.mark.django_db
def test_too_few_stored_videos_publish_nothing(alice: Organization) -> None:
    for video in hits(7):
        learning.store(alice, video)
    with pytest.raises(TooFewVideos, match="1 more are needed"):
        learning.learn_stored(alice)
    assert not TemplateVersion.objects.exists()


@pytest.mark.django_db
def test_a_published_template_is_public_and_can_be_filled() -> None:
    (row,) = learning.publish(learning.learn(hits(9)))
    assert row.organization is None
    assert library.get(row.template_id, None).members[0].alignment_cost is not None


def test_lines_that_have_roles_keep_them() -> None:
    video = hit("v1")
    assert learning.tagged(video) == video


def test_the_command_writes_what_it_learned(tmp_path: Path) -> None:
    out = StringIO()
    call_command("learn_template", str(manifest(tmp_path)), "--out", str(tmp_path / "t.yaml"), stdout=out)
    template = from_dict(yaml.safe_load((tmp_path / "t.yaml").read_text(encoding="utf-8")))
    assert order_of(template) == CLASSIC
    assert out.getvalue().startswith("tpl_kitchen_douyin_zh_1_v1  厨房用品")
    assert "lent by a seed: patterns" in out.getvalue()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.django_db
def test_the_command_publishes() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        call_command("learn_template", str(manifest(Path(folder))), "--publish", stdout=StringIO())
    assert TemplateVersion.objects.get(family="tpl_kitchen_douyin_zh_1").template().lineage.videos == 8


def test_the_command_refuses_too_few_and_writes_nothing(tmp_path: Path) -> None:
    path = manifest(tmp_path, 6)
    with pytest.raises(CommandError, match="6 videos, 2 more are needed"):
        call_command("learn_template", str(path), "--out", str(tmp_path / "t.yaml"), stdout=StringIO())
    assert not (tmp_path / "t.yaml").exists()
    with pytest.raises(CommandError, match="--out FILE, --publish, or both"):
        call_command("learn_template", str(path), stdout=StringIO())


def test_transcripts_and_a_sheet_of_metrics_make_videos(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(SRT, encoding="utf-8")
    (tmp_path / "sheet.csv").write_text("video_id,age_h,views,orders\na,72,1000,3\n", encoding="utf-8")
    path = tmp_path / "m.yaml"
    document = {
        "lang": "zh",
        "category": "kitchen",
        "metrics": "sheet.csv",
        "rights": "ours",
        "videos": [{"transcript": "a.srt", "duration_ms": 9_000, "platform": "douyin"}],
    }
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    lesson = read_lesson(path)
    (video,) = lesson.videos
    assert (video.video_id, video.lang, video.category, video.platform) == ("a", "zh", "kitchen", "douyin")
    assert ([line.text for line in video.lines], video.duration_ms) == (["你家也这样吗", "点下面链接"], 9_000)
    assert (video.metrics[0].orders, lesson.rights) == (3, "ours")
    assert all(line.role is Role.OTHER for line in video.lines)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"videos": [{"analysis": "../secret.json"}]}, "outside the manifest's folder"),
        ({"videos": [{"analysis": "/etc/passwd"}]}, "outside the manifest's folder"),
        ({"videos": [{"analysis": "link.json"}]}, "outside the manifest's folder"),
        ({"videos": [], "metrics": "../m.csv"}, "outside the manifest's folder"),
        ({"videos": [{"analysis": "none.json"}]}, "no file none.json"),
        ({"videos": [{"analysis": "broken.json"}]}, "broken.json is no analysis"),
        ({"videos": [{}]}, "either an analysis or a transcript"),
        ({"videos": [{"analysis": "a", "transcript": "b"}]}, "either an analysis or a transcript"),
        ({"videos": [{"analysis": "a", "score": 9}]}, "score is not known here"),
        ({"hits": []}, "hits is not known here"),
        ({}, "KeyError at 'videos'"),
        ([], "which should be a mapping"),
    ],
)
def test_a_manifest_that_can_not_be_followed_says_why(tmp_path: Path, document: object, message: str) -> None:
    folder = tmp_path / "lesson"
    folder.mkdir()
    (tmp_path / "secret.json").write_text("{}", encoding="utf-8")
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    path = folder / "m.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(LessonInvalid, match=message):
        read_lesson(path)


def test_a_manifest_that_is_no_yaml(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("videos: [", encoding="utf-8")
    with pytest.raises(LessonInvalid, match=r"m\.yaml: ParserError"):
        read_lesson(path)


def test_what_a_video_says_of_itself_wins(tmp_path: Path) -> None:
    path = manifest(tmp_path, 1, category="pet", campaign="spring")
    (video,) = read_lesson(path).videos
    assert (video.category, video.campaign) == ("kitchen", "spring")
    assert replace(video, campaign="") == hits(1)[0]
