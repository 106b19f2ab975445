"""``manage.py gallery --out DIR``: contact sheets of everything that is drawn, to be looked at."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.errors import CutRefused
from generation.gallery.registry import PARTS, sheets
from generation.gallery.studio import opened


class Command(BaseCommand):
    help = "Draw every style into contact sheets, in Chinese and English and in every aspect."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, type=Path, help="folder for the PNG files; made when missing")
        parser.add_argument(
            "--photos", type=Path, metavar="DIR", help="product photos to show instead of drawn products"
        )
        parser.add_argument("--only", action="append", default=[], metavar="PART", help=f"of {', '.join(PARTS)}")

    def handle(self, *, out: Path, only: list[str], photos: Path | None = None, **options: object) -> None:
        try:
            with opened(photos) as studio:
                wanted = list(sheets(studio, tuple(only)))
                out.mkdir(parents=True, exist_ok=True)
                for sheet in wanted:
                    path = out / f"{sheet.name}.png"
                    sheet.draw().save(path)
                    self.stdout.write(f"{path}")
        except (CutRefused, OSError) as error:
            raise CommandError(str(error)) from error
