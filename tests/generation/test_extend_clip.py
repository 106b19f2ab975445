"""A clip goes on: nothing of its own changes, and where it ended nothing is seen."""

from fractions import Fraction
from io import StringIO
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from generation.domain.rig import Pose
from generation.engines import registry
from generation.engines.onward import moved
from generation.errors import Cancelled, CutRefused, DeliverableRefused, EngineNotFound
from generation.ffmpeg import ClipWriter, run, source
from generation.shots import extend as verb
from generation.shots.extend import extend_clip
from generation.shots.motion import speed_at_end
from generation.shots.survey import Survey, pictures, survey
from generation.watch import NullWatch
from tests.generation.footage import coffee_pan, grey, write_clip
from tests.generation.makers import StopWatch
from tests.generation.six_shots import Make, set_of, six_shots, told_by_ffmpeg

pytestmark = pytest.mark.slow  # films and encodes whole videos

WIDTH, HEIGHT, OWN = 216, 384, 40
PAN = 0.06 / OWN * 600 * 1.15 * HEIGHT / 400  # pixels per picture of the clip below, to the left


@pytest.fixture(scope="session")
def silent_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty pictures of a steady pan that is cut off in the middle of its move."""
    path = tmp_path_factory.mktemp("pan") / "clip.mp4"
    write_clip(path, OWN, coffee_pan(WIDTH, HEIGHT, OWN, 0.2))
    return path


@pytest.fixture
def clip(silent_clip: Path, tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    run([*source(silent_clip), *tone, "-c:v", "copy", "-c:a", "aac", "-ac", "2", "-shortest", path], seconds=60)
    return path


def look(path: Path) -> Survey:
    return survey(path, NullWatch())


def extended(clip: Path, seconds: float, **how: object) -> Path:
    out = clip.with_name("long.mp4")
    extend_clip(look(clip), seconds, out, NullWatch(), **how)  # type: ignore[arg-type]
    return out


def lumas(path: Path, start: int, end: int) -> list[np.ndarray]:
    return [planes[:HEIGHT] for planes in pictures(path, start, end)]


def steps(frames: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Between neighbours: the median flow in pixels, and the mean change of luma."""
    flows, changes = [], []
    for one, other in pairwise(frames):
        points = cv2.goodFeaturesToTrack(one, 300, 0.01, 7)
        there, seen, _ = cv2.calcOpticalFlowPyrLK(one, other, points, points.copy())
        flows.append(np.median((there - points)[seen.ravel() > 0].reshape(-1, 2), axis=0))
        changes.append(float(cv2.absdiff(one, other).mean()))
    return np.array(flows), np.array(changes)


def own_is_untouched(clip: Path, out: Path, frames: int, folder: Path) -> None:
    (own, heard), (made, heard_later) = (told_by_ffmpeg(path, folder) for path in (clip, out))
    assert len(made) == frames
    assert made[: len(own)] == own
    assert [_packet(line) for line in heard_later[: len(heard)]] == [_packet(line) for line in heard]


def _packet(line: str) -> list[str]:
    """Both times, size and hash. The clip's last packet need not be cut short any more."""
    dts, pts, _, size, content, *_ = line.split(",")
    return [dts, pts, size, content]


def test_the_join_is_no_larger_a_step_than_its_neighbours(clip: Path, tmp_path: Path) -> None:
    out = extended(clip, 2.1)
    own_is_untouched(clip, out, 63, tmp_path)
    frames = lumas(out, OWN - 12, OWN + 23)
    flows, changes = steps(frames)
    before, join, after = flows[:11], flows[11], flows[12]
    assert before.mean(axis=0) == pytest.approx([-PAN, 0], abs=0.06)
    assert join == pytest.approx(before.mean(axis=0), abs=0.15)
    assert after == pytest.approx(before.mean(axis=0), abs=0.2)
    assert changes[11] <= max(changes[:11]) * 1.05
    assert abs(flows[-1][0]) < abs(before.mean(axis=0)[0]), "the speed does not die down"
    levels = [float(frame.mean()) for frame in frames]
    assert abs(levels[12] - levels[11]) <= max(abs(b - a) for a, b in pairwise(levels[:12])) + 0.05


def test_the_picture_stays_as_sharp_as_the_clip(clip: Path) -> None:
    out = extended(clip, 2.1)
    sharp = [float(cv2.Laplacian(luma, cv2.CV_32F).var()) for luma in lumas(out, OWN - 12, OWN + 24)]
    assert min(sharp[12:]) > 0.8 * min(sharp[:12])
    assert max(sharp[12:]) < 1.1 * max(sharp[:12])


