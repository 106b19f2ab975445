"""``manage.py train_roles``: learn the roles of lines from our own corpus, and write the weights that are shipped."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from templates_engine.corrections import WEIGHT, lessons, withheld
from templates_engine.errors import CorpusInvalid
from templates_engine.management.commands.export_corrections import organization_of
from templates_engine.roles.corpus import FOLDER, CorpusScript, scripts
from templates_engine.roles.model import RoleModel
from templates_engine.roles.reader import FOLDER as WEIGHTS
from templates_engine.roles.reader import NET
from templates_engine.roles.tagging import LANGUAGES


class Command(BaseCommand):
    help = (
        "Train the readers of roles on templates_engine/corpus: of each language's words, and of what lines mean in any "
        "(needs hitsmith[learn]; three minutes of one core)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--corpus", type=Path, default=FOLDER)
        parser.add_argument("--out", type=Path, default=WEIGHTS)
        parser.add_argument(
            "--corrections",
            action="store_true",
            help="also learn from the roles that people of this installation shared",
        )
        parser.add_argument("--organization", type=int, help="with --corrections: also from all of this organization's")
        parser.add_argument(
            "--weight", type=float, default=WEIGHT, help="how many corpus lines a correction counts for"
        )

    def handle(self, **options: Any) -> None:
        if not options["weight"] > 0:
            raise CommandError("--weight is a number above 0, such as 3")
        if options["organization"] is not None and not options["corrections"]:
            raise CommandError("--organization says whose corrections to learn from: give --corrections, too")
        try:
            from templates_engine.roles.net_training import Lesson, learn_net, lessons_of
            from templates_engine.roles.training import learn

            told: list[Lesson] = []
            words: dict[str, RoleModel] = {}
            for lang in LANGUAGES:
                found = scripts(lang, options["corpus"])
                count = sum(len(script.lines) for script in found)
                self.stdout.write(f"{lang}: {len(found)} scripts, {count} lines")
                corrected = self._corrected(lang, **options) if options["corrections"] else ()
                words[lang] = learn((*found, *corrected), self.stdout.write)
                self.stdout.write("what the lines mean ...")
                told += lessons_of((*found, *corrected))
            meaning = learn_net(told, self.stdout.write)
            # Nothing is written before all is learned: the halves belong together.
            for lang, model in words.items():
                size = model.save(options["out"] / f"roles_{lang}.npz")
                self.stdout.write(f"{lang}: {size / 1e6:.1f} MB")
            self.stdout.write(f"all languages: {meaning.save(options['out'] / NET) / 1e6:.1f} MB")
        except CorpusInvalid as error:
            raise CommandError(error.detail) from error
        except ImportError as error:
            raise CommandError(f"{error}: pip install 'hitsmith[learn]'") from error

    def _corrected(self, lang: str, **options: Any) -> tuple[CorpusScript, ...]:
        organization = organization_of(options["organization"])
        found = lessons(lang, organization, options["weight"])
        kept_back = withheld(lang, organization)
        self.stdout.write(
            f"{lang}: {len(found)} corrected lines, each as {options['weight']:g}; {kept_back} stay with their owners"
        )
        return found
