"""``manage.py judge_clip``: what the quality gate says about a clip. Needs no database, no worker and no account."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.domain.engine_spec import Move
from generation.errors import GenerationError
from generation.gate import evidence
from generation.gate.judge import Asked, Report, Shown, judge
from generation.subject import find_subject


class Command(BaseCommand):
    help = "Judge a clip that was filmed from a photo, such as: judge_clip --image mug.jpg --clip clip.mp4 --move push"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--image", type=Path, required=True, help="the photo that the clip starts from")
        parser.add_argument("--clip", type=Path, required=True, help="the clip (MP4)")
        parser.add_argument("--last", type=Path, help="the photo that the clip ends on, if any")
        parser.add_argument("--matte", type=Path, help="a picture of the photo's size, white on the product")
        parser.add_argument("--move", choices=[move.value for move in Move], help="without it: what any move may do")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")
        parser.add_argument("--evidence", type=Path, help="draw what the gate saw into this picture (PNG or JPEG)")

    def handle(self, **options: Any) -> None:
        try:
            report = _judged(options)
            if options["evidence"] is not None:
                evidence.write(report, options["evidence"])
        except (GenerationError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_told(report))


def _judged(options: dict[str, Any]) -> Report:
    for name in ("image", "clip", "last", "matte"):
        if options[name] is not None and not options[name].is_file():
            raise CommandError(f"--{name}: there is no file {options[name]}")
    last: Path | None = options["last"]
    asked = Asked(
        move=None if options["move"] is None else Move(options["move"]),
        subject=find_subject(options["image"]),
        matte=options["matte"],
        last=None if last is None else Shown(last, find_subject(last)),
    )
    return judge(options["image"], options["clip"], asked)


def _told(report: Report) -> str:
    verdict = report.verdict
    if not verdict.judged:
        return f"未判定 not judged: {verdict.note}"
    head = f"{'通过 passed' if verdict.passed else '不通过 rejected'}, {verdict.score:.2f}"
    lines = [f"{zh} / {en}" for zh, en in zip(verdict.reasons("zh"), verdict.reasons("en"), strict=True)]
    return "\n".join([head, *lines, *report.notes])
