"""``manage.py templates``: the public script templates, as a table, as JSON, or one in full."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from templates_engine import library
from templates_engine.domain.reasons import ROLE_NAMES
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.template_json import to_dict
from templates_engine.errors import TemplateNotFound


class Command(BaseCommand):
    help = "List the public script templates, or show one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lang", choices=["zh", "en"], help="only templates in this language")
        parser.add_argument("--json", action="store_true", help="the full documents as JSON")
        parser.add_argument("--show", metavar="ID", help="one template, beat by beat")

    def handle(self, *args: object, **options: str | bool | None) -> None:
        chosen = self._chosen(options["show"], options["lang"])
        if options["json"]:
            self.stdout.write(json.dumps([to_dict(template) for template in chosen], ensure_ascii=False, indent=2))
        elif options["show"]:
            self.stdout.write(_page(chosen[0]))
        else:
            self.stdout.write(_table(chosen))

    def _chosen(self, show: object, lang: object) -> tuple[ScriptTemplate, ...]:
        if not show:
            return library.visible(None, str(lang) if lang else None)
        try:
            return (library.get(str(show), None),)
        except TemplateNotFound as error:
            raise CommandError(error.detail) from error


def _table(templates: tuple[ScriptTemplate, ...]) -> str:
    rows = [("id", "name", "lang", "beats", "seconds", "source")]
    rows += [
        (
            template.id,
            f"{template.name.zh} / {template.name.en}",
            template.lang,
            str(len(template.beats)),
            f"{template.duration.p10 / 1000:g}-{template.duration.p90 / 1000:g}",
            template.provenance.source,
        )
        for template in templates
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(_padded(*cell) for cell in zip(row, widths, strict=True)).rstrip() for row in rows)


def _page(template: ScriptTemplate) -> str:
    lines = [f"{template.id}  {template.name.zh} / {template.name.en}", template.summary.zh, template.summary.en]
    for beat in template.beats:
        mark = "optional" if beat.optional else "always"
        lines.append(f"\n{ROLE_NAMES[beat.role].zh} {beat.role}  {beat.share.p50:.0%} of the ad, {mark}")
        lines += [f"  {pattern.text}" for pattern in beat.patterns]
    return "\n".join(lines)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns in a terminal: Chinese characters take two."""
    return sum(2 if ord(mark) > 0x2E7F else 1 for mark in text)
