"""A shot of a finished film is replaced, and every other picture, every time and every sound stays as it was."""

from dataclasses import replace
from fractions import Fraction
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from generation.domain.engine_spec import Framing, Move
from generation.domain.shot_plan import PlanRefused
from generation.errors import Cancelled, CutRefused, DeliverableRefused, GenerationError, MediaBroken, MediaMissing
from generation.ffmpeg import opened, run, source
from generation.shots import replace as verb
from generation.shots.cuts import Bounds, at_time, find_cuts, shots_of
from generation.shots.filmed import Wish
from generation.shots.replace import Replaced, replace_shot
from generation.shots.survey import Survey, pictures, survey
from generation.watch import NullWatch
from tests.generation.makers import StopWatch, drawn_photo
from tests.generation.six_shots import FRAMES, LENGTHS, THIRD_FROM, THIRD_TO, Make, set_of, six_shots, told_by_ffmpeg

pytestmark = pytest.mark.slow  # films and encodes whole videos

THIRD = Bounds(THIRD_FROM, THIRD_TO)
UNEVEN = (33, 33, 50, 21, 66, 40)


@pytest.fixture
def wish(tmp_path: Path) -> Wish:
    photo = tmp_path / "photo.png"
    drawn_photo(photo)
    return Wish(photo, move=Move.TRUCK_LEFT, framing=Framing.CLOSE)


def look(path: Path) -> Survey:
    return survey(path, NullWatch())


def replaced(film: Path, wish: Wish, place: Bounds = THIRD) -> tuple[Replaced, Path]:
    out = film.with_name("new.mp4")
    return replace_shot(look(film), place, wish, out, NullWatch()), out


def only_the_place_changed(film: Path, out: Path, place: Bounds, folder: Path) -> None:
    """Told by the ffmpeg program, which had no part in making it."""
    (before, sound_before), (after, sound_after) = (told_by_ffmpeg(path, folder) for path in (film, out))
    assert len(after) == len(before) == FRAMES
    assert [time for time, _ in after] == [time for time, _ in before]
    changed = [number for number in range(FRAMES) if after[number] != before[number]]
    assert changed == list(range(place.start, place.end))
    assert sound_after == sound_before


