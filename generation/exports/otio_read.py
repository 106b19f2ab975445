"""An edited OpenTimelineIO order back into a timeline: shots in another order, shortened, left out; transitions changed.

Everything else an editor's program can do has no counterpart in an ad: it is refused, and the message names the item.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import opentimelineio as otio
from opentimelineio.exceptions import OTIOError

from generation.domain.reordering import EditedShot, reordered
from generation.domain.timeline import Timeline, TimelineInvalid, TimelineShot, Transition
from generation.errors import CutRefused
from generation.exports.media import HandOverMedia
from generation.exports.otio import OURS

LARGEST = 4 * 1024 * 1024  # characters of JSON; our own have some ten thousand
DEEPEST = 64  # brackets within each other; ours have about a dozen, and the reader's own stack is not endless
NO_OTIO = (
    "the file is no OpenTimelineIO: export the timeline as .otio",
    "文件不是 OpenTimelineIO：请把时间线导出为 .otio。",
)


def timeline_from_otio(text: str, original: Timeline, media: HandOverMedia) -> Timeline:
    """The ad of the edited order; ``original`` and ``media`` are those that were handed over.

    Raises ``CutRefused`` for what is no such order, naming the item that is not supported or breaks a rule.
    """
    return cut_anew(original, shots_from_otio(text, original, media))


def cut_anew(original: Timeline, edited: Sequence[EditedShot]) -> Timeline:
    """The ad of ``edited`` shots. Raises ``CutRefused`` naming what cannot follow them, or the rule that they break."""
    try:
        return reordered(original, edited)
    except TimelineInvalid as error:
        raise CutRefused(
            f"the edited order cannot be cut: {error}", f"这个顺序剪不成：{error.zh or error}。"
        ) from error


def shots_from_otio(text: str, original: Timeline, media: HandOverMedia) -> list[EditedShot]:
    """The shots of an edited order, each as it came back. Raises ``CutRefused`` naming what is not supported."""
    document = _opened(text)
    _same_ad(document, original)
    track = _video_track(document)
    known = {shot.id: shot for shot in original.shots}
    fps = original.canvas.fps
    edited: list[EditedShot] = []
    for item in track:
        if isinstance(item, otio.schema.Transition):
            kind, frames = _transition(item, fps)
            if not edited:
                raise CutRefused(
                    f"transition {item.name!r} stands before the first shot: remove it",
                    f"转场“{item.name}”在第一个镜头之前：请删掉它。",
                )
            shot = replace(edited[-1].shot, transition=kind, transition_frames=frames)
            edited[-1] = replace(edited[-1], shot=shot)
        else:
            edited.append(_shot(item, known, media, fps))
    return edited


def _opened(text: str) -> otio.schema.Timeline:
    if len(text) > LARGEST:
        raise CutRefused(
            "the file is too large to be an order of shots: export the timeline alone",
            "文件太大，不像一个镜头顺序：请只导出时间线。",
        )
    if _depth(text) > DEEPEST:
        raise CutRefused(*NO_OTIO)
    try:
        found = otio.adapters.read_from_string(text, "otio_json")
    except (OTIOError, ValueError, RuntimeError) as error:
        raise CutRefused(*NO_OTIO) from error
    if not isinstance(found, otio.schema.Timeline):
        raise CutRefused(
            "the file holds no timeline: export the timeline as .otio", "文件里没有时间线：请把时间线导出为 .otio。"
        )
    return found


def _depth(text: str) -> int:
    """How deep brackets lie within each other, those in strings left out."""
    deepest = depth = 0
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', text, re.DOTALL):
        depth += (mark in "[{") - (mark in "]}")
        deepest = max(deepest, depth)
    return deepest


def _same_ad(document: otio.schema.Timeline, original: Timeline) -> None:
    """By the name that we wrote on the whole; where an editor's program has lost it, shots are told by their own."""
    ours = document.metadata.get(OURS)
    name = ours.get("id") if isinstance(ours, Mapping) else None
    if name is not None and name != original.id:
        raise CutRefused(
            "the file is the order of another ad: upload it there", "这是另一支广告的时间线：请到那支广告里上传。"
        )


def _video_track(timeline: otio.schema.Timeline) -> otio.schema.Track:
    """The first track; of others only what we wrote ourselves may be there."""
    tracks = timeline.video_tracks()
    if not tracks:
        raise CutRefused(
            "the file has no video track: keep the track named Shots", "文件里没有视频轨：请保留名为 Shots 的轨道。"
        )
    for track in tracks[1:]:
        for item in track:
            if not isinstance(item, otio.schema.Gap) and OURS not in item.metadata:
                raise CutRefused(
                    f"clip {item.name!r} lies on a second video track: put it into the first, or remove it",
                    f"片段“{item.name}”在第二条视频轨上：请放进第一条，或删掉。",
                )
    first: otio.schema.Track = tracks[0]
    return first