def test_sound_goes_on_in_silence(clip: Path) -> None:
    out = extended(clip, 2.1)
    with av.open(str(out)) as container:
        track = container.streams.audio[0]
        heard = np.concatenate([frame.to_ndarray() for frame in container.decode(track)], axis=1)
    assert heard.shape[1] / 48_000 == pytest.approx(2.1, abs=0.05)
    own = int(OWN / 30 * 48_000)
    assert np.abs(heard[:, own // 2 : own]).max() > 0.05
    assert np.abs(heard[:, own + 4096 :]).max() < 1e-4


def test_other_rates_sizes_and_codings_go_on_in_their_own(tmp_path: Path) -> None:
    make = Make(rate=Fraction(24000, 1001), options={"profile": "main"}, b_frames=3)
    film = six_shots(tmp_path / "clip.mp4", make)
    out = extended(film, 4)
    own_is_untouched(film, out, 96, tmp_path)
    found, before = look(out), look(film)
    assert found.times == tuple(number * Fraction(1001, 24000) for number in range(96))
    assert (found.look, found.profile, found.rate) == (before.look, before.profile, before.rate)


def test_what_was_continued_can_be_continued(clip: Path, tmp_path: Path) -> None:
    once = extended(clip, 1.5)
    twice = tmp_path / "longer.mp4"
    extend_clip(look(once), 1.7, twice, NullWatch())
    own_is_untouched(once, twice, 51, tmp_path)
    assert look(twice).is_steady


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [60, 120])
def test_a_minute_and_two(seconds: int, clip: Path, tmp_path: Path) -> None:
    out = extended(clip, seconds)
    own_is_untouched(clip, out, seconds * 30, tmp_path)
    found = look(out)
    assert found.is_steady
    assert found.times[-1] == Fraction(seconds * 30 - 1, 30)
    luma = found.thumbs[:, :, :, 0].astype(float)
    changes = np.abs(np.diff(luma, axis=0)).mean(axis=(1, 2))
    assert changes[OWN - 1 :].max() <= changes[: OWN - 1].max() * 1.2, "somewhere it jumps"
    last_own, end = lumas(out, OWN - 1, OWN)[0], lumas(out, seconds * 30 - 1, seconds * 30)[0]
    assert cv2.absdiff(last_own, end).mean() < 2.0, "it does not come back to the clip's last picture"


def test_the_same_seed_gives_the_same_pictures(silent_clip: Path, tmp_path: Path) -> None:
    found = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        out = tmp_path / f"{name}.mp4"
        extend_clip(look(silent_clip), 1.5, out, NullWatch(), seed=seed)
        found.append(look(out).hashes)
    assert found[0] == found[1]
    assert found[0][OWN:] != found[2][OWN:]


def test_at_rest_a_picture_comes_out_as_it_went_in(silent_clip: Path) -> None:
    (planes,) = pictures(silent_clip, 0, 1)
    (still, shifted) = moved(planes, [Pose(), Pose(x=1 / WIDTH)])
    assert np.array_equal(still, planes)
    assert np.array_equal(shifted[:HEIGHT, 8:-8], planes[:HEIGHT, 9:-7]), "one pixel to the right is one pixel"


def test_the_speed_is_measured_or_taken_for_rest() -> None:
    pan = coffee_pan(WIDTH, HEIGHT, OWN, 0.2)
    moving = speed_at_end([pan(number).planar for number in range(9)])
    assert moving.x * WIDTH == pytest.approx(-PAN, abs=0.03)
    assert abs(moving.y) * WIDTH < 0.03
    assert abs(moving.growth) < 2e-4
    plain, cut = speed_at_end([grey(90).planar] * 9), speed_at_end([grey(90).planar] * 8 + [pan(0).planar])
    assert plain == cut == speed_at_end([pan(3).planar] * 9) == speed_at_end([pan(0).planar])
    assert (plain.x, plain.growth) == (0.0, 0.0)


def refused(error: type[Exception], message: str, clip: Path, seconds: float = 3, **how: object) -> str:
    """What was said; nothing is left behind."""
    before = set_of(clip.parent)
    with pytest.raises(error, match=message) as caught:
        extended(clip, seconds, **how)
    assert set_of(clip.parent) == before
    return str(caught.value)


def test_what_cannot_be_continued_is_refused_and_leaves_nothing(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(CutRefused, "until it is 120 s long, not 121 s", clip, 121)
    refused(CutRefused, "until it is 120 s long, not 0 s", clip, 0)
    refused(CutRefused, "is 1.33333 s long already", clip, 1.3)
    refused(EngineNotFound, "no engine 'sora'", clip, engine_id="sora")
    monkeypatch.setitem(registry.MAKERS, "stone", lambda: object())
    refused(CutRefused, "stone cannot continue a clip: choose .*still", clip, engine_id="stone")
    assert not clip.with_name("long.mp4").exists()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Make(ticks=(20, 70)), "uneven length"),
        (Make(codec="mpeg4", b_frames=0), "its pictures are mpeg4, not H.264"),
    ],
)
def test_clips_of_other_kinds_are_refused(make: Make, message: str, tmp_path: Path) -> None:
    said = refused(CutRefused, message, six_shots(tmp_path / "clip.mp4", make), 9)
    assert "export it" in said


