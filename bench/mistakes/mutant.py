"""One deliberate mistake."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """A mistake: in ``path``, ``right`` (which stands there once) becomes ``wrong``.

    ``harmless`` is the proof that nobody can notice it, for a text that is there for another reason than correctness.
    """

    name: str
    path: str
    right: str
    wrong: str
    harmless: str = ""

    def planted(self, tree: Path) -> str:
        """The text of the module with this mistake."""
        source = (tree / self.path).read_text(encoding="utf-8")
        if source.count(self.right) != 1:
            sys.exit(
                f"{self.name}: {self.right!r} stands {source.count(self.right)} times in {self.path}: mend this list"
            )
        return source.replace(self.right, self.wrong)


def billing(*names: str) -> tuple[str, ...]:
    return tuple(f"billing/{name}.py" for name in names)
