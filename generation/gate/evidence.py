"""The evidence: one picture that shows a person what the gate saw, and why it decided as it did."""

from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generation.domain.quality import OF_PRODUCT
from generation.gate.frames import Picture
from generation.gate.judge import Compared, Report
from generation.render.fonts import Weight, font

HIGH = 360  # pixels: height of a picture in the strip
BAND = 118  # ... and of the words below
MOST_BYTES = 200_000
GOOD, BAD, PLACE = (80, 220, 60), (50, 50, 255), (0, 215, 255)  # BGR


def draw(report: Report) -> Picture:
    """The photo with the product's outline, the frames with what was found again in them, the numbers, the verdict."""
    strips = [_strip(one) for one in report.compared]
    width = max((strip.shape[1] for strip in strips), default=900)
    rows = [np.pad(strip, ((0, 0), (0, width - strip.shape[1]), (0, 0))) for strip in strips]
    return np.vstack([*rows, _words(report, width)])


def encoded(report: Report) -> bytes:
    """``draw``'s picture as a JPEG of at most ``MOST_BYTES``."""
    picture = Image.fromarray(cv2.cvtColor(draw(report), cv2.COLOR_BGR2RGB))
    for quality in (82, 70, 55, 40):
        sink = BytesIO()
        picture.save(sink, "JPEG", quality=quality, optimize=True)
        if sink.tell() <= MOST_BYTES:
            return sink.getvalue()
    picture.thumbnail((1600, 1600))
    sink = BytesIO()
    picture.save(sink, "JPEG", quality=40, optimize=True)
    return sink.getvalue()


def write(report: Report, path: Path) -> Path:
    """The picture as PNG or JPEG, by the suffix of ``path``."""
    if path.suffix.lower() == ".png":
        Image.fromarray(cv2.cvtColor(draw(report), cv2.COLOR_BGR2RGB)).save(path)
    else:
        path.write_bytes(encoded(report))
    return path


def _strip(compared: Compared) -> Picture:
    product = compared.product
    photo = product.photo.copy()
    off = product.outline == 0
    photo[off] = photo[off] // 2
    left, top, right, bottom = product.box
    cv2.rectangle(photo, (left, top), (right - 1, bottom - 1), PLACE, max(photo.shape[0] // 200, 1))
    pictures = [_fitted(photo)]
    for look in compared.looks:
        frame = look.view.picture.copy()
        for (x, y), alike in zip(look.details, look.alike, strict=True):
            cv2.circle(frame, (round(float(x)), round(float(y))), 2, GOOD if alike else BAD, -1, cv2.LINE_AA)
        for reading in compared.readings.get(look.view.index, []):
            place = (reading.place * look.view.scale).round().astype(np.int32)
            cv2.polylines(frame, [place], isClosed=True, color=GOOD if reading.agreement > 0.9 else BAD, thickness=2)
        pictures.append(_fitted(frame))
    return np.hstack(pictures)


def _fitted(picture: Picture) -> Picture:
    width = max(round(picture.shape[1] * HIGH / picture.shape[0]), 8)
    resized = cv2.resize(picture, (width, HIGH), interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(resized, 0, 0, 0, 4, cv2.BORDER_CONSTANT, value=(24, 24, 24))


def _words(report: Report, width: int) -> NDArray[Any]:
    """The verdict in both languages, and all numbers; what was found wrong in red."""
    band = Image.new("RGB", (width, BAND), (24, 24, 24))
    pen = ImageDraw.Draw(band)
    verdict = report.verdict
    zh, en = ("通过", "passed") if verdict.passed else ("不通过", "rejected")
    if not verdict.judged:
        zh, en = "未判定", "not judged"
    colour = (120, 230, 130) if verdict.passed else (255, 110, 100)
    head = f"{zh} {en} · {verdict.score:.2f} · {'；'.join(verdict.reasons('zh')) or verdict.note}"
    pen.text((10, 6), head, fill=colour, font=font(Weight.BOLD, 20))
    numbers = {name: value for name, value in asdict(report.measures).items() if value is not None}
    for row, names in enumerate((numbers.keys() - OF_PRODUCT, numbers.keys() & OF_PRODUCT)):
        words = "   ".join(f"{name} {numbers[name]:.2f}" for name in numbers if name in names)
        pen.text((10, 38 + 25 * row), words, fill=(225, 225, 225), font=font(Weight.MEDIUM, 16))
    read = sorted({f"{r.line.text}→{r.text}" for one in report.compared for rs in one.readings.values() for r in rs})
    tail = "   ".join([*read[:6], *report.notes, f"thresholds {report.version}"])
    pen.text((10, 90), tail, fill=(150, 150, 150), font=font(Weight.MEDIUM, 15))
    return cv2.cvtColor(np.asarray(band), cv2.COLOR_RGB2BGR)
