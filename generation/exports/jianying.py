"""A draft for JianYing (剪映), as well as it goes and one way only: newer versions encrypt what they save.

Made by pyJianYingDraft (Apache-2.0), an optional package: ``pip install hitsmith[jianying]``. A draft names its media by
absolute paths of the editor's own computer, so a small program beside it writes them in once it has been unpacked there.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from generation.domain.timeline import OverlayKind, Timeline, TimelineShot, Transition
from generation.domain.timeline_media import starts
from generation.exports.media import HandOverMedia

if TYPE_CHECKING:
    from pyJianYingDraft import ScriptFile, Timerange

NAME = "draft"
HERE = "HITSMITH_FOLDER"  # stands for the folder into which the hand-over was unpacked
SECOND = 1_000_000  # its unit of time is the microsecond
TRANSITIONS = {
    Transition.DISSOLVE: "叠化",
    Transition.PUSH: "向左",
    Transition.ZOOM: "推近",
    Transition.LIGHT_LEAK: "泛光",
}
RELOCATE = '''"""Run me once after unpacking: python relocate.py. 解压后运行一次，再把 draft 文件夹放进剪映的草稿目录。"""
import json
from pathlib import Path

here = Path(__file__).resolve().parent
for name in ("draft_content.json", "draft_meta_info.json"):
    file = here / "draft" / name
    folder = json.dumps(here.parent.as_posix())[1:-1]
    file.write_text(file.read_text(encoding="utf-8").replace("HITSMITH_FOLDER", folder), encoding="utf-8")
print("done 完成")
'''


def is_available() -> bool:
    return find_spec("pyJianYingDraft") is not None


def write_jianying(timeline: Timeline, media: HandOverMedia, root: Path) -> Mapping[str, str]:
    """Write the draft into ``root`` / "jianying"; ``root`` holds the media under their names. Call ``is_available`` first.

    Returns, by shot, what the draft leaves out.
    """
    from pyJianYingDraft import DraftFolder

    folder = root / "jianying"
    folder.mkdir()
    canvas = timeline.canvas
    script = DraftFolder(str(folder)).create_draft(NAME, canvas.width, canvas.height, canvas.fps)
    left_out = _pictures(script, timeline, media, root)
    _sounds(script, timeline, media, root)
    _captions(script, timeline)
    script.save()
    for file in (folder / NAME).glob("*.json"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(str(root.resolve()), HERE).replace(str(root), HERE), encoding="utf-8")
    (folder / "relocate.py").write_text(RELOCATE, encoding="utf-8")
    return left_out


def _pictures(script: "ScriptFile", timeline: Timeline, media: HandOverMedia, root: Path) -> dict[str, str]:
    from pyJianYingDraft import TrackSpec, TrackType, TransitionType, VideoSegment

    fps, left_out = timeline.canvas.fps, {}
    (track,) = script.append_tracks([TrackSpec(TrackType.video, "shots")])
    for shot, at in zip(timeline.shots, starts(timeline.shots), strict=True):
        start = media.start(shot)
        piece = VideoSegment(
            str(root / media.of(shot).name),
            _range(at, shot.duration, fps),
            source_timerange=_range(start, shot.duration, fps),
        )
        name = TRANSITIONS.get(shot.transition)
        if name is not None:
            span = _edge(shot.transition_frames, fps)
            piece.add_transition(TransitionType[name], duration=span)
        script.add_segment(piece, track)
        missing = _missing(shot)
        if missing:
            left_out[shot.id] = missing
    return left_out


def _missing(shot: TimelineShot) -> str:
    plain = shot.transition is Transition.CUT or shot.transition in TRANSITIONS
    said = [] if plain else [f"transition {shot.transition}"]
    said += ["change of speed"] if shot.ramp else []
    said += ["second clip"] if shot.second is not None else []
    return ", ".join(said)


def _sounds(script: "ScriptFile", timeline: Timeline, media: HandOverMedia, root: Path) -> None:
    from pyJianYingDraft import AudioSegment, TrackSpec, TrackType

    for part, name in media.stems.items():
        (track,) = script.append_tracks([TrackSpec(TrackType.audio, part)])
        script.add_segment(AudioSegment(str(root / name), _range(0, timeline.duration, timeline.canvas.fps)), track)


def _captions(script: "ScriptFile", timeline: Timeline) -> None:
    from pyJianYingDraft import ClipSettings, TextSegment, TrackSpec, TrackType

    captions = [overlay for overlay in timeline.overlays if overlay.kind is OverlayKind.CAPTION]
    if not captions:
        return
    (track,) = script.append_tracks([TrackSpec(TrackType.text, "captions")])
    for overlay in sorted(captions, key=lambda one: one.start):
        span = _range(overlay.start, overlay.end - overlay.start, timeline.canvas.fps)
        words = overlay.text.replace("|", "\n")
        script.add_segment(TextSegment(words, span, clip_settings=ClipSettings(transform_y=-0.4)), track)


def _range(start: int, frames: int, fps: int) -> "Timerange":
    """Rounded at its edges, so that neighbours touch."""
    from pyJianYingDraft import Timerange

    begin = _edge(start, fps)
    return Timerange(begin, _edge(start + frames, fps) - begin)


def _edge(frame: int, fps: int) -> int:
    return round(frame * SECOND / fps)
