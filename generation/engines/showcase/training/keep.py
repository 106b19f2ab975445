"""What is left of a training: weights to ship, and a picture of its curve."""

import json
from pathlib import Path

import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from PIL import Image, ImageDraw

from generation.engines.showcase.pipeline import ShowcasePipeline
from generation.engines.showcase.transformer import ShowcaseTransformer

WIDTH, HEIGHT, MARGIN = 900, 320, 44
LINES = (
    ("outline_iou", (34, 110, 190), 1.0),
    ("nearness_error", (40, 140, 70), 0.4),
    ("error_ratio", (200, 80, 40), 2.0),
)


def keep(model: ShowcaseTransformer, out: Path) -> int:
    """Write the pipeline, half precision; returns the bytes of its weights."""
    ShowcasePipeline(model.to("cpu", torch.float16), FlowMatchEulerDiscreteScheduler()).save_pretrained(str(out))
    return sum(path.stat().st_size for path in out.rglob("*.safetensors"))


def curve(folder: Path) -> Path:
    """Draw ``curve.jsonl`` as ``curve.png``: outline (IoU), nearness (mean error) and points (error over rival's)."""
    rows = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(picture)
    longest = max(row["minutes"] for row in rows) or 1.0
    draw.rectangle((MARGIN, MARGIN, WIDTH - MARGIN, HEIGHT - MARGIN), outline=(200, 200, 200))
    for number, (name, shade, top) in enumerate(LINES):
        points = [
            (
                MARGIN + (WIDTH - 2 * MARGIN) * row["minutes"] / longest,
                HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * min(row[name] / top, 1.0),
            )
            for row in rows
        ]
        draw.line(points, fill=shade, width=2)
        draw.text((MARGIN + 240 * number, 14), f"{name} (0..{top:g}), last {rows[-1][name]:g}", fill=shade)
    draw.text((WIDTH - MARGIN - 120, HEIGHT - 30), f"{longest:g} minutes", fill=(90, 90, 90))
    path = folder / "curve.png"
    picture.save(path)
    return path
