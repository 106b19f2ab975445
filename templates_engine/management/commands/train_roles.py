"""``manage.py train_roles``: learn the roles of lines from our own corpus, and write the weights that are shipped."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from templates_engine.errors import CorpusInvalid
from templates_engine.roles.corpus import FOLDER, scripts
from templates_engine.roles.model import FOLDER as WEIGHTS


class Command(BaseCommand):
    help = "Train the role model of each language on templates_engine/corpus (needs hitsmith[learn]; about a minute)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--corpus", type=Path, default=FOLDER)
        parser.add_argument("--out", type=Path, default=WEIGHTS)

    def handle(self, **options: Any) -> None:
        try:
            from templates_engine.roles.training import learn

            for lang in ("zh", "en"):
                found = scripts(lang, options["corpus"])
                count = sum(len(script.lines) for script in found)
                self.stdout.write(f"{lang}: {len(found)} scripts, {count} lines")
                size = learn(found, self.stdout.write).save(options["out"] / f"roles_{lang}.npz")
                self.stdout.write(f"{lang}: {size / 1e6:.1f} MB")
        except CorpusInvalid as error:
            raise CommandError(error.detail) from error
        except ImportError as error:
            raise CommandError(f"{error}: pip install 'hitsmith[learn]'") from error
