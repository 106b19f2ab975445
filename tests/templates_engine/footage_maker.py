"""Videos of which everything is known: scenes with a subject, camera moves, cuts and fades, captions, music in tempo.

Each is drawn here from a seed, so that a detector can be held against what was planted. Nothing is anyone's work.
"""

import math
import random
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from generation.ffmpeg import ClipWriter, run, source
from generation.render.music import compose
from templates_engine.domain.beats import Camera, Framing

Picture = NDArray[np.uint8]
FONTS = Path(__file__).parents[2] / "generation" / "fonts"
ROOM = 1.5  # a scene is painted so much larger than the frame, for the camera to move in
SUBJECT = {Framing.CLOSE: 0.72, Framing.MEDIUM: 0.45, Framing.WIDE: 0.2}  # its height, share of the frame's
SPEED = 0.06  # frame widths a second, or growth a second
WIDEST = 0.94  # of the frame: longer captions get smaller letters
RATE = 48_000


@dataclass(frozen=True)
class Scene:
    """``transition``: how it begins: cut, dissolve or black (out and in again). ``caption``: burnt in while it lasts."""

    seconds: float
    seed: int
    camera: Camera = Camera.STATIC
    framing: Framing = Framing.MEDIUM
    transition: str = "cut"
    caption: str = ""


@dataclass(frozen=True)
class Plan:
    """``where``: how far down captions stand; ``letter``: their height, both as shares of the frame's height.

    ``enlarge``: how much larger than ``width`` x ``height`` the video is; painting small and enlarging is quicker.
    """

    scenes: tuple[Scene, ...]
    width: int = 270
    height: int = 480
    fps: int = 25
    bpm: int = 0
    mood: str = "driving"
    font: str = "NotoSansSC-Bold.ttf"
    where: float = 0.78
    letter: float = 0.045
    fade_s: float = 0.5
    seed: int = 0
    enlarge: int = 1

    @property
    def seconds(self) -> float:
        return sum(scene.seconds for scene in self.scenes)

    @property
    def borders(self) -> tuple[float, ...]:
        """Seconds at which a scene gives way to the next: of a fade, its middle."""
        ends = np.cumsum([scene.seconds for scene in self.scenes])
        return tuple(float(end) for end in ends[:-1])


def render(path: Path, plan: Plan) -> Path:
    """Writes the video, with music where ``bpm`` is given."""
    silent = path.with_name(f"{path.stem}.silent.mp4") if plan.bpm else path
    size = plan.width * plan.enlarge, plan.height * plan.enlarge
    with ClipWriter(silent, *size, plan.fps) as writer:
        for index in range(round(plan.seconds * plan.fps)):
            picture = cv2.resize(frame_at(plan, index / plan.fps), size, interpolation=cv2.INTER_CUBIC)
            writer.write(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420))
    if plan.bpm:
        sheet = path.with_suffix(".wav")
        write_wav(sheet, compose(plan.mood, plan.bpm, plan.seed, plan.seconds, None))
        run([*source(silent), *source(sheet), "-c:v", "copy", "-c:a", "aac", "-b:a", "128k", path], seconds=120)
        silent.unlink()
        sheet.unlink()
    return path


def write_wav(path: Path, sound: NDArray[np.float32], rate: int = RATE) -> None:
    """16 bits; ``sound`` is samples x channels."""
    loudest = max(float(np.abs(sound).max(initial=0.0)), 1e-6)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((sound / max(loudest, 1.0) * 32767).astype("<i2").tobytes())


def frame_at(plan: Plan, at: float) -> Picture:
    number = sum(at >= border - 1e-6 for border in plan.borders)
    begins = (0.0, *plan.borders)[number]
    picture = _shot(plan, number, at - begins)
    half = plan.fade_s / 2
    if number and at < begins + half and plan.scenes[number].transition != "cut":
        picture = _faded(plan, number, at, at - begins, picture)
    elif number < len(plan.scenes) - 1 and plan.scenes[number + 1].transition != "cut":
        to_go = plan.borders[number] - at
        picture = _fading(plan, number, at, to_go, picture) if to_go < half else picture
    return _captioned(plan, number, picture)


