"""``manage.py check_deliverable``: would a platform take this file, and does it carry its labels? Needs no database.

Everything is read from the bytes of the file, whoever made it.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.deliver.file_facts import inspect
from generation.deliver.platforms import Platform, Source, platform, platforms, version
from generation.deliver.rules import Outcome, Verdict, marks, preflight, technical
from generation.errors import GenerationError

SIGNS = {Outcome.PASSED: "通过 passed ", Outcome.FAILED: "不过 FAILED ", Outcome.UNKNOWN: "未知 unknown"}
UNREADABLE = Source("the file itself", "", "measured")


class Command(BaseCommand):
    help = "Check a finished film for a platform, such as: check_deliverable ad.mp4 --platform douyin --json"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the film (MP4)")
        parser.add_argument(
            "--platform", required=True, help=f"one of {', '.join(place.code for place in platforms())}"
        )
        parser.add_argument("--label-text", default="AI生成", help="the visible AI label's words (default: AI生成)")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, **options: Any) -> None:
        try:
            place = platform(options["platform"])
        except GenerationError as error:
            raise CommandError(str(error)) from error
        if not any(char.isalnum() for char in options["label_text"]):
            raise CommandError("--label-text: give the words of the visible label, such as AI生成")
        verdicts = _verdicts(options["file"], place, options["label_text"])
        failed = sum(verdict.outcome is Outcome.FAILED for verdict in verdicts)
        if options["json"]:
            self.stdout.write(json.dumps(_document(options["file"], place, verdicts), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_told(verdict) for verdict in verdicts))
        if failed:
            raise CommandError(f"{options['file'].name}: {failed} of {len(verdicts)} rules failed for {place.en}")


def _verdicts(path: Path, place: Platform, label_text: str) -> tuple[Verdict, ...]:
    """One failed rule, "readable", for what is no film at all."""
    try:
        facts = inspect(path, label_text)
    except GenerationError as error:
        return (Verdict("readable", Outcome.FAILED, str(error), "an MP4 film", UNREADABLE),)
    return (*preflight(facts, place), *technical(facts), *marks(facts))


def _document(path: Path, place: Platform, verdicts: tuple[Verdict, ...]) -> dict[str, object]:
    return {
        "file": path.name,
        "platform": place.code,
        "figures": version(),
        "passed": not any(verdict.outcome is Outcome.FAILED for verdict in verdicts),
        "rules": [
            {
                "rule": verdict.rule,
                "outcome": verdict.outcome.value,
                "measured": verdict.measured,
                "expected": verdict.expected,
                "source": str(verdict.source),
            }
            for verdict in verdicts
        ],
    }


def _told(verdict: Verdict) -> str:
    return f"{SIGNS[verdict.outcome]}  {verdict.rule}: {verdict.measured} ({verdict.expected})"
