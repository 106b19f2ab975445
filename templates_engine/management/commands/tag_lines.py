"""``manage.py tag_lines LINES.jsonl --out TAGGED.jsonl``: which job does each line of these ads do?"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from templates_engine.errors import LinesInvalid
from templates_engine.roles.tagging import read_rows, tag_rows


class Command(BaseCommand):
    help = (
        'Add "role" (the likeliest) and "roles" (all, with probabilities) to lines of ads. Input: one JSON object a line, '
        '{"script": "a", "i": 0, "n": 8, "lang": "zh", "text": "..."}; other fields are kept.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lines", type=Path)
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, **options: Any) -> None:
        try:
            rows = tag_rows(read_rows(options["lines"]))
        except LinesInvalid as error:
            raise CommandError(error.detail) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['lines']} cannot be read as UTF-8 text: {error}") from error
        part = options["out"].with_name(options["out"].name + ".part")
        part.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        part.replace(options["out"])
        self.stdout.write(f"{len(rows)} lines in {options['out']}")
