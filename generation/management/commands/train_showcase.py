"""``manage.py train_showcase``: train the bundled DiT from nothing, or go on where a run stopped. Needs no data."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = (
        "Train the DiT of the showcase engine on invented scenes: train_showcase --minutes 90. Called again with the same "
        "folder it goes on; Ctrl-C keeps what was saved last (every two minutes)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=float, required=True, help="how long; the learning rate falls until then")
        parser.add_argument("--folder", type=Path, default=Path(settings.VAR_DIR) / "train_showcase")
        parser.add_argument("--out", type=Path, help="where to write the weights at the end (default: FOLDER/weights)")
        parser.add_argument("--begin", type=Path, help="weights that a new folder starts from instead of from nothing")
        parser.add_argument("--device", help="cpu or cuda; default: what is there")
        parser.add_argument("--painters", type=int, default=1, help="processes that invent scenes")
        parser.add_argument("--threads", type=int, help="of the training itself, on a CPU")

    def handle(self, **options: Any) -> None:
        from generation.engines.showcase.training.keep import curve, keep
        from generation.engines.showcase.training.loop import Machine, train

        if options["minutes"] <= 0:
            raise CommandError("--minutes must be more than 0, such as --minutes 90")
        folder: Path = options["folder"]
        on = Machine(options["device"], options["threads"], options["painters"])
        model = train(folder, options["minutes"], on, self.stdout.write, options["begin"])
        out = options["out"] or folder / "weights"
        self.stdout.write(f"weights in {out}: {keep(model, out) / 1e6:.1f} MB; curve in {curve(folder)}")