def test_a_clip_that_ends_in_a_whip_pan_is_refused(tmp_path: Path) -> None:
    pan = coffee_pan(WIDTH, HEIGHT, 1, -0.3)
    with ClipWriter(tmp_path / "clip.mp4", WIDTH, HEIGHT, 30) as writer:
        for number in range(12):
            writer.write(pan(number * 0.25).planar)  # type: ignore[arg-type]
    said = refused(CutRefused, "fast movement", tmp_path / "clip.mp4")
    assert "end it earlier" in said


@pytest.mark.parametrize("at", [0, 3, 9, 13])
def test_a_cancel_leaves_the_old_file(at: int, clip: Path) -> None:
    out = clip.with_name("long.mp4")
    out.write_bytes(b"an older one")
    before = set_of(clip.parent)
    with pytest.raises(Cancelled):
        extend_clip(look(clip), 3, out, StopWatch(Cancelled("enough"), at))
    assert out.read_bytes() == b"an older one"
    assert set_of(clip.parent) == before


def test_a_clip_that_reads_back_wrong_is_thrown_away(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video, before = look(clip), set_of(clip.parent)
    monkeypatch.setattr(verb, "survey", lambda path, watch: video)
    with pytest.raises(DeliverableRefused, match="because of its number of pictures, new pictures"):
        extend_clip(video, 3, clip.with_name("long.mp4"), NullWatch())
    assert set_of(clip.parent) == before


def test_the_command_tells_what_it_did(clip: Path, tmp_path: Path) -> None:
    out = StringIO()
    call_command("extend_clip", "--clip", str(clip), "--seconds", "2", "--out", str(tmp_path / "o.mp4"), stdout=out)
    assert "60 pictures, 40 of the clip and 20 new, at 30 fps" in out.getvalue()
    assert "1 track(s) go on in silence, 0 end with the clip" in out.getvalue()
    with pytest.raises(CommandError, match="there is no clip"):
        call_command("extend_clip", "--clip", "none.mp4", "--seconds", "2", "--out", "o.mp4")
    with pytest.raises(CommandError, match=r"must end in .mp4 or .mov, not '.gif'"):
        call_command("extend_clip", "--clip", str(clip), "--seconds", "2", "--out", str(tmp_path / "o.gif"))


@pytest.mark.slow
def test_showcase_goes_over_into_depth_without_a_step(tmp_path: Path) -> None:
    """Its layers are sampled anew, which must come in so slowly that nobody sees it."""
    pan = coffee_pan(WIDTH, HEIGHT, OWN, 0.2)
    write_clip(tmp_path / "clip.mp4", OWN, lambda number: pan(min(number, OWN - 12)))
    out = extended(tmp_path / "clip.mp4", 7, engine_id="showcase")
    own_is_untouched(tmp_path / "clip.mp4", out, 210, tmp_path)
    frames = lumas(out, 0, 210)
    flat = tmp_path / "flat.mp4"
    extend_clip(look(tmp_path / "clip.mp4"), 7, flat, NullWatch())
    changes, flat_changes = steps(frames)[1], steps(lumas(flat, 0, 210))[1]
    assert changes[OWN - 1] <= max(changes[: OWN - 1])
    assert max(changes[OWN:]) <= 1.3 * max(*changes[: OWN - 1], *flat_changes[OWN:])
    assert look(out).hashes[OWN : OWN + 1] == look(flat).hashes[OWN : OWN + 1]
    assert look(out).hashes[-20:] != look(flat).hashes[-20:]
