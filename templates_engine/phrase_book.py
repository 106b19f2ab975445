"""The phrase book, from its data files."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from templates_engine.domain.beats import Role
from templates_engine.domain.documents import UNREADABLE, mapping, text, texts
from templates_engine.domain.errors import TemplateInvalid
from templates_engine.domain.patterns import HookType, Pattern
from templates_engine.domain.phrases import PhraseBook

PHRASES = Path(__file__).parent / "phrases"
_NOT_ROLES = frozenset({"version", "lang"})


@cache
def current_phrases() -> PhraseBook:
    """What ``phrases/*.yaml`` say today. Raises TemplateInvalid, naming the file."""
    first: dict[tuple[str, Role], tuple[Pattern, ...]] = {}
    further: dict[tuple[str, Role], tuple[Pattern, ...]] = {}
    versions = []
    for path in sorted(PHRASES.glob("*.yaml")):
        try:
            file = mapping(yaml.safe_load(path.read_text(encoding="utf-8")))
            versions.append(text(file["version"]))
            for role, group, patterns in _groups(file):
                (further if group == "further" else first)[text(file["lang"]), role] = patterns
        except (TemplateInvalid, yaml.YAMLError, *UNREADABLE) as error:
            raise TemplateInvalid(f"phrases {path.name}: {error}") from error
    return PhraseBook(max(versions), first, further)


def _groups(file: Mapping[str, object]) -> Iterator[tuple[Role, str, tuple[Pattern, ...]]]:
    for name, groups in file.items():
        if name in _NOT_ROLES:
            continue
        role, entries = Role(name), mapping(groups)
        if role is Role.HOOK:
            hooks = (
                Pattern.parse(line, hook_type=HookType(kind))
                for kind, lines in entries.items()
                for line in texts(lines)
            )
            yield role, "first", tuple(hooks)
        else:
            for group, lines in entries.items():
                yield role, group, tuple(Pattern.parse(line) for line in texts(lines))
