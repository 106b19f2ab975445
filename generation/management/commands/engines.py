"""``manage.py engines``: which engines there are, what they can do, and what those that cannot film yet need."""

import json
from dataclasses import dataclass
from importlib import metadata

from django.core.management.base import BaseCommand, CommandParser

from generation.domain.engine_spec import EngineSpec
from generation.engines.registry import missing_parts, specs


@dataclass(frozen=True)
class Row:
    spec: EngineSpec
    missing: list[str]

    @property
    def cells(self) -> tuple[str, ...]:
        spec = self.spec
        return (
            spec.id,
            f"{spec.title_zh} {spec.title_en}",
            f"{spec.max_ms / 1000:g} s",
            "yes" if spec.needs_gpu else "no",
            "none needed" if spec.weights == "none" else spec.weights,
            "needs help" if self.missing else "ready",
        )

    def facts(self) -> dict[str, object]:
        spec = self.spec
        return {
            "id": spec.id,
            "version": spec.version,
            "title_zh": spec.title_zh,
            "title_en": spec.title_en,
            "moves": sorted(spec.moves),
            "max_seconds": spec.max_ms / 1000,
            "fps": spec.fps,
            "max_pixels": spec.max_pixels,
            "needs_gpu": spec.needs_gpu,
            "weights": spec.weights,
            "modes": sorted(spec.modes),
            "sizes": spec.sizes,
            "profiles": [
                {"name": profile.name, "steps": profile.steps, "guidance": profile.guidance, "vram_gb": profile.vram_gb}
                for profile in spec.profiles
            ],
            "tail_frames": spec.tail_frames,
            "licence": spec.licence,
            "excluded_territories": spec.excluded_territories,
            "ready": not self.missing,
            "missing": self.missing,
        }


class Command(BaseCommand):
    help = "List the engines, their camera moves, and what is missing where one cannot film yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, **options: object) -> None:
        rows = [Row(spec, missing_parts(spec.id)) for spec in specs()]
        if options["json"]:
            self.stdout.write(json.dumps([row.facts() for row in rows], ensure_ascii=False, indent=2))
            return
        table = [("id", "title", "longest", "GPU", "weights", "state"), *(row.cells for row in rows)]
        widths = [max(_columns(cells[index]) for cells in table) for index in range(len(table[0]))]
        for cells in table:
            padded = [cell + " " * (width - _columns(cell)) for cell, width in zip(cells, widths, strict=True)]
            self.stdout.write("  ".join(padded).rstrip())
        for row in rows:
            self.stdout.write(f"\n{row.spec.id}: {', '.join(sorted(row.spec.moves))}")
            self.stdout.write(f"  from {_abilities(row.spec)}")
            for part in row.missing:
                self.stdout.write(f"  missing: {part}")
        self.stdout.write(f"\ntorch {_torch_version()}")


def _abilities(spec: EngineSpec) -> str:
    """Such as "first, text; standard 30 steps, draft 4 steps; Apache-2.0"."""
    profiles = ", ".join(
        f"{profile.name} {profile.steps} step{'s' * (profile.steps != 1)}"
        + (f" in {profile.vram_gb:g} GB" if profile.vram_gb else "")
        for profile in spec.profiles
    )
    tail = ["goes on from a clip"] if spec.tail_frames else []
    barred = [f"not in {', '.join(spec.excluded_territories)}"] if spec.excluded_territories else []
    return "; ".join([", ".join(sorted(spec.modes)), profiles, *tail, spec.licence, *barred])


def _columns(text: str) -> int:
    """How wide a terminal draws it: a Chinese character takes two columns."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _torch_version() -> str:
    """Without importing it: that would take seconds."""
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return "is not installed (the diffusion engines need it: pip install torch)"
