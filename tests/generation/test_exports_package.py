"""The archive for the editor: every file is there, is what the manifest says, and opens."""

import hashlib
import json
import wave
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest

from generation.domain.cut_order import ClipFile
from generation.errors import MediaMissing
from generation.exports import jianying
from generation.exports.package import HandOver, write_package
from generation.ffmpeg import probe
from tests.generation.footage import small_timeline

LICENCE = {"title": "warm, 104 bpm", "licence": "composed for this ad"}


@pytest.fixture(scope="module")
def unpacked(
    clips: Mapping[str, ClipFile], files: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("package")
    film = next(iter(clips.values())).path  # stands for the finished film
    write_package(HandOver(small_timeline(), clips, files, {"9:16": film, "1:1": film}, LICENCE), folder / "ad.zip")
    with zipfile.ZipFile(folder / "ad.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(folder / "ad")
    assert sorted(path.name for path in folder.iterdir()) == ["ad", "ad.zip"]
    return folder / "ad"


def manifest(unpacked: Path) -> dict[str, object]:
    return dict(json.loads((unpacked / "manifest.json").read_text(encoding="utf-8")))


@pytest.mark.slow
def test_the_manifest_names_every_file_with_its_hash(unpacked: Path) -> None:
    told = manifest(unpacked)
    entries = {entry["name"]: entry for entry in told["files"]}
    there = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert set(entries) | {"manifest.json"} == there
    for name, entry in entries.items():
        content = (unpacked / name).read_bytes()
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["bytes"] == len(content)
        assert entry["what"]
    assert told["music"] == LICENCE
    assert (told["fps"], told["frames"]) == (30, 165)
    shots = told["shots"]
    assert [(shot["id"], shot["start_frame"], shot["end_frame"]) for shot in shots] == [
        ("a", 0, 36),
        ("b", 36, 76),
        ("c", 76, 116),
        ("end", 116, 165),
    ]
    assert {f"captions/ad_{shape}.{kind}" for shape in ("9x16", "1x1") for kind in ("srt", "vtt", "ass")} <= there


@pytest.mark.slow
def test_stems_are_wav_files_as_long_as_the_picture(unpacked: Path) -> None:
    found = sorted(path.name for path in (unpacked / "stems").iterdir())
    assert found == ["effects.wav", "music.wav"]
    for name in found:
        with wave.open(str(unpacked / "stems" / name)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 3, 48_000)
            assert file.getnframes() == 165 * 1600
            raw = np.frombuffer(file.readframes(file.getnframes()), np.uint8)
        assert raw.any()


@pytest.mark.slow
def test_the_project_finds_its_clips_and_they_hold_their_handles(unpacked: Path) -> None:
    project = otio.adapters.read_from_file(str(unpacked / "ad.otio"))
    for clip in project.find_clips():
        path = unpacked / clip.media_reference.target_url
        assert path.exists()
        if path.suffix == ".mp4":
            end = clip.source_range.end_time_exclusive().to_frames()
            assert probe(path).frames >= end
    assert probe(unpacked / "clips/end.mp4").frames == 49 + 4  # drawn, with the handle of the dissolve into it


@pytest.mark.slow
def test_the_jianying_draft_lies_on_the_same_times_and_finds_its_files(unpacked: Path) -> None:
    assert jianying.is_available()
    draft = unpacked / "jianying" / "draft" / "draft_content.json"
    content = json.loads(draft.read_text(encoding="utf-8"))
    pictures = next(track for track in content["tracks"] if track["type"] == "video")
    spans = [segment["target_timerange"] for segment in pictures["segments"]]
    assert [(one["start"], one["duration"]) for one in spans] == [
        (0, 1_200_000),
        (1_200_000, 1_333_333),
        (2_533_333, 1_333_334),
        (3_866_667, 1_633_333),
    ]
    paths = [item["path"] for kind in ("videos", "audios") for item in content["materials"][kind]]
    assert len(paths) == 6
    for path in paths:
        assert path.startswith("HITSMITH_FOLDER/")
        assert (unpacked / path.removeprefix("HITSMITH_FOLDER/")).exists()
    script = (unpacked / "jianying" / "relocate.py").read_text(encoding="utf-8")
    exec(compile(script, str(unpacked / "jianying" / "relocate.py"), "exec"), {"__file__": unpacked / "jianying" / "x"})
    moved = json.loads(draft.read_text(encoding="utf-8"))["materials"]["videos"]
    assert all(Path(item["path"]).exists() for item in moved)


@pytest.mark.slow
def test_equal_ads_give_equal_archives_but_for_the_draft(
    clips: Mapping[str, ClipFile], files: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jianying, "is_available", lambda: False)
    given = HandOver(replace(small_timeline(), music=None), clips, files, {})
    write_package(given, tmp_path / "one.zip")
    write_package(given, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        told = json.loads(archive.read("manifest.json"))
    assert told["left_out"] == {"jianying": "no draft: the package pyJianYingDraft is not installed here"}
    assert told["music"] == {}


@pytest.mark.slow
def test_a_missing_clip_leaves_nothing_behind(
    clips: Mapping[str, ClipFile], files: Mapping[str, Path], tmp_path: Path
) -> None:
    fewer = {key: clip for key, clip in clips.items() if key[0] != "b"}
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(MediaMissing, match="shot 'b'"):
        write_package(HandOver(small_timeline(), fewer, files, {}), folder / "ad.zip")
    assert list(folder.iterdir()) == []
