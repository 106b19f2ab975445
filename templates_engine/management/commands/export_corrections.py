"""``manage.py export_corrections --out zh_corrections.txt``: roles that people corrected, as a file of the corpus."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.models import Organization
from templates_engine.corrections import corpus_text, lessons, withheld
from templates_engine.roles.tagging import LANGUAGES


def organization_of(number: int | None) -> Organization | None:
    """The organization of ``--organization``. Raises CommandError where there is none."""
    if number is None:
        return None
    found = Organization.objects.filter(pk=number).first()
    if found is None:
        raise CommandError(f"there is no organization {number}; the admin lists them with their numbers")
    return found


class Command(BaseCommand):
    help = (
        "Write corrected roles in the form of templates_engine/corpus (its README): those whose organization agreed to "
        "share them. The name of the file begins with its language, such as zh_corrections.txt."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument(
            "--organization", type=int, help="number of an organization whose own lines are all written"
        )

    def handle(self, **options: Any) -> None:
        out: Path = options["out"]
        lang = out.name.partition("_")[0]
        if lang not in LANGUAGES or out.suffix != ".txt":
            raise CommandError(f"{out.name}: a file of the corpus is called zh_<theme>.txt or en_<theme>.txt")
        organization = organization_of(options["organization"])
        found = lessons(lang, organization)
        if found:
            part = out.with_name(out.name + ".part")
            part.write_text(corpus_text(found), encoding="utf-8")
            part.replace(out)
        where = f"in {out}" if found else "to write: no file was made"
        self.stdout.write(
            f"{len(found)} corrected lines {where}; {withheld(lang, organization)} stay with their owners"
        )
