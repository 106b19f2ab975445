"""Printed labels: text drawn once at high resolution, then looked up on a product's surface."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from studio.vec import Vec3, column, mix, srgb

FONTS = Path(__file__).resolve().parents[2] / "generation" / "fonts"
_DOTS = 2600  # label dots per unit of product height


@dataclass(frozen=True)
class Line:
    """One centred line. `size` is the letter height and `y` the middle, both in units."""

    text: str
    size: float
    y: float
    bold: bool = False
    spacing: float = 0.0


@dataclass(frozen=True)
class Rule:
    """A thin horizontal stroke."""

    width: float
    y: float
    thickness: float = 0.0022


class Label:
    """Ink coverage over a rectangle, with an optional paper colour behind it."""

    def __init__(
        self,
        width: float,
        height: float,
        marks: tuple[Line | Rule, ...],
        ink: str,
        paper: str | None = None,
        corner: float = 0.0,
    ) -> None:
        self.width, self.height, self.corner = width, height, corner
        self.ink: Vec3 = srgb(ink)
        self.paper: Vec3 | None = srgb(paper) if paper else None
        sheet = Image.new("L", (round(width * _DOTS), round(height * _DOTS)), 0)
        pen = ImageDraw.Draw(sheet)
        for mark in marks:
            if isinstance(mark, Line):
                _write(pen, sheet.size, mark)
            else:
                _stroke(pen, sheet.size, mark)
        self.coverage = torch.from_numpy(np.asarray(sheet, dtype=np.float32) / 255.0)

    def apply(self, albedo: Tensor, u: Tensor, v: Tensor, front: Tensor) -> tuple[Tensor, Tensor]:
        """Paint over `albedo`; `u`, `v` are offsets from the middle. Also returns the mask."""
        edge_x = u.abs() - (self.width / 2 - self.corner)
        edge_y = v.abs() - (self.height / 2 - self.corner)
        bent = torch.hypot(edge_x.clamp_min(0.0), edge_y.clamp_min(0.0)) - self.corner
        inside = (bent + torch.maximum(edge_x, edge_y).clamp_max(0.0) < 0.0) & front
        ink = self._sample(u, v) * inside
        if self.paper is not None:
            albedo = torch.where(inside, column(self.paper).expand_as(albedo), albedo)
            mask = inside.to(albedo.dtype)
        else:
            mask = ink
        return mix(albedo, column(self.ink), ink), mask

    def _sample(self, u: Tensor, v: Tensor) -> Tensor:
        rows, cols = self.coverage.shape
        x = ((u / self.width + 0.5) * cols - 0.5).clamp(0, cols - 1.01)
        y = ((0.5 - v / self.height) * rows - 0.5).clamp(0, rows - 1.01)
        x0, y0 = x.floor(), y.floor()
        at = (y0 * cols + x0).long()
        flat = self.coverage.reshape(-1)
        upper = mix(flat[at], flat[at + 1], x - x0)
        lower = mix(flat[at + cols], flat[at + cols + 1], x - x0)
        return mix(upper, lower, y - y0)


def _write(pen: ImageDraw.ImageDraw, size: tuple[int, int], line: Line) -> None:
    name = "NotoSansSC-Bold.ttf" if line.bold else "NotoSansSC-Medium.ttf"
    font = ImageFont.truetype(str(FONTS / name), round(line.size * _DOTS))
    gap = line.spacing * _DOTS
    widths = [pen.textlength(letter, font=font) for letter in line.text]
    x = (size[0] - sum(widths) - gap * (len(widths) - 1)) / 2
    y = size[1] / 2 - line.y * _DOTS
    for letter, width in zip(line.text, widths, strict=True):
        pen.text((x, y), letter, font=font, fill=255, anchor="lm")
        x += width + gap


def _stroke(pen: ImageDraw.ImageDraw, size: tuple[int, int], rule: Rule) -> None:
    middle, y = size[0] / 2, size[1] / 2 - rule.y * _DOTS
    half_w, half_h = rule.width * _DOTS / 2, rule.thickness * _DOTS / 2
    pen.rectangle((middle - half_w, y - half_h, middle + half_w, y + half_h), fill=255)