KINDS = {
    "keys": (Make(), (FRAMES - 17, 0, 17)),
    "uneven": (Make(ticks=UNEVEN), (FRAMES - 17, 0, 17)),
    "23.976": (Make(rate=Fraction(24000, 1001), options={"profile": "main"}), (FRAMES - 17, 0, 17)),
    "no sound": (Make(sound=False), (FRAMES - 17, 0, 17)),
    "turned": (Make(rotation=90), (FRAMES - 17, 0, 17)),
    "off keys": (Make(keys=False, params="open-gop=0:keyint=20:min-keyint=20:scenecut=0"), (38, 23, 17)),
    "open groups": (Make(keys=False, params="open-gop=1:keyint=12:scenecut=0:bframes=3", b_frames=3), (0, 61, 17)),
    "uneven, off keys": (Make(keys=False, ticks=UNEVEN), (0, 61, 17)),
    "full range": (Make(pixel_format="yuvj420p", colours=(1, 1, 1, 2)), (FRAMES - 17, 0, 17)),
    "MPEG-4": (Make(codec="mpeg4", b_frames=0, options={"qscale": "3"}), (0, 61, 17)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_third_of_six_shots_changes(kind: str, tmp_path: Path, wish: Wish) -> None:
    make, counts = KINDS[kind]
    film = six_shots(tmp_path / "film.mp4", make)
    done, out = replaced(film, wish)
    assert (done.copied, done.lossless, done.new) == counts, done.why
    only_the_place_changed(film, out, THIRD, tmp_path)
    assert look(out).look == look(film).look


@pytest.mark.parametrize("place", [Bounds(0, 14), Bounds(63, FRAMES), Bounds(0, FRAMES), Bounds(20, 21)])
def test_any_part_can_be_replaced(place: Bounds, tmp_path: Path, wish: Wish) -> None:
    film = six_shots(tmp_path / "film.mp4")
    done, out = replaced(film, wish, place)
    only_the_place_changed(film, out, place, tmp_path)
    assert (done.new, done.copied + done.lossless) == (place.frames, FRAMES - place.frames)


def test_a_shot_can_be_replaced_in_what_came_out(tmp_path: Path, wish: Wish) -> None:
    film = six_shots(tmp_path / "film.mp4")
    _, once = replaced(film, wish)
    twice = tmp_path / "twice.mp4"
    done = replace_shot(look(once), Bounds(0, 14), wish, twice, NullWatch())
    assert (done.copied, done.lossless) == (FRAMES - 14, 0)
    only_the_place_changed(once, twice, Bounds(0, 14), tmp_path)


def test_what_the_film_says_of_itself_is_kept(tmp_path: Path, wish: Wish) -> None:
    bare, film = six_shots(tmp_path / "bare.mp4"), tmp_path / "film.mp4"
    says = '{"Label":"1","ContentProducer":"001191110102MAD55U9H0F10002"}'
    copied = ["-c", "copy", "-movflags", "use_metadata_tags", "-metadata", f"AIGC={says}", "-metadata", "title=Spring"]
    run([*source(bare), *copied, film], seconds=60)
    _, out = replaced(film, wish)
    with opened(out) as container:
        assert {key: container.metadata[key] for key in ("AIGC", "title")} == {"AIGC": says, "title": "Spring"}


def test_the_shots_are_found_to_the_picture(tmp_path: Path) -> None:
    video = look(six_shots(tmp_path / "film.mp4", Make(keys=False)))
    assert [shot.frames for shot in shots_of(video)] == list(LENGTHS)


def test_a_flash_and_a_fast_move_are_no_cuts() -> None:
    slide = [np.roll(np.tile(np.arange(32, dtype=np.uint8) * 8, (32, 1)), 2 * n, axis=1) for n in range(20)]
    thumbs = np.stack([np.stack([luma, np.full_like(luma, 128), np.full_like(luma, 128)], axis=2) for luma in slide])
    assert find_cuts(thumbs) == []
    thumbs[9] = 255
    assert find_cuts(thumbs) == []
    thumbs[10:] = 255 - thumbs[10:]
    thumbs[9] = thumbs[8]
    assert find_cuts(thumbs) == [10]


def test_a_time_is_the_first_picture_shown_then(tmp_path: Path) -> None:
    video = look(six_shots(tmp_path / "film.mp4", Make(ticks=UNEVEN)))
    assert [at_time(video, ms) for ms in (0, 1, 33, 66, 67, 10**6)] == [0, 1, 1, 2, 3, FRAMES]


def test_the_new_shot_shows_the_photo_and_moves(tmp_path: Path, wish: Wish) -> None:
    film = six_shots(tmp_path / "film.mp4")
    _, out = replaced(film, replace(wish, match=0.0))
    first, *_, last = (planes.astype(int) for planes in pictures(out, THIRD_FROM, THIRD_TO))
    assert first[216 + 24 : 264, :].mean() > 136, "no red product: the chroma of the photo did not arrive"
    assert np.abs(first[:192] - last[:192]).mean() > 3


def test_the_look_comes_nearer_to_the_shots_around_it(tmp_path: Path, wish: Wish) -> None:
    film = look(six_shots(tmp_path / "film.mp4"))
    wanted = film.thumbs[14:51].mean(axis=(0, 1, 2))
    away = []
    for match in (0.0, 1.0):
        out = tmp_path / f"{match}.mp4"
        replace_shot(film, THIRD, replace(wish, match=match), out, NullWatch())
        away.append(np.abs(look(out).thumbs[THIRD_FROM:THIRD_TO].mean(axis=(0, 1, 2)) - wanted))
    assert (away[1] <= away[0]).all()
    assert away[0][0] - away[1][0] > 5
    assert (away[0] - away[1] <= [25.0, 5.6, 5.6]).all(), "changed by more than a product's colour bears"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Make(pixel_format="yuv444p"), "only 8-bit 4:2:0"),
        (Make(pixel_format="yuv420p10le"), "only 8-bit 4:2:0"),
        (Make(options={"flags": "+ildct"}, params="interlaced=1:tff=1", b_frames=0), "interlaced"),
    ],
)
def test_what_none_can_keep_exactly_is_refused(make: Make, message: str, tmp_path: Path) -> None:
    film = six_shots(tmp_path / "film.mp4", make)
    with pytest.raises(MediaBroken, match=message):
        look(film)


def refused(error: type[Exception], message: str, film: Path, place: Bounds, wish: Wish, out: Path) -> None:
    video, before = look(film), set_of(film.parent)
    with pytest.raises(error, match=message):
        replace_shot(video, place, wish, out, NullWatch())
    assert set_of(film.parent) == before


