"""``manage.py sticker``: a looping GIF or WebP out of a clip. Needs no database, no worker and no account."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.errors import GenerationError
from generation.shots.sticker import StickerWish, make_sticker, platforms, wish_for
from generation.shots.survey import survey
from generation.watch import NullWatch


class Command(BaseCommand):
    help = (
        "Make a looping sticker of a clip, such as: sticker --clip clip.mp4 --out s.gif --for wechat. "
        "It carries no AI label: whoever publishes it owes it one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clip", type=Path, required=True, help="the clip (MP4 or MOV)")
        parser.add_argument("--out", type=Path, required=True, help="the sticker to write (.gif or .webp)")
        parser.add_argument("--seconds", type=float, default=3.0, help="how long the loop lasts")
        parser.add_argument("--width", type=int, default=360, help="pixels")
        parser.add_argument("--square", action="store_true", help="cut to a square around the product")
        parser.add_argument("--max-kb", type=int, default=0, help="the largest file; 0 for any")
        parser.add_argument("--fade", action="store_true", help="run forwards and melt into the beginning")
        parser.add_argument("--for", dest="platform", default="", help=f"by the rules of {' or '.join(platforms())}")

    def handle(self, **options: Any) -> None:
        clip: Path = options["clip"]
        if not clip.is_file():
            raise CommandError(f"there is no clip {clip}")
        wish = StickerWish(
            seconds=options["seconds"],
            side=options["width"],
            square=options["square"],
            most=options["max_kb"] * 1000,
            fades=options["fade"],
        )
        try:
            if options["platform"]:
                wish = wish_for(options["platform"], wish, options["out"])
            made = make_sticker(survey(clip, NullWatch()), wish, options["out"], NullWatch())
        except (GenerationError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{options['out']}: {made.frames} frames of {made.width}x{made.height} at {made.fps:.3g} fps, "
            f"{made.bytes / 1000:.0f} KB"
        )
