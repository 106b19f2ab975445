"""The ad of ``bench/assembly.py`` and what it is cut from.

Six filmed shots of 2.5 s with cross-fades of 0.4 s and an end card, 15 s of 1080x1920 at 30 frames a second; twelve captions
in two languages, a price tag, a brand mark, the AI label; music that steps back under a voice. The ad of our study.
"""

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generation.domain.timeline import Timeline
    from generation.render.yuv import Bytes, Frame

PHOTOS = ("coffee", "astronaut", "chelsea", "rocket", "retina", "immunohistochemistry")
SHOT, FADE, CARD = 63, 12, 72  # frames: with their handles, the outer shots hold 2.3 s and the inner ones 2.5 s
FPS, RATE_FACTOR = 30, "20"
VOICE, PHOTO, CLIP_NOISE = "e" * 64, "f0" * 32, 1.3  # luma steps; 23 Mbit/s in the mean
MUSIC = ("warm", 104, 5)  # mood, beats a minute, seed
CAPTIONS = (
    ("早上起不来|你也这样吗", "Slow mornings?"), ("试试这一杯", "Try this cup"), ("云南高山|日晒豆", "Sun-dried Yunnan beans"),
    ("30秒|一杯好咖啡", "Good coffee in 30 s"), ("香气先到", "First, the scent"), ("浓而不苦", "Rich, never bitter"),
    ("一口下去|都醒了", "One sip, wide awake"), ("办公室也能喝", "At the office, too"), ("12包装|够两周", "12 bags, two weeks"),
    ("原价99元", "Was ¥99"), ("现在只要66元", "Now only ¥66"), ("点击下方|马上带走", "Tap below to order"),
)  # fmt: skip


def timeline() -> "Timeline":
    from dataclasses import replace

    from generation.domain.timeline import (
        Canvas,
        EndCard,
        MusicBed,
        Overlay,
        OverlayKind,
        Timeline,
        TimelineShot,
        Transition,
    )
    from generation.domain.timeline_rules import handles, validate
    from generation.domain.voice import Voice, VoiceLine

    card = EndCard("一口下去|都醒了", "山野咖啡", "¥66", "¥99", "送滤纸", "点击下单", "card.png", PHOTO)
    shots = [
        TimelineShot(f"s{number}", "demo", f"{number}" * 64, 0, SHOT, Transition.DISSOLVE, FADE) for number in range(6)
    ]
    shots.append(TimelineShot("end", "cta", "", 0, CARD, card=card))
    placed = tuple(replace(shot, source_start=head) for shot, (head, _) in zip(shots, handles(shots), strict=True))
    filmed, beat = 6 * SHOT, 6 * SHOT // len(CAPTIONS)
    overlays = [
        Overlay(
            f"c{number}", OverlayKind.CAPTION, number * beat, (number + 1) * beat, zh, style="bilingual", second_text=en
        )
        for number, (zh, en) in enumerate(CAPTIONS)
    ]
    overlays.append(Overlay("p", OverlayKind.PRICE_TAG, filmed // 2, filmed, "¥66", second_text="¥99"))
    overlays.append(Overlay("m", OverlayKind.BRAND_MARK, 0, filmed, "山野咖啡"))
    lines = tuple(
        VoiceLine(f"v{number}", text, f"s{number // 2}", number * beat + 2, beat - 6, "voice.wav", VOICE)
        for number, (text, _) in enumerate(CAPTIONS)
    )
    made = Timeline(
        "bench", "zh", "ember", Canvas(1080, 1920, FPS), placed, tuple(overlays), MusicBed(*MUSIC),
        voice=Voice(lines),
    )  # fmt: skip
    validate(made)
    return made


def another_ad() -> "Timeline":
    """What the worker has cut before: none of its words and none of its music are those of ``timeline``."""
    from dataclasses import replace

    from generation.domain.timeline import MusicBed

    made = timeline()
    overlays = [replace(one, text=one.text[::-1], second_text=one.second_text[::-1]) for one in made.overlays]
    *shots, last = made.shots
    if last.card is None:
        raise ValueError("the bench's ad ends with a card")
    last = replace(last, card=replace(last.card, headline=last.card.headline[::-1], brand=last.card.brand[::-1]))
    music = MusicBed(MUSIC[0], MUSIC[1], MUSIC[2] + 1)
    return replace(made, overlays=tuple(overlays), shots=(*shots, last), music=music)


def material(folder: Path, made: "Timeline") -> None:
    """Clips of moving photos with film grain, the end card's photo, a voice of harmonic bursts, the music. Written once."""
    import numpy as np
    import skimage.data
    from PIL import Image

    from generation.domain.timeline_rules import media_frames
    from generation.ffmpeg import ClipWriter
    from generation.render.music import compose

    for number, (name, shot) in enumerate(zip(PHOTOS, made.shots, strict=False)):
        with ClipWriter(folder / f"{number}.mp4", 1080, 1920, FPS) as writer:
            for picture in moving(getattr(skimage.data, name)(), media_frames(shot), number):
                writer.write(picture.planar)
    Image.fromarray(skimage.data.coffee()).save(folder / "card.png")
    moment = np.arange(48_000) / 48_000
    tone = sum(np.sin(2 * np.pi * 140 * step * moment) / step for step in range(1, 9))
    burst = (0.25 * tone * np.abs(np.sin(2 * np.pi * 4 * moment)) * 32_767 / 2.2).astype("<i2")
    _write_wave(folder / "voice.wav", burst)
    _write_wave(folder / "music.wav", np.rint(compose(*MUSIC, made.duration / FPS).clip(-1, 1) * 32_767).astype("<i2"))


def _write_wave(path: Path, sound: "Bytes") -> None:
    """``sound``: 16 bits, samples or samples x channels, at 48 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[1] if sound.ndim == 2 else 1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(sound.tobytes())


def moving(photo: object, frames: int, seed: int) -> "Iterator[Frame]":
    """A slow push into a photo, with film grain on its luma."""
    import cv2
    import numpy as np

    from generation.render.transitions import warped
    from generation.render.yuv import solid

    source = np.asarray(photo, np.float32) / 255
    scale = 1920 / source.shape[0] * 1.1
    shift = np.array([[scale, 0, 540 - scale * source.shape[1] / 2], [0, scale, 960 - scale * source.shape[0] / 2]])
    rgb = cv2.warpAffine(source, shift, (1080, 1920), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT).clip(0, 1)
    still = solid(np.dstack([rgb, np.ones((1920, 1080), np.float32)]))
    dice = np.random.default_rng(seed)
    grain = [np.rint(dice.normal(0, CLIP_NOISE, (1920, 1080))).astype(np.int16) for _ in range(6)]
    for index in range(frames):
        near = 1 + 0.08 * index / frames
        picture = warped(still, near, (1 - near) * 540, (1 - near) * 960)
        picture.luma[:] = np.clip(picture.luma + grain[index % 6], 16, 235)
        yield picture
