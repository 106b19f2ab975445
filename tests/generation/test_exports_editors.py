"""Hand-over to editors: equal durations to the frame, our metadata kept, and an edited order that comes back."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from generation.domain.cut_order import ClipFile
from generation.domain.timeline import (
    Composition,
    OverlayKind,
    SecondClip,
    Stretch,
    Timeline,
    Transition,
)
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.timeline_rules import validate
from generation.domain.voice import Voice, VoiceLine, words_of
from generation.errors import CutRefused, MediaMissing
from generation.exports.fcpxml import timeline_to_fcpxml
from generation.exports.otio import OURS, otio_timeline, timeline_to_otio
from generation.exports.otio_read import timeline_from_otio
from generation.exports.package import hand_over_media
from tests.generation.footage import small_timeline

PLAIN = small_timeline()
CLIPS = {letter * 64: ClipFile(Path(f"{letter}.mp4"), 90, 30, 216, 384) for letter in "abcd"}
MEDIA = hand_over_media(PLAIN, CLIPS, ("music", "effects"))
LINES = (
    VoiceLine("v1", "早上起不来", "a", 2, 30, "v1.wav", "1" * 64, words=words_of("早上起不来", 2, 30)),
    VoiceLine("v2", "一杯好咖啡", "b", 38, 30, "v2.wav", "2" * 64),
)


def edited(change: Callable[[otio.schema.Track], None], timeline: Timeline = PLAIN) -> str:
    whole = otio_timeline(timeline, hand_over_media(timeline, CLIPS, ()))
    change(whole.video_tracks()[0])
    return str(otio.adapters.write_to_string(whole, "otio_json"))


def back(text: str, timeline: Timeline = PLAIN) -> Timeline:
    return timeline_from_otio(text, timeline, hand_over_media(timeline, CLIPS, ()))


def rich() -> Timeline:
    shots = list(PLAIN.shots)
    shots[0] = replace(shots[0], transition=Transition.WHIP, transition_frames=6)
    shots[1] = replace(shots[1], ramp=(Stretch(40, 20),))
    second = SecondClip("d" * 64, shots[2].source_start, Composition.PICTURE_IN_PICTURE)
    shots[2] = replace(shots[2], second=second)
    made = replace(PLAIN, shots=tuple(shots), voice=Voice(LINES))
    validate(made)
    return made


@pytest.mark.parametrize("timeline", [PLAIN, rich()], ids=["plain", "rich"])
def test_otio_round_trip_keeps_everything(timeline: Timeline) -> None:
    media = hand_over_media(timeline, CLIPS, ("music", "effects", "voice"))
    text = timeline_to_otio(timeline, media)
    read = otio.adapters.read_from_string(text, "otio_json")
    assert read.is_equivalent_to(otio_timeline(timeline, media))
    assert read.duration() == otio.opentime.RationalTime(timeline.duration, 30)
    assert {track.duration().to_frames() for track in read.tracks} == {timeline.duration}
    assert timeline_from_dict(json.loads(text)["metadata"][OURS]) == timeline
    assert timeline_from_otio(text, timeline, media) == timeline


def test_otio_shots_transitions_sounds_and_captions() -> None:
    whole = otio_timeline(PLAIN, MEDIA)
    shots, music, effects = whole.tracks
    clips = [item for item in shots if isinstance(item, otio.schema.Clip)]
    assert [(clip.name, clip.duration().to_frames()) for clip in clips] == [
        (shot.id, shot.duration) for shot in PLAIN.shots
    ]
    assert [clip.media_reference.target_url for clip in clips] == [f"clips/{shot.id}.mp4" for shot in PLAIN.shots]
    assert [clip.source_range.start_time.to_frames() for clip in clips] == [0, 0, 4, 4]
    dissolves = [item for item in shots if isinstance(item, otio.schema.Transition)]
    assert [(one.in_offset.to_frames(), one.transition_type) for one in dissolves] == [(4, "SMPTE_Dissolve")] * 2
    assert [[marker.name for marker in clip.markers] for clip in clips] == [
        ["早上起不来 这杯帮你醒"],
        ["30秒 一杯好咖啡"],
        ["现在下单", "¥66"],
        [],
    ]
    assert [marker.metadata[OURS]["overlay"]["id"] for marker in shots.markers] == ["m"]
    assert [track[0].media_reference.target_url for track in (music, effects)] == [
        "stems/music.wav",
        "stems/effects.wav",
    ]


def test_every_shot_lies_inside_its_file_with_its_handles() -> None:
    for clip in otio_timeline(PLAIN, MEDIA).video_tracks()[0]:
        if isinstance(clip, otio.schema.Clip):
            available = clip.media_reference.available_range
            assert available.contains(clip.source_range)


def swap(track: otio.schema.Track) -> None:
    """b and a, joined with cuts; the dissolves into c and the card stay."""
    first = track[0]
    del track[0]
    track.insert(1, first)


def test_reordered_shots_come_back_with_their_words() -> None:
    made = back(edited(swap))
    assert [shot.id for shot in made.shots] == ["b", "a", "c", "end"]
    assert [shot.transition for shot in made.shots[:2]] == [Transition.CUT, Transition.DISSOLVE]
    spans = {overlay.id: (overlay.start, overlay.end) for overlay in made.overlays}
    assert spans == {"c1": (40, 76), "c2": (0, 40), "c3": (76, 116), "p": (76, 116), "m": (0, 116)}
    assert made.duration == PLAIN.duration
    assert made.key != PLAIN.key


def shorten(track: otio.schema.Track) -> None:
    """The first shot loses six frames at its beginning and ten at its end."""
    span = track[0].source_range
    start = otio.opentime.RationalTime(6, 30)
    track[0].source_range = otio.opentime.TimeRange(start, span.duration - otio.opentime.RationalTime(16, 30))


def test_a_shortened_shot_pulls_all_that_follows() -> None:
    made = back(edited(shorten))
    assert (made.shots[0].duration, made.shots[0].source_start) == (20, 6)
    assert made.duration == PLAIN.duration - 16
    spans = {overlay.id: (overlay.start, overlay.end) for overlay in made.overlays}
    assert spans == {"c1": (0, 20), "c2": (20, 60), "c3": (60, 100), "p": (60, 100), "m": (0, 100)}


def leave_out_b(track: otio.schema.Track) -> None:
    del track[2]
    del track[1]


def test_what_stood_over_a_shot_that_is_left_out_goes_with_it() -> None:
    made = back(edited(leave_out_b), replace(PLAIN, voice=Voice(LINES)))
    assert [shot.id for shot in made.shots] == ["a", "c", "end"]
    assert [overlay.id for overlay in made.overlays] == ["c1", "c3", "p", "m"]
    assert made.voice is not None
    assert [line.id for line in made.voice.lines] == ["v1"]


def test_spoken_lines_follow_their_shots() -> None:
    spoken = replace(PLAIN, voice=Voice(LINES))
    made = back(edited(swap, spoken), spoken)
    assert made.voice is not None
    assert [(line.id, line.start) for line in made.voice.lines] == [("v2", 2), ("v1", 42)]
    assert made.voice.lines[1].words[0].start == 42


def gap(track: otio.schema.Track) -> None:
    track.insert(0, otio.schema.Gap(source_range=track[0].source_range))


def foreign(track: otio.schema.Track) -> None:
    track.insert(0, otio.schema.Clip(name="holiday", source_range=track[0].source_range))


def twice(track: otio.schema.Track) -> None:
    track.insert(0, track[0].clone())


def scribbled(track: otio.schema.Track) -> None:
    track[0].metadata[OURS] = "mine"


def half_scribbled(track: otio.schema.Track) -> None:
    track[0].metadata[OURS] = {"shot": ["a"]}


def timeless(track: otio.schema.Track) -> None:
    track[0].source_range = otio.opentime.TimeRange(otio.opentime.RationalTime(3, 0), track[0].source_range.duration)


def list_of_kinds(track: otio.schema.Track) -> None:
    track[2].metadata[OURS] = {"transition": ["dissolve"]}


def longer(track: otio.schema.Track) -> None:
    span = track[1].source_range
    track[1].source_range = otio.opentime.TimeRange(span.start_time, span.duration + otio.opentime.RationalTime(1, 30))


def faster(track: otio.schema.Track) -> None:
    track[1].effects.append(otio.schema.LinearTimeWarp(time_scalar=2))


def card_first(track: otio.schema.Track) -> None:
    card = track[5]
    del track[5]
    del track[4]
    track.insert(0, card)


def split_brand_mark(track: otio.schema.Track) -> None:
    del track[4]
    moved = track[3]
    del track[3]
    del track[2]
    track.append(moved)


def off_centre(track: otio.schema.Track) -> None:
    track[2].in_offset = otio.opentime.RationalTime(2, 30)


def wiped(track: otio.schema.Track) -> None:
    track[2].metadata.clear()
    track[2].transition_type = "SMPTE_Wipe"


def half_frames(track: otio.schema.Track) -> None:
    span = track[0].source_range
    track[0].source_range = otio.opentime.TimeRange(span.start_time, otio.opentime.RationalTime(18.5, 30))


def nested(track: otio.schema.Track) -> None:
    track.insert(0, otio.schema.Stack(name="compound"))


def empty(track: otio.schema.Track) -> None:
    track.clear()


def trimmed_card(track: otio.schema.Track) -> None:
    span = track[5].source_range
    one = otio.opentime.RationalTime(1, 30)
    track[5].source_range = otio.opentime.TimeRange(span.start_time + one, span.duration - one)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (gap, "there is a gap between the shots"),
        (foreign, "clip 'holiday' is no shot of this ad"),
        (twice, "shot 'a' is not of this ad, or stands in it twice"),
        (longer, "clip 'b' was made longer than its shot"),
        (faster, "clip 'b' was given another speed"),
        (card_first, "shot 'end': an end card can only be the last shot"),
        (split_brand_mark, "overlay 'm'"),
        (off_centre, "transition 'dissolve' is not in the middle of its cut"),
        (wiped, "transition 'dissolve' is none of ours"),
        (half_frames, "'a' does not lie on whole frames of 30 a second"),
        (nested, "'compound' is a Stack, not a shot"),
        (empty, "the edited order has no shots"),
        (trimmed_card, "clip 'end' is drawn"),
        (scribbled, "clip 'a' is no shot of this ad"),
        (half_scribbled, "clip 'a' is no shot of this ad"),
        (timeless, "'a' does not lie on whole frames"),
        (list_of_kinds, "transition 'dissolve' is none of ours"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_not_supported_is_refused_by_name(change: Callable[[otio.schema.Track], None], why: str) -> None:
    with pytest.raises(CutRefused, match=why):
        back(edited(change))


def test_a_line_that_no_longer_fits_its_shot_is_named() -> None:
    spoken = replace(PLAIN, voice=Voice(LINES))
    with pytest.raises(CutRefused, match="voice line 'v1' .* does not fit its shot 'a' any more"):
        back(edited(shorten, spoken), spoken)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"OTIO_SCHEMA": "Clip.1"}', "x" * 5_000_000])
def test_what_is_no_order_at_all_is_refused(text: str) -> None:
    with pytest.raises(CutRefused, match="file"):
        back(text)


def test_a_clip_that_is_gone_is_named() -> None:
    with pytest.raises(MediaMissing, match="shot 'b': its clip bbbbbbbbbbbb is not at hand"):
        hand_over_media(PLAIN, {key: clip for key, clip in CLIPS.items() if key[0] != "b"}, ())


def seconds(element: ET.Element, name: str) -> Fraction:
    return Fraction(element.attrib[name].rstrip("s"))


def test_fcpxml_lies_on_the_same_frames() -> None:
    timeline = rich()
    media = hand_over_media(timeline, CLIPS, ("music", "voice"))
    root = ET.fromstring(timeline_to_fcpxml(timeline, media))
    spine = root.find("library/event/project/sequence/spine")
    assert spine is not None
    clips = spine.findall("asset-clip")
    at = Fraction(0)
    for clip, shot in zip(clips, timeline.shots, strict=True):
        assert (clip.attrib["name"], seconds(clip, "offset")) == (shot.id, at)
        assert seconds(clip, "duration") == Fraction(shot.duration, 30)
        assert seconds(clip, "start") == Fraction(media.start(shot), 30)
        at += seconds(clip, "duration")
    assert at == Fraction(timeline.duration, 30)
    turns = spine.findall("transition")
    assert [(seconds(one, "offset") * 30, seconds(one, "duration") * 30) for one in turns] == [
        (33, 6),
        (72, 8),
        (112, 8),
    ]
    assert [one.attrib["name"] for one in turns] == ["Hitsmith whip", "Cross Dissolve", "Cross Dissolve"]


def test_fcpxml_names_only_what_it_declares() -> None:
    timeline = rich()
    root = ET.fromstring(timeline_to_fcpxml(timeline, hand_over_media(timeline, CLIPS, ("music", "voice"))))
    declared = {one.attrib["id"] for one in root.find("resources") or ()}
    used = {one.attrib["ref"] for one in root.iter("asset-clip")} | {
        one.attrib["format"] for one in root.iter("asset") if "format" in one.attrib
    }
    assert used <= declared
    assert len(declared) == len(list(root.find("resources") or ()))
    lanes = {one.attrib["name"]: one.attrib["lane"] for one in root.iter("asset-clip") if "lane" in one.attrib}
    assert lanes == {"music": "-1", "voice": "-2", "c picture_in_picture": "1"}
    words = [one.attrib["value"] for one in root.iter("marker")]
    assert sorted(words) == sorted(overlay.text.replace("|", " ") for overlay in timeline.overlays)
    assert {one.attrib["note"] for one in root.iter("marker")} == {
        str(kind) for kind in (OverlayKind.CAPTION, OverlayKind.PRICE_TAG, OverlayKind.BRAND_MARK)
    }


def test_clips_of_another_size_have_a_format_of_their_own() -> None:
    other: Mapping[str, ClipFile] = CLIPS | {"b" * 64: ClipFile(Path("b.mp4"), 60, 25, 320, 240)}
    root = ET.fromstring(timeline_to_fcpxml(PLAIN, hand_over_media(PLAIN, other, ())))
    formats = {one.attrib["id"]: one.attrib["frameDuration"] for one in root.iter("format")}
    asset = next(one for one in root.iter("asset") if one.attrib["name"] == "clips/b.mp4")
    assert formats[asset.attrib["format"]] == "1/25s"
    assert asset.attrib["duration"] == "60/25s"
