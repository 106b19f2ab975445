"""Continuing a clip: what follows its last picture is filmed from that picture, and joins at its place and speed.

The clip's own pictures and sound are copied bit for bit; the new ones come in the same size, rate and coding behind
them, silent where the clip has sound.
"""

import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from generation.domain.drift import Speed, TooFast, onward
from generation.domain.rig import Pose
from generation.engines.onward import MovesOn
from generation.engines.registry import MAKERS, engine
from generation.errors import CutRefused, DeliverableRefused
from generation.ffmpeg import opened
from generation.shots.append import append, is_plain_aac
from generation.shots.avc import NotAvc, read_config
from generation.shots.motion import BACK, speed_at_end
from generation.shots.splice import Piece, PieceWriter, write_piece
from generation.shots.survey import Planes, Survey, digest, pictures, survey
from generation.shots.whole import check_out, written_whole
from generation.watch import Part, Watch

LONGEST_S = 120
EVEN_ENOUGH = Fraction(1, 500)  # seconds that a picture may be off its even time


@dataclass(frozen=True)
class Extended:
    """``own`` pictures of the clip, ``new`` ones behind them; ``speed``: the picture's motion at the join.

    ``silent``: tracks that go on in silence; ``short``: tracks that end with the clip, since their coding is not AAC-LC.
    """

    own: int
    new: int
    speed: Speed
    silent: int
    short: int


def extend_clip(
    video: Survey, seconds: float, out: Path, watch: Watch, *, engine_id: str = "still", seed: int = 1
) -> Extended:
    """Write ``out``: the clip, continued until it is ``seconds`` long.

    Raises ``GenerationError``; there is no file then, and an older ``out`` stays as it was.
    """
    frames = _frames(video, seconds)
    check_out(out, video.path)
    number = _free_number(video)
    camera = continues(engine_id)
    last = _last_pictures(video)
    speed = speed_at_end(last)
    poses = _poses(video, speed, frames - video.frames, seed)
    with tempfile.TemporaryDirectory(prefix="hitsmith-extend-") as name, written_whole(out) as part:
        path = Path(name) / "piece.mp4"
        writer = PieceWriter(path, video.look, video.rate, number, exact=False, profile=video.profile)
        place = (video.frames, frames)
        piece = write_piece(path, camera.move_on(last[-1], poses), place, writer, Part(watch, 0.0, 0.8))
        append(video, piece, part)
        _prove(video, piece, survey(part, Part(watch, 0.8, 1.0)))
    silent, short = _tracks(video)
    return Extended(video.frames, len(poses), speed, silent, short)


def continues(engine_id: str) -> MovesOn:
    """The engine of that id. Raises ``EngineNotFound``, and ``CutRefused`` where it cannot film on from a picture."""
    chosen = engine(engine_id)
    if not isinstance(chosen, MovesOn):
        able = [id for id in sorted(MAKERS) if isinstance(engine(id), MovesOn)]
        raise CutRefused(f"{engine_id} cannot continue a clip: choose {' or '.join(able)}")
    chosen.load()
    return chosen


def _frames(video: Survey, seconds: float) -> int:
    name, frames = video.path.name, round(seconds * video.rate)
    if not 0 < seconds <= LONGEST_S:
        raise CutRefused(f"a clip can be continued until it is {LONGEST_S} s long, not {seconds:g} s")
    if frames <= video.frames:
        raise CutRefused(f"{name} is {float(video.frames / video.rate):g} s long already: ask for more than that")
    even = (abs(at - video.times[0] - number / video.rate) for number, at in enumerate(video.times))
    if max(even) > EVEN_ENOUGH:
        raise CutRefused(f"{name} has pictures of uneven length: export it at a constant frame rate")
    return frames


def _free_number(video: Survey) -> int:
    if video.uncuttable:
        raise CutRefused(f"nothing can be joined to {video.path.name}, since {video.uncuttable}: export it as H.264")
    try:
        with opened(video.path) as container:
            return next(read_config(container.streams.video[0].codec_context.extradata).free_ids())
    except (NotAvc, StopIteration) as error:
        raise CutRefused(f"nothing can be joined to {video.path.name} ({error}): export it as H.264") from error


def _last_pictures(video: Survey) -> Sequence[Planes]:
    return list(deque(pictures(video.path, video.frames - BACK - 1), maxlen=BACK + 1))


def _poses(video: Survey, speed: Speed, frames: int, seed: int) -> tuple[Pose, ...]:
    try:
        return onward(speed, frames, float(video.rate), video.look.height / video.look.width, seed)
    except TooFast as error:
        raise CutRefused(f"{video.path.name}: {error}") from error


def _tracks(video: Survey) -> tuple[int, int]:
    with opened(video.path) as container:
        plain = [is_plain_aac(track) for track in container.streams.audio]
    return sum(plain), len(plain) - sum(plain)


def _prove(video: Survey, piece: Piece, made: Survey) -> None:
    """The finished bytes against what they must be. Raises ``DeliverableRefused``."""
    own = video.frames
    facts = {
        "number of pictures": (made.frames, piece.end),
        "own pictures": (made.hashes[:own], video.hashes),
        "new pictures": (made.hashes[own:], tuple(digest(planes) for planes in pictures(piece.path))),
        "own times": (made.times[:own], video.times),
        "size and colours": (made.look, video.look),
        "own sound": (tuple(_begins(made.sound, video.sound)), video.sound),
    }
    wrong = [name for name, (found, expected) in facts.items() if found != expected]
    if wrong:
        raise DeliverableRefused(f"the longer clip was thrown away because of its {', '.join(wrong)}: film it anew")


def _begins(made: Sequence[tuple[bytes, ...]], own: Sequence[tuple[bytes, ...]]) -> Iterator[tuple[bytes, ...]]:
    return (track[: len(old)] for track, old in zip(made, own, strict=False))
