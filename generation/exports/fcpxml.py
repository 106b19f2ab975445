"""FCPXML 1.10 for Final Cut Pro and DaVinci Resolve, after Apple's reference ("FCPXML Reference", Apple Developer).

Times are rational seconds on whole frames. Shots stand in the spine, stems and second clips are connected to the first frame
under them, what is written over the pictures becomes markers. The community's adapter for OpenTimelineIO drops transitions
and where a clip begins in its file, so we write the format ourselves. A shot whose speed changes says so in a note.
"""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from generation.domain.timeline import Overlay, Timeline, TimelineShot, Transition
from generation.domain.timeline_media import starts
from generation.exports.media import ClipMedia, HandOverMedia

VERSION = "1.10"
RATE = 48_000


def timeline_to_fcpxml(timeline: Timeline, media: HandOverMedia) -> str:
    """The text of a ``.fcpxml`` file; its media are named relative to it."""
    root = ET.Element("fcpxml", version=VERSION)
    ids = _resources(ET.SubElement(root, "resources"), timeline, media)
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name="Hitsmith")
    project = ET.SubElement(event, "project", name=timeline.id)
    fps = timeline.canvas.fps
    sequence = ET.SubElement(
        project, "sequence", format="r1", duration=_time(timeline.duration, fps), tcStart="0s", tcFormat="NDF",
        audioLayout="stereo", audioRate="48k",
    )  # fmt: skip
    _spine(ET.SubElement(sequence, "spine"), timeline, media, ids)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _resources(into: ET.Element, timeline: Timeline, media: HandOverMedia) -> dict[str, str]:
    """File -> id of its asset. Format r1 is the ad's own."""
    canvas = timeline.canvas
    _format(into, "r1", canvas.width, canvas.height, canvas.fps)
    formats = {(canvas.width, canvas.height, canvas.fps): "r1"}
    ids: dict[str, str] = {}
    for clip in {clip.name: clip for clip in _files(timeline, media)}.values():
        shape = (clip.width, clip.height, clip.fps)
        if shape not in formats:
            formats[shape] = f"r{len(formats) + len(ids) + 1}"
            _format(into, formats[shape], *shape)
        ids[clip.name] = f"r{len(formats) + len(ids) + 1}"
        length = _time(clip.frames, clip.fps)
        _asset(into, ids[clip.name], clip.name, length, {"hasVideo": "1", "format": formats[shape]})
    for name in media.stems.values():
        ids[name] = f"r{len(formats) + len(ids) + 1}"
        sound = {"hasAudio": "1", "audioSources": "1", "audioChannels": "2", "audioRate": str(RATE)}
        _asset(into, ids[name], name, _time(timeline.duration, canvas.fps), sound)
    return ids


def _files(timeline: Timeline, media: HandOverMedia) -> Iterable[ClipMedia]:
    for shot in timeline.shots:
        yield media.of(shot)
        if shot.second is not None:
            yield media.clips[shot.second.clip]


def _format(into: ET.Element, name: str, width: int, height: int, fps: int) -> None:
    ET.SubElement(
        into, "format", id=name, frameDuration=_time(1, fps), width=str(width), height=str(height),
        colorSpace="1-1-1 (Rec. 709)",
    )  # fmt: skip


def _asset(into: ET.Element, name: str, file: str, length: str, kind: dict[str, str]) -> None:
    asset = ET.SubElement(into, "asset", {"id": name, "name": file, "start": "0s", "duration": length, **kind})
    ET.SubElement(asset, "media-rep", kind="original-media", src=f"./{file}")


def _spine(spine: ET.Element, timeline: Timeline, media: HandOverMedia, ids: dict[str, str]) -> None:
    fps = timeline.canvas.fps
    for number, (shot, at) in enumerate(zip(timeline.shots, starts(timeline.shots), strict=True)):
        clip = _clip(spine, shot, at, media, ids, fps)
        start = media.start(shot)
        if shot.ramp or shot.second is not None:
            ET.SubElement(clip, "note").text = _note(shot)
        if shot.second is not None:
            name = media.clips[shot.second.clip].name
            second = {"ref": ids[name], "lane": "1", "name": f"{shot.id} {shot.second.how}"}
            _placed(clip, second, start, shot.second.source_start, shot.duration, fps)
        if number == 0:
            for lane, (part, name) in enumerate(media.stems.items(), 1):
                sound = {"ref": ids[name], "lane": str(-lane), "name": part, "audioRole": _role(part)}
                _placed(clip, sound, start, 0, timeline.duration, fps)
        for overlay in timeline.overlays:
            if at <= overlay.start < at + shot.duration:
                _marker(clip, overlay, start + overlay.start - at, fps)
        if shot.transition is not Transition.CUT:
            half = shot.transition_frames // 2
            name = "Cross Dissolve" if shot.transition is Transition.DISSOLVE else f"Hitsmith {shot.transition}"
            offset = _time(at + shot.duration - half, fps)
            ET.SubElement(spine, "transition", name=name, offset=offset, duration=_time(2 * half, fps))


def _clip(
    spine: ET.Element, shot: TimelineShot, at: int, media: HandOverMedia, ids: dict[str, str], fps: int
) -> ET.Element:
    facts = {"ref": ids[media.of(shot).name], "name": shot.id}
    return _placed(spine, facts, at, media.start(shot), shot.duration, fps)


def _placed(parent: ET.Element, facts: dict[str, str], offset: int, start: int, frames: int, fps: int) -> ET.Element:
    """``offset``: where it lies, in the time of what it is in; ``start``: where its file begins to play."""
    times = {"offset": _time(offset, fps), "start": _time(start, fps), "duration": _time(frames, fps)}
    return ET.SubElement(parent, "asset-clip", facts | times)


def _marker(clip: ET.Element, overlay: Overlay, start: int, fps: int) -> None:
    words = overlay.text.replace("|", " ")
    ET.SubElement(
        clip, "marker", start=_time(start, fps), duration=_time(overlay.end - overlay.start, fps), value=words,
        note=str(overlay.kind),
    )  # fmt: skip


def _note(shot: TimelineShot) -> str:
    said = [f"speed: {', '.join(f'{one.source} frames in {one.frames}' for one in shot.ramp)}"] if shot.ramp else []
    said += [f"second clip: {shot.second.how}"] if shot.second is not None else []
    return "; ".join(said)


def _role(part: str) -> str:
    return "dialogue" if part == "voice" else part


def _time(frames: int, fps: int) -> str:
    return f"{frames}/{fps}s" if frames % fps else f"{frames // fps}s"