def test_bad_wishes_are_refused_and_leave_nothing(tmp_path: Path, wish: Wish) -> None:
    film, out = six_shots(tmp_path / "film.mp4"), tmp_path / "new.mp4"
    refused(CutRefused, "pictures 0 to 78", film, Bounds(70, 90), wish, out)
    refused(CutRefused, "none from 30 to 30", film, Bounds(30, 30), wish, out)
    refused(CutRefused, "must end in .mp4 or .mov", film, THIRD, wish, tmp_path / "new.avi")
    refused(CutRefused, "may not be the old one", film, THIRD, wish, film)
    refused(CutRefused, "no folder", film, THIRD, wish, tmp_path / "none" / "new.mp4")
    refused(MediaMissing, "there is no photo", film, THIRD, replace(wish, photo=tmp_path / "no.png"), out)
    refused(MediaBroken, "not a photo", film, THIRD, replace(wish, photo=film), out)
    refused(PlanRefused, "strength", film, THIRD, replace(wish, strength=2.0), out)
    refused(GenerationError, "no engine 'sora'", film, THIRD, replace(wish, engine="sora"), out)
    assert not out.exists()


@pytest.mark.parametrize("at", [0, 2, 5, 8, 11, 14])
def test_a_cancel_at_any_time_leaves_the_old_file(at: int, tmp_path: Path, wish: Wish) -> None:
    video, out = look(six_shots(tmp_path / "film.mp4")), tmp_path / "new.mp4"
    out.write_bytes(b"an older one")
    before = set_of(tmp_path)
    with pytest.raises(Cancelled):
        replace_shot(video, THIRD, wish, out, StopWatch(Cancelled("enough"), at))
    assert out.read_bytes() == b"an older one"
    assert set_of(tmp_path) == before


def test_a_file_that_reads_back_wrong_is_thrown_away(
    tmp_path: Path, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, out = look(six_shots(tmp_path / "film.mp4")), tmp_path / "new.mp4"
    before = set_of(tmp_path)
    real = verb.survey

    def spoiled(path: Path, watch: NullWatch) -> Survey:
        found = real(path, watch)
        return replace(found, hashes=(b"another", *found.hashes[1:]))

    monkeypatch.setattr(verb, "survey", spoiled)
    with pytest.raises(DeliverableRefused, match="because of its other pictures: export"):
        replace_shot(video, THIRD, wish, out, NullWatch())
    assert set_of(tmp_path) == before


def command(*arguments: str | Path) -> str:
    out = StringIO()
    call_command("replace_shot", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_lists_and_replaces(tmp_path: Path, wish: Wish) -> None:
    film, out = six_shots(tmp_path / "film.mp4"), tmp_path / "new.mp4"
    listed = command("--video", film, "--list").splitlines()
    assert listed[0] == "film.mp4: 78 pictures, 6 shots"
    assert listed[3] == "    3     833 ms to   1400 ms  pictures 25 to 41 (17)"
    how = ("--image", wish.photo, "--engine", "still", "--out", out)
    told = command("--video", film, "--shot", "3", "--move", "push", *how)
    assert "pictures 25 to 41 of 78 are new; 61 were copied and 0 encoded anew without loss, because" in told
    only_the_place_changed(film, out, THIRD, tmp_path)
    told = command("--video", film, "--from-ms", "500", "--to-ms", "700", *how)
    assert "pictures 15 to 20 of 78 are new; 67 were copied and 5 encoded anew without loss" in told
    assert "phones may not" in told
    only_the_place_changed(film, out, Bounds(15, 21), tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--video", "none.mp4", "--list"), "no video none.mp4"),
        (("--shot", "7", "--image", "p", "--out", "o.mp4"), "has 6 shots: give --shot 1 to 6"),
        (("--image", "p", "--out", "o.mp4"), "has 6 shots"),
        (("--shot", "3"), "give --image and --out"),
        (("--shot", "3", "--image", "p", "--out", "o.mp4", "--match", "2"), "from 0 to 1, not 2"),
    ],
)
def test_the_command_says_what_is_missing(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    film = six_shots(tmp_path / "film.mp4")
    given = arguments if "--video" in arguments else ("--video", str(film), *arguments)
    with pytest.raises(CommandError, match=message):
        command(*given)
    assert set_of(tmp_path) - {"media", "static"} == {"film.mp4"}
