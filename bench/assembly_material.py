"""The ad of ``bench/assembly.py`` and what it is cut from.

Six filmed shots of 2.5 s with cross-fades of 0.4 s and an end card, 15 s of 1080x1920 at 30 frames a second; twelve captions,
a price tag, a brand mark, the AI label; music that steps back under a voice.
"""

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generation.domain.timeline import Timeline
    from generation.render.yuv import Frame

PHOTOS = ("coffee", "astronaut", "chelsea", "rocket", "retina", "immunohistochemistry")
SHOT, FADE, CARD = 63, 12, 72  # frames: with their handles, the outer shots hold 2.3 s and the inner ones 2.5 s
FPS, RATE_FACTOR = 30, "20"
VOICE, PHOTO, CLIP_NOISE = "e" * 64, "f0" * 32, 1.6  # luma steps; gives the 12 to 24 Mbit/s of filmed clips
CAPTIONS = (
    "早上起不来|你也这样吗", "试试这一杯", "云南高山|日晒豆", "30秒|一杯好咖啡", "香气先到", "浓而不苦",
    "一口下去|都醒了", "办公室也能喝", "12包装|够两周", "原价99元", "现在只要66元", "点击下方|马上带走",
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
        Overlay(f"c{number}", OverlayKind.CAPTION, number * beat, (number + 1) * beat, text, style="highlight")
        for number, text in enumerate(CAPTIONS)
    ]
    overlays.append(Overlay("p", OverlayKind.PRICE_TAG, filmed // 2, filmed, "¥66", second_text="¥99"))
    overlays.append(Overlay("m", OverlayKind.BRAND_MARK, 0, filmed, "山野咖啡"))
    lines = tuple(
        VoiceLine(f"v{number}", text, f"s{number // 2}", number * beat + 2, beat - 6, "voice.wav", VOICE)
        for number, text in enumerate(CAPTIONS)
    )
    made = Timeline(
        "bench", "zh", "ember", Canvas(1080, 1920, FPS), placed, tuple(overlays), MusicBed("warm", 104, 5),
        voice=Voice(lines),
    )  # fmt: skip
    validate(made)
    return made


def material(folder: Path, made: "Timeline") -> None:
    """Clips of moving photos with film grain, the end card's photo, a voice of harmonic bursts. Written once."""
    import numpy as np
    import skimage.data
    from PIL import Image

    from generation.domain.timeline_rules import media_frames
    from generation.ffmpeg import ClipWriter

    for number, (name, shot) in enumerate(zip(PHOTOS, made.shots, strict=False)):
        with ClipWriter(folder / f"{number}.mp4", 1080, 1920, FPS) as writer:
            for picture in moving(getattr(skimage.data, name)(), media_frames(shot), number):
                writer.write(picture.planar)
    Image.fromarray(skimage.data.coffee()).save(folder / "card.png")
    moment = np.arange(48_000) / 48_000
    tone = sum(np.sin(2 * np.pi * 140 * step * moment) / step for step in range(1, 9))
    burst = (0.25 * tone * np.abs(np.sin(2 * np.pi * 4 * moment)) * 32_767 / 2.2).astype("<i2")
    with wave.open(str(folder / "voice.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        sound.writeframes(burst.tobytes())


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
