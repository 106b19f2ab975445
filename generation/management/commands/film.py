"""``manage.py film``: film one shot of one photo into a file. Needs no database, no worker and no account."""

import re
import time
from argparse import ArgumentTypeError
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.domain.shot_plan import Framing, ImageRef, Move, PlanRefused, ShotPlan, ShotRequest, plan
from generation.engines.registry import engine
from generation.errors import GenerationError
from generation.film import film_to_file
from generation.media import sha256_of
from generation.subject import find_subject, read_photo
from generation.watch import NullWatch


class Command(BaseCommand):
    help = "Film one shot of a photo, such as: film --image mug.jpg --move push --out clip.mp4"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--image", type=Path, required=True, help="the photo (JPEG or PNG)")
        parser.add_argument("--out", type=Path, required=True, help="the clip to write (MP4)")
        parser.add_argument("--move", choices=_names(Move), default=Move.PUSH.value)
        parser.add_argument("--framing", choices=_names(Framing), default=Framing.MEDIUM.value)
        parser.add_argument("--strength", type=float, default=1.0, help="0 to 1 of the tasteful maximum")
        parser.add_argument("--seconds", type=float, default=5.0)
        parser.add_argument("--size", type=_size, default=(1080, 1920), help="such as 1080x1920")
        parser.add_argument("--engine", default="still", help="see `manage.py engines`")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, **options: Any) -> None:
        begun = time.monotonic()
        try:
            shot = _plan(options)
            filmed = film_to_file(shot, {shot.photo.sha256: options["image"]}, options["out"], NullWatch())
        except (GenerationError, PlanRefused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{options['out']}: {filmed.frames} frames, {filmed.width}x{filmed.height}, {shot.fps} fps, "
            f"{shot.duration_ms / 1000:g} s, filmed in {time.monotonic() - begun:.1f} s"
        )


def _names(words: type[StrEnum]) -> list[str]:
    return [word.value for word in words]


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if found is None:
        raise ArgumentTypeError(f"write the size as 1080x1920, not {text!r}")
    return int(found[1]), int(found[2])


def _plan(options: dict[str, Any]) -> ShotPlan:
    spec = engine(options["engine"]).spec
    path: Path = options["image"]
    if not path.is_file():
        raise CommandError(f"there is no photo {path}")
    photo = read_photo(path)
    height, width = photo.shape[:2]
    canvas_width, canvas_height = options["size"]
    request = ShotRequest(
        image=ImageRef(sha256_of(path), path.name, width, height, find_subject(photo)),
        move=Move(options["move"]),
        framing=Framing(options["framing"]),
        strength=options["strength"],
        frames=round(options["seconds"] * spec.fps),
        fps=spec.fps,
        width=canvas_width,
        height=canvas_height,
        seed=options["seed"],
    )
    return plan(spec, request)
