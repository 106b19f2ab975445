"""The programs that cut the ad of ``assembly_material``. Run by ``assembly.py``, one process per measurement."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assembly_material import CARD, FPS, PHOTO, RATE_FACTOR, VOICE, another_ad, material, timeline

if TYPE_CHECKING:
    from generation.domain.cut_order import ClipFile
    from generation.domain.timeline import Timeline
    from generation.render.staging import Staging

ROOT = Path(__file__).resolve().parent.parent
ASPECTS = ("9:16", "1:1", "16:9")


def _clips(folder: Path, made: "Timeline") -> "dict[str, ClipFile]":
    from generation.domain.cut_order import ClipFile
    from generation.domain.geometry import Box
    from generation.domain.timeline_rules import media_frames

    subject = Box(0.2, 0.3, 0.8, 0.65)
    return {
        shot.clip: ClipFile(folder / f"{number}.mp4", media_frames(shot), FPS, 1080, 1920, subject)
        for number, shot in enumerate(made.shots)
        if shot.clip
    }


def _staged(folder: Path, made: "Timeline", aspect: str) -> "Staging":
    from generation.deliver.safe_zones import safe_zone
    from generation.render.staging import stage_ad

    return stage_ad(made, aspect, safe_zone(aspect).box, _files(folder), _clips(folder, made))


def _files(folder: Path) -> dict[str, Path]:
    return {PHOTO: folder / "card.png", VOICE: folder / "voice.wav"}


def ours(folder: Path, preset: str, aspects: tuple[str, ...] = ("9:16",)) -> None:
    """Lay out, mix the sound, decode once, compose and encode every aspect, watching for faults on the way."""
    from contextlib import ExitStack

    from generation.deliver.encode import Encoder
    from generation.deliver.sound import sound_of
    from generation.domain.cut_order import Quality
    from generation.render.inspector import Inspector
    from generation.render.picture import pictures_of

    made = timeline()
    stagings = [_staged(folder, made, aspect) for aspect in aspects]
    sound = sound_of(made, _files(folder))
    looks = [(Inspector(FPS, made.duration - CARD).look,) for _ in aspects]
    with ExitStack() as stack:
        encoders = [
            stack.enter_context(Encoder(folder / f"ours{number}.mp4", staging.canvas, Quality.FINAL, sound, {}))
            for number, staging in enumerate(stagings)
        ]
        for pictures in pictures_of(made, stagings, _clips(folder, made), looks):
            for encoder, picture in zip(encoders, pictures, strict=True):
                encoder.write(picture)


def three_at_once(folder: Path, preset: str) -> None:
    ours(folder, preset, ASPECTS)


def one_after_another(folder: Path, preset: str) -> None:
    for aspect in ASPECTS:
        ours(folder, preset, (aspect,))


def floor(folder: Path, preset: str) -> None:
    """The same pictures, already composed, through ffmpeg's libx264 with the same settings and nothing else."""
    from generation.ffmpeg import run

    run(
        ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1080x1920", "-r", str(FPS), "-i", f"file:{folder / 'raw.yuv'}",
         "-c:v", "libx264", *_encoder_flags(), folder / "floor.mp4"],
        seconds=600,
    )  # fmt: skip


def _encoder_flags() -> list[str]:
    """Our encoder's settings as ffmpeg takes them."""
    from generation.deliver.encode import _options  # the bench measures exactly this encoder's settings
    from generation.domain.cut_order import Quality

    options = _options(timeline().canvas, Quality.FINAL)
    named = {f"-{name}" + (":v" if name == "profile" else ""): value for name, value in options.items()}
    return [part for option in named.items() for part in option]


def composed(folder: Path, preset: str) -> None:
    """The pictures for ``floor``, written once."""
    from generation.render.picture import pictures

    made = timeline()
    with (folder / "raw.yuv").open("wb") as raw:
        for picture in pictures(made, _staged(folder, made, "9:16"), _clips(folder, made)):
            raw.write(picture.flat.tobytes())


def moviepy(folder: Path, preset: str) -> None:
    """The same ad as MoviePy's users write it, with the same settings of the encoder."""
    from assembly_moviepy import write

    made = timeline()
    write(folder, made, _staged(folder, made, "9:16"), _clips(folder, made), _encoder_flags())


def warm(folder: Path) -> None:
    """A worker's first ad, of which 2 s are cut: programs, typefaces and tables are loaded once, and then it cuts all day."""
    import moviepy  # noqa: F401

    from generation.deliver.encode import Encoder
    from generation.deliver.sound import sound_of
    from generation.domain.cut_order import Quality
    from generation.render.picture import pictures

    made = another_ad()
    staging, sound = _staged(folder, made, "9:16"), sound_of(made, _files(folder))
    with Encoder(folder / "first.mp4", staging.canvas, Quality.FINAL, sound, {}) as encoder:
        for picture in pictures(made, staging, _clips(folder, made), (), (0, 2 * FPS)):
            encoder.write(picture)


ENGINES: Mapping[str, Callable[[Path, str], None]] = {
    "ours": ours, "floor": floor, "moviepy": moviepy, "composed": composed,
    "three at once": three_at_once, "one after another": one_after_another,
}  # fmt: skip


def main() -> None:
    """``python bench/assembly_engines.py ENGINE FOLDER PRESET``: prints the CPU and wall seconds of the work as JSON.

    Counted from when the worker has had its first ad (``warm``).
    """
    engine, folder, preset = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    sys.path.insert(0, str(ROOT))
    os.environ.update(HITSMITH_VAR=str(folder), DJANGO_SETTINGS_MODULE="config.settings")
    import django

    django.setup()
    from generation.deliver import encode
    from generation.domain.cut_order import Quality

    encode.PRESET[Quality.FINAL], encode.RATE_FACTOR[Quality.FINAL] = preset, RATE_FACTOR
    if engine == "material":
        material(folder, timeline())
        return
    warm(folder)
    begun, wall = os.times(), time.perf_counter()
    ENGINES[engine](folder, preset)
    ended = os.times()
    cpu = sum(ended[:4]) - sum(begun[:4])
    print(json.dumps({"cpu": cpu, "wall": time.perf_counter() - wall}))


if __name__ == "__main__":
    main()
