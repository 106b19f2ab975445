"""OpenTimelineIO: the exchange format that editors read through its adapters, and that we read back.

One video track holds the shots, with transitions as its own and our kinds in metadata; a second one the clips that share a
shot; one audio track for each stem. What is written on one shot is a marker on its clip, the rest are markers on the track.
Every object carries what we know of it under ``hitsmith``, the timeline the whole document. Durations are frames of the ad.
"""

from collections.abc import Iterable

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from generation.domain.timeline import Overlay, OverlayKind, SecondClip, Timeline, TimelineShot, Transition, as_document
from generation.domain.timeline_json import timeline_to_dict
from generation.domain.timeline_media import starts
from generation.exports.media import ClipMedia, HandOverMedia

OURS = "hitsmith"
NAMES = {"music": "Music", "effects": "Effects", "voice": "Voice"}
COLOURS = {OverlayKind.CAPTION: "GREEN", OverlayKind.PRICE_TAG: "RED", OverlayKind.COUNTDOWN: "ORANGE"}


def timeline_to_otio(timeline: Timeline, media: HandOverMedia) -> str:
    """The JSON text of an ``.otio`` file."""
    return str(otio.adapters.write_to_string(otio_timeline(timeline, media), "otio_json"))


def otio_timeline(timeline: Timeline, media: HandOverMedia) -> otio.schema.Timeline:
    whole = otio.schema.Timeline(name=timeline.id, metadata={OURS: timeline_to_dict(timeline)})
    whole.tracks.append(_pictures(timeline, media))
    if any(shot.second is not None for shot in timeline.shots):
        whole.tracks.append(_seconds(timeline, media))
    for part, name in media.stems.items():
        track = otio.schema.Track(name=NAMES.get(part, part), kind=otio.schema.TrackKind.Audio)
        span = _span(0, timeline.duration, timeline.canvas.fps)
        reference = otio.schema.ExternalReference(target_url=name, available_range=span)
        track.append(otio.schema.Clip(name=part, media_reference=reference, source_range=span))
        whole.tracks.append(track)
    return whole


def _pictures(timeline: Timeline, media: HandOverMedia) -> otio.schema.Track:
    track = otio.schema.Track(name="Shots", kind=otio.schema.TrackKind.Video)
    fps = timeline.canvas.fps
    for shot, at in zip(timeline.shots, starts(timeline.shots), strict=True):
        track.append(_clip(shot, at, timeline, media))
        if shot.transition is not Transition.CUT:
            track.append(_transition(shot, fps))
    for overlay in timeline.overlays:
        if _home(overlay, timeline) is None:
            track.markers.append(_marker(overlay, overlay.start, fps))
    return track


def _clip(shot: TimelineShot, at: int, timeline: Timeline, media: HandOverMedia) -> otio.schema.Clip:
    fps, start = timeline.canvas.fps, media.start(shot)
    clip = otio.schema.Clip(
        name=shot.id,
        media_reference=_reference(media.of(shot)),
        source_range=_span(start, shot.duration, fps),
        metadata={OURS: {"shot": as_document(shot)}},
    )
    if len(shot.ramp) == 1:
        (stretch,) = shot.ramp
        clip.effects.append(
            otio.schema.LinearTimeWarp(time_scalar=stretch.source / stretch.frames)
            if stretch.source
            else otio.schema.FreezeFrame()
        )
    for overlay in timeline.overlays:
        if _home(overlay, timeline) == shot.id:
            clip.markers.append(_marker(overlay, start + overlay.start - at, fps))
    return clip


def _transition(shot: TimelineShot, fps: int) -> otio.schema.Transition:
    half = RationalTime(shot.transition_frames // 2, fps)
    known = shot.transition is Transition.DISSOLVE
    return otio.schema.Transition(
        name=str(shot.transition),
        transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve if known else otio.schema.TransitionTypes.Custom,
        in_offset=half,
        out_offset=half,
        metadata={OURS: {"transition": str(shot.transition)}},
    )


def _seconds(timeline: Timeline, media: HandOverMedia) -> otio.schema.Track:
    """Clips that share a shot, each above its own shot."""
    track, fps = otio.schema.Track(name="Second clips", kind=otio.schema.TrackKind.Video), timeline.canvas.fps
    for shot in timeline.shots:
        if shot.second is None:
            track.append(otio.schema.Gap(source_range=_span(0, shot.duration, fps)))
        else:
            track.append(_second(shot.second, shot, media, fps))
    return track


def _second(second: SecondClip, shot: TimelineShot, media: HandOverMedia, fps: int) -> otio.schema.Clip:
    return otio.schema.Clip(
        name=f"{shot.id} {second.how}",
        media_reference=_reference(media.clips[second.clip]),
        source_range=_span(second.source_start, shot.duration, fps),
        metadata={OURS: {"second": as_document(second)}},
    )


def _reference(file: ClipMedia) -> otio.schema.ExternalReference:
    return otio.schema.ExternalReference(target_url=file.name, available_range=_span(0, file.frames, file.fps))


def _home(overlay: Overlay, timeline: Timeline) -> str | None:
    """The shot over which the overlay stands from beginning to end, if there is one."""
    found: Iterable[str] = (
        shot.id
        for shot, at in zip(timeline.shots, starts(timeline.shots), strict=True)
        if at <= overlay.start and overlay.end <= at + shot.duration
    )
    return next(iter(found), None)


def _marker(overlay: Overlay, start: int, fps: int) -> otio.schema.Marker:
    return otio.schema.Marker(
        name=overlay.text.replace("|", " "),
        color=COLOURS.get(overlay.kind, "CYAN"),
        marked_range=_span(start, overlay.end - overlay.start, fps),
        metadata={OURS: {"overlay": as_document(overlay)}},
    )


def _span(start: int, frames: int, fps: int) -> TimeRange:
    return TimeRange(RationalTime(start, fps), RationalTime(frames, fps))
