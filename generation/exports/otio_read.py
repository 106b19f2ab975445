"""An edited OpenTimelineIO order back into a timeline: shots in another order, shortened, left out; transitions changed.

Everything else an editor's program can do has no counterpart in an ad: it is refused, and the message names the item.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import opentimelineio as otio
from opentimelineio.exceptions import OTIOError

from generation.domain.reordering import EditedShot, reordered
from generation.domain.timeline import Timeline, TimelineInvalid, TimelineShot, Transition
from generation.errors import CutRefused
from generation.exports.media import HandOverMedia
from generation.exports.otio import OURS

LARGEST = 4 * 1024 * 1024  # bytes of JSON; our own have some ten thousand


def timeline_from_otio(text: str, original: Timeline, media: HandOverMedia) -> Timeline:
    """The ad of the edited order; ``original`` and ``media`` are those that were handed over.

    Raises ``CutRefused`` for what is no such order, naming the item that is not supported or breaks a rule.
    """
    track = _video_track(_opened(text))
    known = {shot.id: shot for shot in original.shots}
    fps = original.canvas.fps
    edited: list[EditedShot] = []
    for item in track:
        if isinstance(item, otio.schema.Transition):
            kind, frames = _transition(item, fps)
            if not edited:
                raise CutRefused(f"transition {item.name!r} stands before the first shot: remove it")
            shot = replace(edited[-1].shot, transition=kind, transition_frames=frames)
            edited[-1] = replace(edited[-1], shot=shot)
        else:
            edited.append(_shot(item, known, media, fps))
    try:
        return reordered(original, edited)
    except TimelineInvalid as error:
        raise CutRefused(f"the edited order cannot be cut: {error}") from error


def _opened(text: str) -> otio.schema.Timeline:
    if len(text) > LARGEST:
        raise CutRefused("the file is too large to be an order of shots: export the timeline alone")
    try:
        found = otio.adapters.read_from_string(text, "otio_json")
    except (OTIOError, ValueError, RuntimeError) as error:
        raise CutRefused("the file is no OpenTimelineIO: export the timeline as .otio") from error
    if not isinstance(found, otio.schema.Timeline):
        raise CutRefused("the file holds no timeline: export the timeline as .otio")
    return found


def _video_track(timeline: otio.schema.Timeline) -> otio.schema.Track:
    """The first track; of others only what we wrote ourselves may be there."""
    tracks = timeline.video_tracks()
    if not tracks:
        raise CutRefused("the file has no video track: keep the track named Shots")
    for track in tracks[1:]:
        for item in track:
            if not isinstance(item, otio.schema.Gap) and OURS not in item.metadata:
                raise CutRefused(
                    f"clip {item.name!r} lies on a second video track: put it into the first, or remove it"
                )
    first: otio.schema.Track = tracks[0]
    return first


def _transition(item: otio.schema.Transition, fps: int) -> tuple[Transition, int]:
    before, after = _frames(item.in_offset, fps, item.name), _frames(item.out_offset, fps, item.name)
    if before != after:
        raise CutRefused(f"transition {item.name!r} is not in the middle of its cut: centre it")
    kind = _ours(item).get("transition")
    if kind is None and item.transition_type == otio.schema.TransitionTypes.SMPTE_Dissolve:
        kind = Transition.DISSOLVE
    if str(kind) not in set(Transition):
        raise CutRefused(f"transition {item.name!r} is none of ours: use a dissolve")
    return Transition(str(kind)), before + after


def _shot(item: otio.core.Composable, known: dict[str, TimelineShot], media: HandOverMedia, fps: int) -> EditedShot:
    if isinstance(item, otio.schema.Gap):
        raise CutRefused("there is a gap between the shots: close it")
    if not isinstance(item, otio.schema.Clip):
        raise CutRefused(f"{item.name!r} is a {item.schema_name()}, not a shot: flatten it")
    ours = _ours(item).get("shot")
    shot = known.get(str(ours.get("id"))) if isinstance(ours, Mapping) else None
    if shot is None:
        raise CutRefused(f"clip {item.name!r} is no shot of this ad: only its own shots can come back")
    if _speeds(item.effects) != _speeds_of(shot):
        raise CutRefused(f"clip {item.name!r} was given another speed or an effect: take it off")
    span = item.source_range
    if span is None:
        raise CutRefused(f"clip {item.name!r} has no source range: export the timeline with its cuts")
    start, frames = _frames(span.start_time, fps, item.name), _frames(span.duration, fps, item.name)
    cut_in = start - media.start(shot)
    if frames != shot.duration and (shot.ramp or shot.second is not None):
        raise CutRefused(f"clip {item.name!r} changes its speed or shows two clips: keep its length")
    if cut_in and not shot.clip:
        raise CutRefused(f"clip {item.name!r} is drawn and moves from its first frame on: shorten its end instead")
    if cut_in < 0 or cut_in + frames > shot.duration:
        raise CutRefused(f"clip {item.name!r} was made longer than its shot: its pictures are handles of transitions")
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
        raise CutRefused(f"{name!r} does not lie on whole frames of {fps} a second: set the project to {fps}")
    return round(at)
