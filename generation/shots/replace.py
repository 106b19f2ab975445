"""Replacing one shot of a finished video, and touching nothing else.

Where the shot begins and ends at pictures that the stream can be cut before (IDR), everything else is copied. Where it
does not, the pictures between it and the nearest such places are encoded anew without loss, so that they decode to the
very same bytes. Either way the new file is read back: each other picture, all times and all sound must be as they were.

What comes out is no deliverable: whoever publishes it as an ad owes it the AI label, which ``deliver`` puts on.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from generation.errors import CutRefused, DeliverableRefused
from generation.ffmpeg import opened
from generation.shots.avc import NotAvc, read_config
from generation.shots.colour import Grade, grade
from generation.shots.cuts import Bounds, shots_of
from generation.shots.filmed import Wish, film, fitted, plan_for
from generation.shots.splice import Piece, PieceWriter, splice, write_piece
from generation.shots.survey import Planes, Survey, Thumbs, digest, pictures, survey, thumb
from generation.shots.whole import check_out, written_whole
from generation.watch import Part, Watch

FASTEST, SLOWEST = Fraction(240), Fraction(1)


@dataclass(frozen=True)
class Way:
    """Pictures ``start`` .. ``end`` are encoded, all others copied; ``numbers``: free for parameter sets."""

    start: int
    end: int
    why: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Replaced:
    """``copied``, ``lossless``, ``new``: how many pictures came into the file in which way; ``why``: what decided it."""

    place: Bounds
    copied: int
    lossless: int
    new: int
    why: str
    grade: Grade
    tracks: int


def replace_shot(video: Survey, place: Bounds, wish: Wish, out: Path, watch: Watch) -> Replaced:
    """Write ``out``: ``video`` with the pictures of ``place`` filmed anew.

    Raises ``PlanRefused`` or ``GenerationError``; there is no file then, and an older ``out`` stays as it was.
    """
    check_place(video, place)
    check_out(out, video.path)
    way = way_of(video, place)
    shot = plan_for(video, place, wish)
    with tempfile.TemporaryDirectory(prefix="hitsmith-replace-") as name, written_whole(out) as part:
        folder = Path(name)
        film(shot, wish, folder / "clip.mp4", Part(watch, 0.0, 0.4))
        looks = grade(_small(folder / "clip.mp4"), around(video, place), video.look, wish.match)
        filmed = (looks.apply(planes) for planes in fitted(folder / "clip.mp4", video, place))
        pieces = list(_pieces(video, place, way, filmed, folder, Part(watch, 0.4, 0.7)))
        (new,) = (piece for piece in pieces if piece.start == place.start)
        splice(video, pieces, new, part)
        prove(video, new, survey(part, Part(watch, 0.7, 1.0)))
    encoded = way.end - way.start
    return Replaced(
        place=place,
        copied=video.frames - encoded,
        lossless=encoded - place.frames,
        new=place.frames,
        why=way.why,
        grade=looks,
        tracks=len(video.sound),
    )


def check_place(video: Survey, place: Bounds) -> None:
    if not 0 <= place.start < place.end <= video.frames:
        raise CutRefused(
            f"{video.path.name} has the pictures 0 to {video.frames}, so none from {place.start} to {place.end}: "
            "list its shots and choose one"
        )


def way_of(video: Survey, place: Bounds) -> Way:
    """How much has to be encoded so that only ``place`` changes."""
    if video.uncuttable:
        return Way(0, video.frames, f"nothing can be copied, since {video.uncuttable}", (1, 2, 3))
    try:
        with opened(video.path) as container:
            numbers = tuple(read_config(container.streams.video[0].codec_context.extradata).free_ids())[:3]
    except NotAvc as error:
        return Way(0, video.frames, f"nothing can be copied, since {error}", (1, 2, 3))
    if len(numbers) < 3:
        return Way(0, video.frames, "nothing can be copied, since all numbers of parameter sets are in use", (1, 2, 3))
    start = max(number for number in (0, *video.starts) if number <= place.start)
    end = min(number for number in (*video.starts, video.frames) if number >= place.end)
    if (start, end) == (place.start, place.end):
        return Way(start, end, "the shot begins and ends at key pictures (IDR)", numbers)
    return Way(start, end, f"the nearest key pictures (IDR) are {start} and {end}", numbers)


def around(video: Survey, place: Bounds) -> Thumbs:
    """Small pictures of the shot and of its neighbours, the shots before and after: the look to match."""
    shots = shots_of(video)
    near = [shot for shot in shots if shot.end >= place.start and shot.start <= place.end]
    return video.thumbs[near[0].start : near[-1].end]


def _small(clip: Path) -> Thumbs:
    return np.stack([thumb(planes) for planes in pictures(clip)])


def _pieces(
    video: Survey, place: Bounds, way: Way, filmed: Iterator[Planes], folder: Path, watch: Watch
) -> Iterator[Piece]:
    rate = min(max(video.rate.limit_denominator(1001), SLOWEST), FASTEST)
    parts = ((way.start, place.start), (place.start, place.end), (place.end, way.end))
    for (start, end), number in zip(parts, way.numbers, strict=True):
        if start == end:
            continue
        is_new = start == place.start
        frames = filmed if is_new else pictures(video.path, start, end)
        path = folder / f"piece{number}.mp4"
        writer = PieceWriter(path, video.look, rate, number, exact=not is_new, profile=video.profile)
        share = Part(watch, (start - way.start) / (way.end - way.start), (end - way.start) / (way.end - way.start))
        yield write_piece(path, frames, (start, end), writer, share)


def prove(video: Survey, new: Piece, made: Survey) -> None:
    """The finished bytes against what they must be. Raises ``DeliverableRefused``."""
    filmed = tuple(digest(planes) for planes in pictures(new.path))
    facts = {
        "number of pictures": (made.frames, video.frames),
        "new pictures": (made.hashes[new.start : new.end], filmed),
        "other pictures": (
            made.hashes[: new.start] + made.hashes[new.end :],
            video.hashes[: new.start] + video.hashes[new.end :],
        ),
        "times": (made.times, video.times),
        "size and colours": (made.look, video.look),
        "sound": (made.sound, video.sound),
    }
    wrong = [name for name, (found, expected) in facts.items() if found != expected]
    if wrong:
        raise DeliverableRefused(
            f"the new video was thrown away because of its {', '.join(wrong)}: export the old one anew as MP4 (H.264), "
            "then try again"
        )
