"""An ad whose shots somebody else has put into another order, shortened or left out: what is written and said goes along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generation.domain.timeline import Overlay, Timeline, TimelineInvalid, TimelineShot
from generation.domain.timeline_media import starts
from generation.domain.timeline_rules import validate
from generation.domain.voice import Voice, VoiceLine, moved, overlapping

SLIVER_MS = 200  # a cut that was moved onto the beat leaves so much of a text on its other side


@dataclass(frozen=True)
class EditedShot:
    """A shot as it came back; ``cut_in``: frames that were taken off its beginning."""

    shot: TimelineShot
    cut_in: int


@dataclass(frozen=True)
class _Place:
    """Where a shot was and where it is now; ``cut_in`` frames of its beginning are gone."""

    was: int
    length: int
    now: int
    kept: int
    cut_in: int
    index: int

    def moment(self, frame: int) -> int:
        """The new time of an old frame inside the shot, held within what is left of it."""
        return self.now + min(max(frame - self.was - self.cut_in, 0), self.kept)


def reordered(timeline: Timeline, edited: Sequence[EditedShot]) -> Timeline:
    """The ad of ``edited`` shots. What stood over a shot that is left out goes with it.

    Raises ``TimelineInvalid`` naming the item that cannot follow, or the rule that the new order breaks.
    """
    if not edited:
        raise TimelineInvalid("the edited order has no shots", "一个镜头也没有")
    places = _places(timeline, edited)
    shots = tuple(one.shot for one in edited)
    overlays = [_followed(overlay, timeline, places) for overlay in timeline.overlays]
    made = replace(
        timeline,
        shots=shots,
        overlays=tuple(one for one in overlays if one is not None),
        voice=_spoken(timeline, places, sum(shot.duration for shot in shots)),
    )
    validate(made)
    return made


def _places(timeline: Timeline, edited: Sequence[EditedShot]) -> dict[str, _Place]:
    was = dict(zip((shot.id for shot in timeline.shots), starts(timeline.shots), strict=True))
    lengths = {shot.id: shot.duration for shot in timeline.shots}
    found: dict[str, _Place] = {}
    now = 0
    for index, one in enumerate(edited):
        name = one.shot.id
        if name not in was or name in found:
            raise TimelineInvalid(
                f"shot {name!r} is not of this ad, or stands in it twice", f"镜头“{name}”不属于这支广告，或者用了两次"
            )
        found[name] = _Place(was[name], lengths[name], now, one.shot.duration, one.cut_in, index)
        now += one.shot.duration
    return found


def _followed(overlay: Overlay, timeline: Timeline, places: Mapping[str, _Place]) -> Overlay | None:
    """With all shots that it stands over; where they part, with those that it does more than reach into."""
    under = _under(overlay, timeline, 0)
    own = _under(overlay, timeline, timeline.canvas.fps * SLIVER_MS // 1000)
    try:
        return _moved(overlay, under, places)
    except TimelineInvalid:
        if own == under:
            raise
        return _moved(overlay, own, places)


def _under(overlay: Overlay, timeline: Timeline, more_than: int) -> list[str]:
    """The shots over which it stands for more than so many frames; without any, the one over which it stands longest."""
    frames = {
        shot.id: min(overlay.end, at + shot.duration) - max(overlay.start, at)
        for shot, at in zip(timeline.shots, starts(timeline.shots), strict=True)
    }
    least = min(more_than + 1, max(frames.values()))
    return [name for name, count in frames.items() if count >= least]


def _moved(overlay: Overlay, under: Sequence[str], places: Mapping[str, _Place]) -> Overlay | None:
    kept = [places[name] for name in under if name in places]
    if not kept:
        return None
    ordered = sorted(kept, key=lambda place: place.index)
    if ordered[-1].index - ordered[0].index != len(ordered) - 1:
        raise TimelineInvalid(
            f"overlay {overlay.id!r} ({overlay.text[:20]!r}) stands over shots that do not follow each other any more: "
            "keep them together",
            f"文字“{overlay.text[:20]}”跨着的镜头被拆开了，请让它们连在一起",
        )
    start, end = ordered[0].moment(overlay.start), ordered[-1].moment(overlay.end)
    if ordered != kept:  # only what covers all of its shots covers them in any order
        first, last = kept[0], kept[-1]
        if overlay.start > first.was or overlay.end < last.was + last.length:
            raise TimelineInvalid(
                f"overlay {overlay.id!r} ({overlay.text[:20]!r}) begins or ends inside shots that changed places: "
                "keep their order",
                f"文字“{overlay.text[:20]}”跨着的镜头换了先后，请保持它们的顺序",
            )
        start, end = ordered[0].now, ordered[-1].now + ordered[-1].kept
    if start >= end:
        return None
    by = start - overlay.start if len(under) > 1 else kept[0].now - kept[0].was - kept[0].cut_in
    words = (replace(word, start=max(word.start + by, start), end=min(word.end + by, end)) for word in overlay.words)
    return replace(overlay, start=start, end=end, words=tuple(word for word in words if word.start < word.end))


def _spoken(timeline: Timeline, places: Mapping[str, _Place], frames: int) -> Voice | None:
    if timeline.voice is None:
        return None
    lines: list[VoiceLine] = []
    for line in timeline.voice.lines:
        place = places.get(line.shot)
        if place is None:
            continue
        begin = line.start - place.was - place.cut_in
        if begin < 0 or place.now + begin + line.frames > frames:
            raise TimelineInvalid(
                f"voice line {line.id!r} ({line.text[:20]!r}) does not fit its shot {line.shot!r} any more: "
                "leave the shot longer",
                f"配音“{line.text[:20]}”在剪短后的镜头里念不完，请把镜头留长一点",
            )
        lines.append(moved(line, place.now + begin))
    both = overlapping(lines)
    if both is not None:
        raise TimelineInvalid(
            f"voice line {both[1].id!r} would begin while {both[0].id!r} is heard: leave shot {both[0].shot!r} longer",
            f"“{both[0].text[:20]}”还没念完，下一句就开始了，请把镜头留长一点",
        )
    return replace(timeline.voice, lines=tuple(sorted(lines, key=lambda line: line.start)))
