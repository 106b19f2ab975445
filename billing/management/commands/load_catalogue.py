"""Bring a plan catalogue into force, or with --dry-run say what it would change."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.catalogue import DEFAULT, load_catalogue
from billing.errors import CatalogueInvalid


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, default=DEFAULT, help="a YAML file (default: the bundled one)"
        )
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *, path: Path, dry_run: bool, **options: object) -> None:
        try:
            difference = load_catalogue(path, dry_run=dry_run)
        except CatalogueInvalid as error:
            raise CommandError(error.detail) from error
        for line in difference.lines:
            self.stdout.write(line)
        if not difference:
            self.stdout.write("catalogue unchanged")
        elif dry_run:
            self.stdout.write("dry run: nothing was changed")