def _faded(plan: Plan, number: int, at: float, since: float, picture: Picture) -> Picture:
    half = plan.fade_s / 2
    if plan.scenes[number].transition == "black":
        return cv2.convertScaleAbs(picture, alpha=since / half)
    before = _shot(plan, number - 1, at - (0.0, *plan.borders)[number - 1])
    return cv2.addWeighted(picture, 0.5 + since / plan.fade_s, before, 0.5 - since / plan.fade_s, 0)


def _fading(plan: Plan, number: int, at: float, to_go: float, picture: Picture) -> Picture:
    half = plan.fade_s / 2
    if plan.scenes[number + 1].transition == "black":
        return cv2.convertScaleAbs(picture, alpha=to_go / half)
    after = _shot(plan, number + 1, -to_go)
    return cv2.addWeighted(picture, 0.5 + to_go / plan.fade_s, after, 0.5 - to_go / plan.fade_s, 0)


def _shot(plan: Plan, number: int, since: float) -> Picture:
    """One scene's picture, ``since`` seconds after it begins, through its moving camera."""
    scene = plan.scenes[number]
    ground, subject, mask = _painted(plan.width, plan.height, scene.seed, scene.framing)
    back, front = _views(scene, since)
    size = plan.width, plan.height
    under = _through(ground, back, size)
    over, cover = _through(subject, front, size), _through(mask, front, size)
    share = cover[..., None].astype(np.float32) / 255
    return (under * (1 - share) + over * share).round().astype(np.uint8)


View = tuple[float, float, float]  # shift in frame widths (where the picture goes, right and down) and growth


def _views(scene: Scene, since: float) -> tuple[View, View]:
    """Of the ground and of the subject; they differ only in an orbit."""
    way = SPEED * (since - scene.seconds / 2)
    match scene.camera:
        case Camera.PUSH:
            view = (0.0, 0.0, math.exp(way))
        case Camera.PULL:
            view = (0.0, 0.0, math.exp(-way))
        case Camera.TRUCK_LEFT:
            view = (way, 0.0, 1.0)
        case Camera.TRUCK_RIGHT:
            view = (-way, 0.0, 1.0)
        case Camera.PEDESTAL_UP:
            view = (0.0, way, 1.0)
        case Camera.PEDESTAL_DOWN:
            view = (0.0, -way, 1.0)
        case Camera.HANDHELD:
            sway = [
                math.sin(2 * math.pi * since * hz + scene.seed + turn) for hz, turn in ((1.3, 0), (2.9, 2), (1.7, 4))
            ]
            view = (0.008 * sway[0] + 0.005 * sway[1], 0.009 * sway[2], 1.0)
        case _:
            view = (0.0, 0.0, 1.0)
    ground = (way, 0.0, 1.0) if scene.camera is Camera.ORBIT else view
    return ground, view


