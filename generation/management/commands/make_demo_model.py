"""``manage.py make_demo_model``: tiny random weights for a diffusers engine, to see an installation work end to end."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.engines.pipelines.folder import Folder
from generation.engines.pipelines.table import entries


class Command(BaseCommand):
    help = (
        "Build tiny random weights for an engine: it then loads, films, reports and cancels like the real one, but its "
        "frames are noise. Such as: make_demo_model --engine wan2.2-ti2v-5b var/models/wan2.2-ti2v-5b"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a new folder; MODELS_DIR/<engine> is where the engine looks")
        parser.add_argument("--engine", choices=list(entries()), required=True)
        parser.add_argument("--few-steps", action="store_true", help="with a LoRA for the draft profile, random too")

    def handle(self, **options: Any) -> None:
        from generation.engines.pipelines.tiny import build, build_few_steps

        folder: Path = options["folder"]
        entry = entries()[options["engine"]]
        try:
            build(entry, folder)
            if options["few_steps"]:
                build_few_steps(entry, folder)
        except (ValueError, OSError, ImportError) as error:
            raise CommandError(f"{error} (the engines want: pip install 'hitsmith[gpu]')") from error
        made = Folder(entry, folder)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        self.stdout.write(
            f"{folder}: demo weights of {entry.id}, {size / 1e6:.1f} MB, weights {made.weights}. "
            "They are random: every film is noise, and its engine says so."
        )
        home = Folder(entry).path
        if folder.absolute() != home.absolute():
            self.stdout.write(f"{entry.id} looks for its weights in {home}: put them there, or set MODELS_DIR")
        for part in made.missing():
            self.stdout.write(f"  missing: {part}")