def _transition(item: otio.schema.Transition, fps: int) -> tuple[Transition, int]:
    before, after = _frames(item.in_offset, fps, item.name), _frames(item.out_offset, fps, item.name)
    if before != after:
        raise CutRefused(
            f"transition {item.name!r} is not in the middle of its cut: centre it",
            f"转场“{item.name}”没有对准剪辑点：请把它居中。",
        )
    kind = _ours(item).get("transition")
    if kind is None and item.transition_type == otio.schema.TransitionTypes.SMPTE_Dissolve:
        kind = Transition.DISSOLVE
    if str(kind) not in set(Transition):
        raise CutRefused(
            f"transition {item.name!r} is none of ours: use a dissolve",
            f"转场“{item.name}”我们做不出来：请换成叠化（dissolve）。",
        )
    return Transition(str(kind)), before + after


def _shot(item: otio.core.Composable, known: dict[str, TimelineShot], media: HandOverMedia, fps: int) -> EditedShot:
    if isinstance(item, otio.schema.Gap):
        raise CutRefused("there is a gap between the shots: close it", "镜头之间有空隙：请合上。")
    if not isinstance(item, otio.schema.Clip):
        raise CutRefused(
            f"{item.name!r} is a {item.schema_name()}, not a shot: flatten it",
            f"“{item.name}”是复合片段（{item.schema_name()}），不是镜头：请拆开它。",
        )
    ours = _ours(item).get("shot")
    shot = known.get(str(ours.get("id"))) if isinstance(ours, Mapping) else None
    if shot is None:
        raise CutRefused(
            f"clip {item.name!r} is no shot of this ad: only its own shots can come back",
            f"片段“{item.name}”不是这支广告的镜头：只能用它自己的镜头。",
        )
    if _speeds(item.effects) != _speeds_of(shot):
        raise CutRefused(
            f"clip {item.name!r} was given another speed or an effect: take it off",
            f"片段“{item.name}”加了变速或特效：请去掉。",
        )
    span = item.source_range
    if span is None:
        raise CutRefused(
            f"clip {item.name!r} has no source range: export the timeline with its cuts",
            f"片段“{item.name}”没有入出点：请导出带剪辑点的时间线。",
        )
    start, frames = _frames(span.start_time, fps, item.name), _frames(span.duration, fps, item.name)
    cut_in = start - media.start(shot)
    if frames != shot.duration and (shot.ramp or shot.second is not None):
        raise CutRefused(
            f"clip {item.name!r} changes its speed or shows two clips: keep its length",
            f"片段“{item.name}”有变速或两个画面：长度要保持不变。",
        )
    if cut_in and not shot.clip:
        raise CutRefused(
            f"clip {item.name!r} is drawn and moves from its first frame on: shorten its end instead",
            f"片段“{item.name}”是画出来的，从第一帧就在动：请改为剪短结尾。",
        )
    if cut_in < 0 or cut_in + frames > shot.duration:
        raise CutRefused(
            f"clip {item.name!r} was made longer than its shot: its pictures are handles of transitions",
            f"片段“{item.name}”比原镜头长：多出来的画面只够做转场。请剪回原长以内，或重新下载交接包。",
        )
    cut = replace(shot, duration=frames, transition=Transition.CUT, transition_frames=0)
    return EditedShot(replace(cut, source_start=shot.source_start + cut_in), cut_in)


def _ours(item: otio.core.Composable) -> Mapping[str, object]:
    """What we wrote to an item, or somebody else in its place."""
    found = item.metadata.get(OURS)
    return found if isinstance(found, Mapping) else {}


def _speeds(effects: Sequence[otio.schema.Effect]) -> list[float]:
    return [getattr(effect, "time_scalar", float("nan")) for effect in effects]


def _speeds_of(shot: TimelineShot) -> list[float]:
    return [one.source / one.frames for one in shot.ramp] if len(shot.ramp) == 1 else []


def _frames(time: otio.opentime.RationalTime, fps: int, name: str) -> int:
    at = time.rescaled_to(fps).value
    if not math.isfinite(at) or abs(at - round(at)) > 1e-6:
        raise CutRefused(
            f"{name!r} does not lie on whole frames of {fps} a second: set the project to {fps}",
            f"“{name}”没有落在每秒 {fps} 帧的整帧上：请把工程设为 {fps} 帧。",
        )
    return round(at)
