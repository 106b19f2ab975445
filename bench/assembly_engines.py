"""The programs that cut the ad of ``assembly_material``. Run by ``assembly.py``, one process per measurement."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assembly_material import CARD, FPS, PHOTO, RATE_FACTOR, VOICE, material, timeline

if TYPE_CHECKING:
    from generation.domain.cut_order import ClipFile
    from generation.domain.timeline import Timeline
    from generation.render.staging import Staging
    from generation.render.yuv import RGBA, Bytes

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
    from generation.deliver.encode import _options  # the bench measures exactly this encoder's settings
    from generation.domain.cut_order import Quality
    from generation.ffmpeg import run

    options = [
        part for name, value in _options(timeline().canvas, Quality.FINAL).items() for part in _flag(name, value)
    ]
    run(
        ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1080x1920", "-r", str(FPS), "-i", f"file:{folder / 'raw.yuv'}",
         "-c:v", "libx264", *options, folder / "floor.mp4"],
        seconds=600,
    )  # fmt: skip


def _flag(name: str, value: str) -> tuple[str, str]:
    return f"-{name}" + (":v" if name == "profile" else ""), value


def composed(folder: Path, preset: str) -> None:
    """The pictures for ``floor``, written once."""
    from generation.render.picture import pictures

    made = timeline()
    with (folder / "raw.yuv").open("wb") as raw:
        for picture in pictures(made, _staged(folder, made, "9:16"), _clips(folder, made)):
            raw.write(picture.flat.tobytes())


def moviepy(folder: Path, preset: str) -> None:
    """MoviePy as its users write it: composed clips, cross-fades, pictures over them that fade in and out, sound added up.

    It gets everything that is drawn for nothing, and neither ducks nor levels the sound.
    """
    from moviepy import AudioFileClip, CompositeAudioClip, CompositeVideoClip, ImageClip, VideoFileClip, vfx

    from generation.domain.timeline_rules import handles, starts
    from generation.render.yuv import to_rgb

    made = timeline()
    staging, clips = _staged(folder, made, "9:16"), _clips(folder, made)
    if staging.card is None or staging.card.photo is None:
        raise ValueError("the bench's ad has an end card with a photo")
    layers = []
    for shot, start, (head, _) in zip(made.shots, starts(made.shots), handles(made.shots), strict=True):
        if shot.clip:
            movie = VideoFileClip(str(clips[shot.clip].path), audio=False)
        else:
            movie = ImageClip(to_rgb(staging.card.ground), duration=(head + CARD) / FPS)
        fade = [vfx.CrossFadeIn(2 * head / FPS)] if head else []
        layers.append(movie.with_start((start - head) / FPS).with_effects(fade))
    card, photo = made.duration - CARD, staging.card.photo
    panel = ImageClip(_straight(photo.sheet), duration=CARD / FPS).with_effects(
        [vfx.CrossFadeIn(0.5), vfx.Resize(lambda t: 1 + 0.02 * t)]
    )
    layers.append(panel.with_start(card / FPS).with_position((photo.box.x, photo.box.y)))
    for cue, shift in [*((cue, 0) for cue in staging.cues), *((cue, card) for cue in staging.card.cues)]:
        last = min(cue.end + shift, made.duration)
        movie = ImageClip(_straight(cue.picture), duration=(last - cue.start - shift) / FPS)
        fades = [vfx.CrossFadeIn(cue.enter_s), *([] if shift else [vfx.CrossFadeOut(cue.leave_s)])]
        layers.append(movie.with_effects(fades).with_start((cue.start + shift) / FPS).with_position((cue.x, cue.y)))
    whole = CompositeVideoClip(layers, size=(1080, 1920)).with_duration(made.duration / FPS)
    voice = AudioFileClip(str(folder / "voice.wav"))
    lines = [] if made.voice is None else made.voice.lines
    said = [voice.subclipped(0, line.frames / FPS).with_start(line.start / FPS) for line in lines]
    whole = whole.with_audio(CompositeAudioClip(said).with_duration(made.duration / FPS))
    whole.write_videofile(
        str(folder / "moviepy.mp4"), fps=FPS, preset=preset, threads=2, logger=None,
        temp_audiofile_path=str(folder), ffmpeg_params=["-crf", RATE_FACTOR],
    )  # fmt: skip


def _straight(premultiplied: "RGBA") -> "Bytes":
    """8 bits, colour not multiplied by alpha, as MoviePy takes it."""
    import numpy as np

    alpha = premultiplied[:, :, 3:]
    colour = np.divide(premultiplied[:, :, :3], alpha, out=np.zeros_like(premultiplied[:, :, :3]), where=alpha > 0)
    return np.rint(255 * np.dstack([colour, alpha])).clip(0, 255).astype(np.uint8)


def warm() -> None:
    """What a worker loads once, before its first ad: programs, the dictionary of words, typefaces, themes."""
    import moviepy  # noqa: F401

    import generation.deliver.deliver  # noqa: F401
    from generation.render.captions_words import words
    from generation.render.fonts import Weight, drawable
    from generation.render.palette import theme

    words("每天一杯咖啡")
    drawable("好", Weight.BOLD)
    theme("ember")


ENGINES: Mapping[str, Callable[[Path, str], None]] = {
    "ours": ours, "floor": floor, "moviepy": moviepy, "composed": composed,
    "three at once": three_at_once, "one after another": one_after_another,
}  # fmt: skip


def main() -> None:
    """``python bench/assembly_engines.py ENGINE FOLDER PRESET``: prints the CPU and wall seconds of the work as JSON.

    Counted from when the worker is up (``warm``): it starts once and cuts all day.
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
    warm()
    begun, wall = os.times(), time.perf_counter()
    ENGINES[engine](folder, preset)
    ended = os.times()
    cpu = sum(ended[:4]) - sum(begun[:4])
    print(json.dumps({"cpu": cpu, "wall": time.perf_counter() - wall}))


if __name__ == "__main__":
    main()
