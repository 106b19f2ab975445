"""Hits coming in: videos, transcripts and a sheet of results, each file on its own, so that a bad one costs no other.

A video and a transcript of one name belong together (``cup.mp4`` with ``cup.srt`` or ``cup.zh.srt``); a transcript may come
alone. A sheet names videos by that name and may come later, again and again: the newer numbers of an age count.
"""

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import IO, TypeVar

from templates_engine.analyse.transcript import read_transcript
from templates_engine.domain.analysis import Observation, TimedLine
from templates_engine.errors import TemplatesError
from templates_engine.metrics_import import Metrics, read_metrics
from templates_engine.refusals import Refusal, chinese

VIDEOS = (".mp4", ".m4v", ".mov", ".webm")
WORDS = (".srt", ".vtt", ".json")
SHEETS = (".csv", ".tsv")
MOST_FILES = 60  # of one upload
MOST_TEXT = 8 << 20  # bytes of a transcript or sheet
LONGEST_NAME = 120
_LANGUAGE = re.compile(r"\.(zh|en|chs|cht|eng|zh-cn|zh-hans|zh-tw|en-us|en-gb)$", re.IGNORECASE)
_DOUBTFUL = re.compile(r"[\x00-\x1f\x7f/\\]+")

Upload = tuple[str, IO[bytes]]  # the name that it was given, the open file
Read = TypeVar("Read")


@dataclass
class Bundle:
    """The files of one name."""

    name: str
    video: Upload | None = None
    words: Upload | None = None

    @property
    def shown(self) -> str:
        given = self.video or self.words
        return shown_name(given[0]) if given else self.name


@dataclass
class Sorted:
    """An upload by what each file is; ``refused`` are those that are nothing of it."""

    bundles: list[Bundle] = field(default_factory=list)
    sheets: list[Upload] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def sort(files: Sequence[Upload]) -> Sorted:
    """What came, put together by name. Too many at once are refused all together."""
    if len(files) > MOST_FILES:
        zh, en = (
            f"一次最多上传 {MOST_FILES} 个文件：请分几次。",
            f"at most {MOST_FILES} files at a time: send them in parts",
        )
        return Sorted(refused=[Refusal(f"{len(files)}", "too_many", zh, en)])
    found: dict[str, Bundle] = {}
    result = Sorted()
    for upload in sorted(
        files, key=lambda upload: _suffix(upload[0]) not in VIDEOS
    ):  # a transcript looks for its video
        suffix = _suffix(upload[0])
        if suffix in SHEETS:
            result.sheets.append(upload)
        elif suffix in VIDEOS or suffix in WORDS:
            name = _bare(upload[0]) if _bare(upload[0]) in found else stem(upload[0])
            bundle = found.setdefault(name, Bundle(name))
            part = "video" if suffix in VIDEOS else "words"
            if getattr(bundle, part) is None:
                setattr(bundle, part, upload)
            else:
                result.refused.append(_twice(upload[0]))
        else:
            result.refused.append(_unknown(upload[0]))
    result.bundles = list(found.values())
    return result


def shown_name(given: str) -> str:
    """The last part of an untrusted file name, in one line."""
    last = PurePath(given.replace("\\", "/")).name
    return " ".join(_DOUBTFUL.sub(" ", last).split())[-200:] or "unnamed"


def stem(given: str) -> str:
    """What a hit is called: its file's name without the ending and without the language of a transcript."""
    bare = _bare(given)
    return (_LANGUAGE.sub("", bare) if _suffix(given) in WORDS else bare) or "unnamed"


def _bare(given: str) -> str:
    name, suffix = shown_name(given), _suffix(given)
    known = suffix in (*VIDEOS, *WORDS, *SHEETS)
    return (name[: -len(suffix)] if known else name).strip()[:LONGEST_NAME]


def _suffix(given: str) -> str:
    return PurePath(shown_name(given)).suffix.lower()


def lines_of(upload: Upload) -> tuple[TimedLine, ...]:
    """Raises TranscriptInvalid, naming the line of the file."""
    return _read(upload, read_transcript)


def metrics_of(upload: Upload) -> Metrics:
    """Snapshots by the names of hits, whether the sheet writes ``cup`` or ``cup.mp4``. Raises MetricsInvalid."""
    found: dict[str, tuple[Observation, ...]] = {}
    for name, seen in _read(upload, read_metrics).items():
        bare = stem(name) if _suffix(name) in VIDEOS else name
        found[bare] = merged(found.get(bare, ()), seen)
    return found


def merged(before: Sequence[Observation], new: Sequence[Observation]) -> tuple[Observation, ...]:
    """Snapshots by rising age: for the same platform and age the newer report counts."""
    kept = {(seen.platform, seen.age_h): seen for seen in (*before, *new)}
    return tuple(kept[key] for key in sorted(kept, key=lambda key: (key[1], key[0])))


def refused(given: str, error: TemplatesError) -> Refusal:
    """``error`` with the name that the file came with."""
    name, ours = shown_name(given), _place(given)
    return Refusal(name, error.code, chinese(error).replace(ours, name), error.detail.replace(ours, name))


def _read(upload: Upload, read: Callable[[Path], Read]) -> Read:
    given, file = upload
    file.seek(0)
    with tempfile.TemporaryDirectory(prefix="hitsmith-hit-") as place:
        path = Path(place) / _place(given)
        path.write_bytes(file.read(MOST_TEXT + 1))
        return read(path)


def _place(given: str) -> str:
    """A name of ours with their ending: what a stranger calls a file never becomes a path."""
    return f"upload{_suffix(given)}" if _suffix(given) in (*WORDS, *SHEETS) else "upload.txt"


def _twice(given: str) -> Refusal:
    zh = "同名的文件来了两份：请改名，或只留一份。"
    return Refusal(shown_name(given), "twice", zh, "two files have this name: rename one, or send only one")


def _unknown(given: str) -> Refusal:
    zh = "认不出这种文件：视频用 MP4、MOV、WebM，字幕用 SRT、VTT、JSON，数据表用 CSV。"
    en = "not a kind of file we take: MP4, MOV or WebM for video, SRT, VTT or JSON for words, CSV for results"
    return Refusal(shown_name(given), "not_supported", zh, en)
