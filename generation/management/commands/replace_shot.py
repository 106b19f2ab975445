"""``manage.py replace_shot``: film one shot of a finished video anew. Needs no database, no worker and no account."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.domain.engine_spec import Framing, Move
from generation.domain.shot_plan import PlanRefused
from generation.errors import GenerationError
from generation.shots.cuts import Bounds, at_time, shots_of
from generation.shots.filmed import Wish
from generation.shots.replace import Replaced, replace_shot
from generation.shots.survey import Survey, survey
from generation.watch import NullWatch


class Command(BaseCommand):
    help = (
        "Replace one shot of a finished video and touch nothing else, such as: "
        "replace_shot --video v.mp4 --shot 3 --image mug.jpg --move push --out new.mp4. "
        "The new file carries no AI label of its own: before it is published as an ad it needs one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--video", type=Path, required=True, help="the finished video (MP4 or MOV)")
        parser.add_argument("--list", action="store_true", help="print its shots and stop")
        parser.add_argument("--shot", type=int, help="which shot, counted from 1 as --list does")
        parser.add_argument("--from-ms", type=int, help="instead of --shot: where the part to replace begins ...")
        parser.add_argument("--to-ms", type=int, help="... and ends")
        parser.add_argument("--image", type=Path, help="the photo (JPEG or PNG)")
        parser.add_argument("--move", choices=[move.value for move in Move], default=Move.PUSH.value)
        parser.add_argument("--framing", choices=[framing.value for framing in Framing], default=Framing.MEDIUM.value)
        parser.add_argument("--strength", type=float, default=1.0, help="0 to 1 of the tasteful maximum")
        parser.add_argument("--engine", default="showcase", help="see `manage.py engines`")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--match", type=float, default=1.0, help="0 to 1: how far to match the look around it")
        parser.add_argument("--out", type=Path, help="the video to write (.mp4 or .mov)")

    def handle(self, **options: Any) -> None:
        begun = time.monotonic()
        try:
            if not options["video"].is_file():
                raise CommandError(f"there is no video {options['video']}")
            video = survey(options["video"], NullWatch())
            if options["list"]:
                self.stdout.write("\n".join(_lines(video)))
                return
            place = _place(video, options)
            done = replace_shot(video, place, _wish(options), options["out"], NullWatch())
        except (GenerationError, PlanRefused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['out']}: {_told(video, done)} In {time.monotonic() - begun:.1f} s.")


def _lines(video: Survey) -> list[str]:
    shots = shots_of(video)
    return [f"{video.path.name}: {video.frames} pictures, {len(shots)} shots", *map(_line, [video] * len(shots), shots)]


def _line(video: Survey, shot: Bounds) -> str:
    number = shots_of(video).index(shot) + 1
    first = video.times[0]
    end = video.times[shot.end] if shot.end < video.frames else None
    until = "the end" if end is None else f"{float(end - first) * 1000:.0f} ms"
    at = f"{float(video.times[shot.start] - first) * 1000:.0f} ms"
    return f"  {number:3}  {at:>9} to {until:>9}  pictures {shot.start} to {shot.end - 1} ({shot.frames})"


def _place(video: Survey, options: dict[str, Any]) -> Bounds:
    if options["image"] is None or options["out"] is None:
        raise CommandError("give --image and --out, or --list to see the shots")
    if options["from_ms"] is not None and options["to_ms"] is not None:
        return Bounds(at_time(video, options["from_ms"]), at_time(video, options["to_ms"]))
    shots = shots_of(video)
    number = options["shot"]
    if number is None or not 1 <= number <= len(shots):
        raise CommandError(
            f"{video.path.name} has {len(shots)} shots: give --shot 1 to {len(shots)} (--list shows them), "
            "or --from-ms and --to-ms"
        )
    return shots[number - 1]


def _wish(options: dict[str, Any]) -> Wish:
    if not 0.0 <= options["match"] <= 1.0:
        raise CommandError(f"--match is a share from 0 to 1, not {options['match']}")
    return Wish(
        photo=options["image"],
        move=Move(options["move"]),
        framing=Framing(options["framing"]),
        strength=options["strength"],
        seed=options["seed"],
        engine=options["engine"],
        match=options["match"],
    )


def _told(video: Survey, done: Replaced) -> str:
    """What was done, and why in this way."""
    place, looks = done.place, done.grade
    parts = [
        f"pictures {place.start} to {place.end - 1} of {video.frames} are new; {done.copied} were copied"
        f" and {done.lossless} encoded anew without loss, because {done.why}.",
        f"Read back: all other pictures, all times and {done.tracks} sound track(s) are exactly as before.",
        f"Look: contrast x{looks.gain:g}, brightness {looks.lift:+g}, cast {looks.blue:+g} blue {looks.red:+g} red.",
    ]
    if done.lossless:
        parts.append(
            "Pictures without loss are H.264 High 4:4:4 Predictive: editors and ffmpeg play it, phones may not."
        )
    return " ".join(parts)
