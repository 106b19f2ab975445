"""``manage.py learn_template``: script templates from hit videos. Needs a database only to publish."""

import tempfile
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from templates_engine import learning
from templates_engine.domain.induce import Learned
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.template_json import to_dict
from templates_engine.errors import TemplatesError
from templates_engine.lesson import read_lesson


class Command(BaseCommand):
    help = "Learn script templates from at least 8 hits of one category, such as: learn_template hits.yaml --out t.yaml"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("manifest", type=Path, help="YAML or JSON: which analyses or transcripts, what is known")
        parser.add_argument("--out", type=Path, metavar="FILE", help="the template; further ones get _2, _3 ... behind")
        parser.add_argument("--publish", action="store_true", help="offer them to everybody who uses this installation")
        parser.add_argument("--source", choices=["own", "imported"], default="own", help="whose videos these are")

    def handle(self, **options: Any) -> None:
        if not options["out"] and not options["publish"]:
            raise CommandError("say where it goes: --out FILE, --publish, or both")
        try:
            lesson = read_lesson(options["manifest"])
            learned = learning.learn(lesson.videos, source=options["source"], rights=lesson.rights)
            published = learning.publish(learned) if options["publish"] else ()
        except TemplatesError as error:
            raise CommandError(error.detail) from error
        templates = tuple(row.template() for row in published) or learned.templates
        for template in templates:
            self.stdout.write(_told(template))
        for note in learned.notes:
            self.stderr.write(f"{note.zh}\n{note.en}")
        if options["out"]:
            for path, template in zip(_names(options["out"], learned), templates, strict=True):
                _write(path, template)
                self.stdout.write(str(path))


def _names(out: Path, learned: Learned) -> list[Path]:
    return [
        out if number == 1 else out.with_name(f"{out.stem}_{number}{out.suffix}")
        for number, _ in enumerate(learned.templates, 1)
    ]


def _told(template: ScriptTemplate) -> str:
    lines = [f"{template.id}  {template.name.zh} / {template.name.en}", template.summary.zh, template.summary.en]
    lines += [
        f"  {beat.role:<14} {beat.share.p50:5.1%} of the ad ({beat.share.p10:.1%} to {beat.share.p90:.1%}), "
        f"in {beat.presence:.0%} of the videos"
        + (f", lent by a seed: {', '.join(beat.borrowed)}" if beat.borrowed else "")
        for beat in template.beats
    ]
    return "\n".join(lines)


def _write(path: Path, template: ScriptTemplate) -> None:
    """The whole document or the file as it was before."""
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as part:
            yaml.safe_dump(to_dict(template), part, allow_unicode=True, sort_keys=False, width=120)
        Path(part.name).chmod(0o644)
        Path(part.name).replace(path)
    except OSError as error:
        raise CommandError(f"{path} can not be written: {error.strerror}") from error
