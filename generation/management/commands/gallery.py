"""``manage.py gallery --out DIR``: contact sheets of everything that is drawn, to be looked at."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.errors import CutRefused
from generation.gallery.registry import PARTS, sheets


class Command(BaseCommand):
    help = "Draw every style into contact sheets, in Chinese and English and in every aspect."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, type=Path, help="folder for the PNG files; made when missing")
        parser.add_argument("--only", action="append", default=[], metavar="PART", help=f"of {', '.join(PARTS)}")

    def handle(self, *, out: Path, only: list[str], **options: object) -> None:
        try:
            wanted = list(sheets(tuple(only)))
            out.mkdir(parents=True, exist_ok=True)
        except (CutRefused, OSError) as error:
            raise CommandError(str(error)) from error
        for sheet in wanted:
            path = out / f"{sheet.name}.png"
            sheet.draw().save(path)
            self.stdout.write(f"{path}")
