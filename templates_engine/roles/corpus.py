"""The training corpus: whole ad scripts of our own, line by line with the roles that each line plays."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from templates_engine.domain.beats import Role
from templates_engine.errors import CorpusInvalid

FOLDER = Path(__file__).parent.parent / "corpus"
MOST_ROLES = 3
UNLABELLED = "-"  # in the place of the roles: the line is known, its role is not


@dataclass(frozen=True)
class CorpusLine:
    """``roles``: the main one first; none for a line that only stands beside others."""

    text: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class CorpusScript:
    """One ad. ``category``, ``product`` and ``voice`` only describe it; ``place`` says where it stands: file and line.

    ``weight``: how many times each of its lines counts in training.
    """

    lang: str
    category: str
    product: str
    voice: str
    place: str
    lines: tuple[CorpusLine, ...]
    weight: float = 1.0


def scripts(lang: str, folder: Path = FOLDER) -> tuple[CorpusScript, ...]:
    """Every script in ``lang``, file by file in the order of their names. Raises CorpusInvalid, naming file and line."""
    files = sorted(folder.glob(f"{lang}_*.txt"))
    if not files:
        raise CorpusInvalid(f"no file {lang}_*.txt in the corpus: write one, see templates_engine/corpus/README.md")
    return tuple(script for path in files for script in _scripts(path))


def _scripts(path: Path) -> Iterator[CorpusScript]:
    head: tuple[str, ...] = ()
    place = ""
    lines: list[CorpusLine] = []
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if row.startswith("== "):
            if lines:
                yield CorpusScript(head[0], head[1], head[2], head[3], place, tuple(lines))
            head, place, lines = _head(row, f"{path.name}:{number}"), f"{path.name}:{number}", []
        elif row.strip():
            lines.append(_line(row, f"{path.name}:{number}", begun=bool(head)))
    if lines:
        yield CorpusScript(head[0], head[1], head[2], head[3], place, tuple(lines))


def _head(row: str, place: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in row.removeprefix("== ").split("|"))
    if len(parts) != 4 or not all(parts):
        raise CorpusInvalid(f"{place}: a head is '== lang | category | product | voice', not {row!r}")
    return parts


def _line(row: str, place: str, *, begun: bool) -> CorpusLine:
    names, tab, text = row.partition("\t")
    if not begun or not tab or not text.strip():
        raise CorpusInvalid(f"{place}: a line is its roles, a tab and its words, under a head; not {row[:40]!r}")
    if names.strip() == UNLABELLED:
        return CorpusLine(text.strip(), ())
    try:
        roles = tuple(Role(name) for name in names.split())
    except ValueError as error:
        raise CorpusInvalid(f"{place}: {error}; roles are {', '.join(Role)}") from error
    if not 1 <= len(set(roles)) == len(roles) <= MOST_ROLES:
        raise CorpusInvalid(f"{place}: one to three different roles, not {names!r}")
    return CorpusLine(text.strip(), roles)
