"""``manage.py film``: film one shot of one photo into a file. Needs no database, no worker and no account."""

import re
import shutil
import time
from argparse import ArgumentTypeError
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.domain.engine_spec import Easing, Framing, Move
from generation.domain.shot_plan import ImageRef, MatteRef, PlanRefused, ShotPlan, ShotRequest, plan
from generation.engines.base import Filmed
from generation.engines.registry import engine
from generation.errors import GenerationError
from generation.film import film_to_file
from generation.media import sha256_of
from generation.subject import find_subject, read_photo
from generation.takes import film_takes
from generation.watch import NullWatch

Files = dict[str, Path]  # SHA-256 -> the file


class Command(BaseCommand):
    help = "Film one shot of a photo, such as: film --image mug.jpg --move push --out clip.mp4"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--image", type=Path, help="the photo (JPEG or PNG); some engines film from --prompt alone")
        parser.add_argument(
            "--matte", type=Path, help="the product's outline: grey, of the photo's size, white = product"
        )
        parser.add_argument("--last", type=Path, help="a second photo of the product, on which the shot ends")
        parser.add_argument("--out", type=Path, required=True, help="the clip to write (MP4)")
        parser.add_argument("--move", choices=_names(Move), default=Move.PUSH.value)
        parser.add_argument("--framing", choices=_names(Framing), default=Framing.MEDIUM.value)
        parser.add_argument("--strength", type=float, default=1.0, help="0 to 1 of the tasteful maximum")
        parser.add_argument("--easing", choices=_names(Easing), default=Easing.SMOOTH.value)
        parser.add_argument("--seconds", type=float, default=5.0)
        parser.add_argument("--size", type=_size, default=(1080, 1920), help="such as 1080x1920")
        parser.add_argument("--engine", default="showcase", help="see `manage.py engines`")
        parser.add_argument("--profile", default="", help="of the engine: how much time for how much quality")
        parser.add_argument("--prompt", default="", help="what is seen, in English, for engines that read")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--takes", type=int, help="film so many, judge each and keep the best; else none is judged")

    def handle(self, **options: Any) -> None:
        begun = time.monotonic()
        files: Files = {}
        try:
            shot = _plan(options, files)
            filmed = _filmed(shot, files, options)
        except (GenerationError, PlanRefused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{options['out']}: {filmed.frames} frames, {filmed.width}x{filmed.height}, {shot.fps} fps, "
            f"{shot.duration_ms / 1000:g} s, {shot.engine}, filmed in {time.monotonic() - begun:.1f} s"
        )


def _filmed(shot: ShotPlan, files: Files, options: dict[str, Any]) -> Filmed:
    """Once, or the best of so many takes, as a job would keep it."""
    if options["takes"] is None:
        return film_to_file(shot, files, options["out"], NullWatch())
    if options["takes"] < 1:
        raise CommandError(f"--takes must be 1 or more, not {options['takes']}")
    with TemporaryDirectory(prefix="hitsmith-takes-") as folder:
        kept = film_takes(shot, files, Path(folder), NullWatch(), film_to_file, options["takes"])
        shutil.copyfile(kept.take.clip, options["out"])
    return kept.take.filmed


def _names(words: type[StrEnum]) -> list[str]:
    return [word.value for word in words]


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if found is None:
        raise ArgumentTypeError(f"write the size as 1080x1920, not {text!r}")
    return int(found[1]), int(found[2])


def _plan(options: dict[str, Any], files: Files) -> ShotPlan:
    spec = engine(options["engine"]).spec
    canvas_width, canvas_height = options["size"]
    request = ShotRequest(
        image=_image(options["image"], options["matte"], files),
        last_image=_image(options["last"], None, files),
        move=Move(options["move"]),
        framing=Framing(options["framing"]),
        strength=options["strength"],
        easing=Easing(options["easing"]),
        frames=round(options["seconds"] * spec.fps),
        fps=spec.fps,
        width=canvas_width,
        height=canvas_height,
        seed=options["seed"],
        prompt=options["prompt"],
        profile=options["profile"],
    )
    return plan(spec, request)


def _image(path: Path | None, matte: Path | None, files: Files) -> ImageRef | None:
    """The photo as a plan names it, and in ``files`` where it is."""
    if path is None:
        if matte is not None:
            raise CommandError("an outline needs its photo: give --image too")
        return None
    if not path.is_file():
        raise CommandError(f"there is no photo {path}")
    photo = read_photo(path)
    height, width = photo.shape[:2]
    sha256 = sha256_of(path)
    files[sha256] = path
    return ImageRef(sha256, path.name, width, height, find_subject(photo), _matte(matte, files))


def _matte(path: Path | None, files: Files) -> MatteRef | None:
    if path is None:
        return None
    if not path.is_file():
        raise CommandError(f"there is no outline {path}")
    sha256 = sha256_of(path)
    files[sha256] = path
    return MatteRef(sha256, path.name)
