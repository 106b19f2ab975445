"""``manage.py extend_clip``: continue a clip up to two minutes. Needs no database, no worker and no account."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.errors import GenerationError
from generation.shots.extend import LONGEST_S, extend_clip
from generation.shots.survey import survey
from generation.watch import NullWatch


class Command(BaseCommand):
    help = "Continue a clip without a visible seam, such as: extend_clip --clip clip.mp4 --seconds 60 --out long.mp4"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clip", type=Path, required=True, help="the clip (MP4 or MOV, H.264)")
        parser.add_argument("--seconds", type=float, required=True, help=f"how long it shall be, up to {LONGEST_S}")
        parser.add_argument("--out", type=Path, required=True, help="the longer clip to write (.mp4 or .mov)")
        parser.add_argument("--engine", default="still", help="see `manage.py engines`")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, **options: Any) -> None:
        begun = time.monotonic()
        clip: Path = options["clip"]
        if not clip.is_file():
            raise CommandError(f"there is no clip {clip}")
        try:
            video = survey(clip, NullWatch())
            done = extend_clip(
                video,
                options["seconds"],
                options["out"],
                NullWatch(),
                engine_id=options["engine"],
                seed=options["seed"],
            )
        except (GenerationError, OSError) as error:
            raise CommandError(str(error)) from error
        width, speed = video.look.width, done.speed
        self.stdout.write(
            f"{options['out']}: {done.own + done.new} pictures, {done.own} of the clip and {done.new} new, "
            f"at {float(video.rate):g} fps; at the join the picture moves by {speed.x * width:+.2f}, "
            f"{speed.y * width:+.2f} pixels and grows by {speed.growth * 100:+.3f} % per picture. Sound: {done.silent} "
            f"track(s) go on in silence, {done.short} end with the clip. In {time.monotonic() - begun:.1f} s."
        )
