"""A manifest of hits to learn from: which files belong to which video, and what is known of all of them.

    lang: zh            # zh or en
    category: kitchen
    platform: douyin
    campaign: ""
    rights: our own videos
    metrics: results.csv     # a sheet with one or more rows for each video id, CSV or JSON
    videos:
      - analysis: a1.json    # what analyse_video --json wrote
      - id: b2
        transcript: b2.srt   # SRT, VTT or JSON; with duration_ms where the video goes on after its last line

Files are named relative to the manifest and must lie in its folder. What a video says of itself (lang, category ...) wins.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from templates_engine.analyse.textfile import read_text
from templates_engine.analyse.transcript import read_transcript
from templates_engine.analyse.words_alone import words_alone
from templates_engine.domain.analysis import VideoAnalysis
from templates_engine.domain.analysis_json import from_dict
from templates_engine.domain.documents import UNREADABLE, integer, items, mapping, text
from templates_engine.errors import LessonInvalid
from templates_engine.metrics_import import Metrics, read_metrics

MOST_VIDEOS = 2_000
FIELDS = {"lang", "category", "platform", "campaign", "rights", "metrics", "videos"}
VIDEO_FIELDS = {"id", "analysis", "transcript", "duration_ms", "lang", "category", "platform", "campaign"}


@dataclass(frozen=True)
class Lesson:
    videos: tuple[VideoAnalysis, ...]
    rights: str


def read_lesson(path: Path) -> Lesson:
    """Every video that the manifest names. Raises LessonInvalid, or the error of the file that can not be read."""
    try:
        manifest = mapping(yaml.safe_load(read_text(path, LessonInvalid)))  # JSON is YAML too
        _refuse_unknown(manifest, FIELDS, path.name)
        videos = items(manifest["videos"])
        if len(videos) > MOST_VIDEOS:
            raise LessonInvalid(f"{path.name} names {len(videos)} videos: at most {MOST_VIDEOS} at a time")
        metrics = read_metrics(_inside(path, text(manifest["metrics"]))) if manifest.get("metrics") else {}
        found = tuple(_video(path, manifest, mapping(video), metrics) for video in videos)
        return Lesson(found, text(manifest.get("rights", "stated by the user")))
    except (yaml.YAMLError, *UNREADABLE) as error:
        raise LessonInvalid(f"{path.name}: {type(error).__name__} at {error}") from error


def _video(path: Path, manifest: Mapping[str, object], video: Mapping[str, object], metrics: Metrics) -> VideoAnalysis:
    _refuse_unknown(video, VIDEO_FIELDS, f"{path.name}, {video.get('id', 'a video')}")
    if ("analysis" in video) == ("transcript" in video):
        raise LessonInvalid(f"{path.name}: each video names either an analysis or a transcript file")
    own = video.get("analysis")
    found = _from_transcript(path, manifest, video) if own is None else _analysis(_inside(path, text(own)))

    def known(name: str, own: str) -> str:
        return text(video.get(name, "")) or own or text(manifest.get(name, ""))

    return replace(
        found,
        category=known("category", found.category),
        platform=known("platform", found.platform),
        campaign=known("campaign", found.campaign),
        metrics=(*found.metrics, *metrics.get(found.video_id, ())),
    )


def _from_transcript(path: Path, manifest: Mapping[str, object], video: Mapping[str, object]) -> VideoAnalysis:
    lines = read_transcript(_inside(path, text(video["transcript"])))
    return words_alone(
        text(video.get("id", "")) or Path(text(video["transcript"])).stem,
        lines,
        lang=text(video.get("lang", "")) or text(manifest.get("lang", "")),
        duration_ms=integer(video.get("duration_ms", 0)),
    )


def _analysis(path: Path) -> VideoAnalysis:
    try:
        return from_dict(mapping(json.loads(read_text(path, LessonInvalid))))
    except (TypeError, json.JSONDecodeError) as error:
        raise LessonInvalid(f"{path.name} is no analysis: write it with analyse_video --json ({error})") from error


def _inside(manifest: Path, name: str) -> Path:
    """The file of that name beside the manifest; never one elsewhere, whatever links or dots it goes through."""
    folder = manifest.resolve().parent
    found = (folder / name).resolve()
    if not found.is_relative_to(folder):
        raise LessonInvalid(f"{manifest.name}: {name!r} lies outside the manifest's folder; put a copy of it inside")
    return found


def _refuse_unknown(document: Mapping[str, object], known: set[str], where: str) -> None:
    unknown = sorted(str(name) for name in document if name not in known)
    if unknown:
        raise LessonInvalid(f"{where}: {', '.join(unknown)} is not known here; known are {', '.join(sorted(known))}")