def _through(layer: Picture, view: View, size: tuple[int, int]) -> Picture:
    width, height = size
    x, y, growth = view
    middle = layer.shape[1] / 2, layer.shape[0] / 2
    shift = np.array(
        [
            [growth, 0, width / 2 - growth * middle[0] + x * width],
            [0, growth, height / 2 - growth * middle[1] + y * width],
        ]
    )
    return cv2.warpAffine(layer, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


@cache
def _painted(width: int, height: int, seed: int, framing: Framing) -> tuple[Picture, Picture, Picture]:
    """A mottled backdrop, a subject with marks of its own, and where it is; larger than the frame."""
    rng = np.random.default_rng(seed)
    wide, high = round(width * ROOM), round(height * ROOM)
    hue = seed * 67 % 180  # far from that of the next seed
    colour, other = (_hue(turned % 180, rng) for turned in (hue, hue + 75))
    slope = np.linspace(0, 1, high)[:, None, None]
    mottle = cv2.resize(rng.normal(0, 10, (high // 12, wide // 12)).astype(np.float32), (wide, high))
    ground = (colour * (1 - 0.4 * slope) + mottle[..., None]).clip(0, 255).astype(np.uint8)
    ground = np.ascontiguousarray(np.broadcast_to(ground, (high, wide, 3)))
    subject, mask = np.empty_like(ground), np.zeros((high, wide), np.uint8)
    subject[:] = other
    tall = SUBJECT[framing] * height
    box = (wide / 2 - tall * 0.26, high / 2 - tall / 2, wide / 2 + tall * 0.26, high / 2 + tall / 2)
    left, top, right, bottom = (round(side) for side in box)
    cv2.rectangle(mask, (left, top), (right, bottom), 255, -1)
    for _ in range(14):
        x, y = int(rng.integers(left, right)), int(rng.integers(top, bottom))
        cv2.circle(subject, (x, y), max(2, round(tall / 22)), [int(value) for value in rng.integers(0, 256, 3)], -1)
    return ground, subject, cv2.GaussianBlur(mask, (0, 0), 1.0)


def _hue(hue: int, rng: np.random.Generator) -> Picture:
    """BGR of an OpenCV hue (0..179) with some strength and light."""
    drawn = np.array([[[hue, rng.integers(60, 200), rng.integers(70, 240)]]], np.uint8)
    return cv2.cvtColor(drawn, cv2.COLOR_HSV2BGR)[0, 0]


def _captioned(plan: Plan, number: int, picture: Picture) -> Picture:
    text = plan.scenes[number].caption
    if not text:
        return picture
    layer, left, top = _letters(plan.font, round(plan.letter * plan.height), text, plan.width)
    top = round(plan.where * plan.height) - layer.shape[0] // 2
    part = picture[top : top + layer.shape[0], left : left + layer.shape[1]]
    share = layer[..., 3:].astype(np.float32) / 255
    part[:] = (part * (1 - share) + layer[..., :3] * share).round().astype(np.uint8)
    return picture


@cache
def _letters(font: str, size: int, text: str, width: int) -> tuple[Picture, int, int]:
    """White letters with a dark rim, as a picture with alpha, and where its left edge stands when centred."""
    face = ImageFont.truetype(str(FONTS / font), size)
    rim = max(1, size // 12)
    left, top, right, bottom = (int(side) for side in face.getbbox(text, stroke_width=rim))
    if right - left > WIDEST * width:
        return _letters(font, size - 1, text, width)
    sheet = Image.new("RGBA", (right - left + 2, bottom - top + 2), (0, 0, 0, 0))
    ImageDraw.Draw(sheet).text(
        (1 - left, 1 - top), text, font=face, fill="white", stroke_width=rim, stroke_fill="black"
    )
    return np.asarray(sheet), (width - sheet.width) // 2, 0


def cuts_and_fades(seed: int) -> Plan:
    """Twelve scenes, half of them begun by a cut, the others by a dissolve or through black."""
    dice = random.Random(seed)
    scenes = [
        Scene(
            whole_frames(dice.uniform(1, 3)),
            seed * 100 + number,
            dice.choice([*Camera]),
            dice.choice([*Framing]),
            "cut" if number == 0 else dice.choice(["cut", "cut", "dissolve", "black"]),
        )
        for number in range(12)
    ]
    return Plan(tuple(scenes), width=180, height=320, fade_s=dice.choice([0.4, 0.6, 0.8]))


def whole_frames(seconds: float) -> float:
    return round(seconds * 25) / 25


@dataclass(frozen=True)
class Painted:
    """One frame as a detector gets it, without a file."""

    at_ms: int
    small: Picture
    whole: Picture

    def full(self) -> Picture:
        return self.whole


@dataclass(frozen=True)
class PaintedFilm:
    """A plan as footage that is neither encoded nor decoded."""

    plan: Plan
    track: NDArray[np.float32] | None = None

    @property
    def width(self) -> int:
        return self.plan.width

    @property
    def height(self) -> int:
        return self.plan.height

    @property
    def fps(self) -> float:
        return float(self.plan.fps)

    @property
    def duration_ms(self) -> int:
        return round(1000 * self.plan.seconds)

    def frames(self, side: int) -> Iterator[Painted]:
        scale = side / max(self.width, self.height)
        for index in range(round(self.plan.seconds * self.plan.fps)):
            whole = frame_at(self.plan, index / self.plan.fps)
            small = cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            yield Painted(round(1000 * index / self.plan.fps), small, whole)

    def sound(self, rate: int) -> NDArray[np.float32] | None:
        return self.track
