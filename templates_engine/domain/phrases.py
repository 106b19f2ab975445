"""Our own ways to say a beat, which every template may draw on beside its own patterns.

A script draws a few of them at random, so that its lines vary and filling stays quick.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from templates_engine.domain.beats import Role
from templates_engine.domain.patterns import HookType, Pattern
from templates_engine.domain.template import Beat, ScriptTemplate

DRAWN = 8  # for each beat and script


@dataclass(frozen=True, eq=False)
class PhraseBook:
    """Patterns by language and role: ``first`` for a template's first beat of the role, ``further`` for its others."""

    version: str
    first: Mapping[tuple[str, Role], tuple[Pattern, ...]]
    further: Mapping[tuple[str, Role], tuple[Pattern, ...]]

    def patterns(
        self, lang: str, role: Role, *, hooks: frozenset[HookType] | None = None, again: bool = False
    ) -> tuple[Pattern, ...]:
        """What ``role`` may say in ``lang``; of hooks those of the types in ``hooks`` where it is given."""
        key = lang, role
        found = self.further.get(key, ()) if again else ()
        found = found or self.first.get(key, ())
        if role is Role.HOOK and hooks is not None:
            return tuple(pattern for pattern in found if pattern.hook_type in hooks)
        return found

    def lent_to(self, template: ScriptTemplate, rng: Random) -> ScriptTemplate:
        """``template`` with some of our phrases in each beat: hooks only of the types that it has itself."""
        taken = {pattern.text for beat in template.beats for pattern in beat.patterns}
        told: set[Role] = set()
        beats = []
        for beat in template.beats:
            drawn = self._drawn(beat, template.lang, rng, taken, again=beat.role in told)
            beats.append(replace(beat, patterns=(*beat.patterns, *drawn)))
            taken |= {
                pattern.text for pattern in drawn
            }  # the same turn of phrase twice in one ad sounds like a machine
            told.add(beat.role)
        return replace(template, beats=tuple(beats))

    def _drawn(self, beat: Beat, lang: str, rng: Random, taken: set[str], *, again: bool) -> list[Pattern]:
        hooks = frozenset(pattern.hook_type for pattern in beat.patterns if pattern.hook_type is not None)
        ours = self.patterns(lang, beat.role, hooks=hooks or None, again=again)
        free = [pattern for pattern in ours if pattern.text not in taken]
        return rng.sample(free, min(DRAWN, len(free)))


NO_PHRASES = PhraseBook("none", {}, {})
