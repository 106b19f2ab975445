"""The phrase book: what it lends is clean, plentiful, and of the template's own kind."""

from random import Random

import pytest

from templates_engine.ad_terms import current_terms
from templates_engine.domain.beats import Role
from templates_engine.domain.guards import blocked_terms
from templates_engine.domain.patterns import without_slots
from templates_engine.domain.phrases import DRAWN, NO_PHRASES
from templates_engine.domain.quantities import quantities
from templates_engine.domain.template import LANGUAGES, HookType, ScriptTemplate
from templates_engine.phrase_book import current_phrases
from templates_engine.seeding import seeds

BOOK = current_phrases()


def test_every_role_and_hook_type_has_phrases_in_both_languages() -> None:
    for lang in LANGUAGES:
        for role in set(Role) - {Role.OTHER}:
            assert len(BOOK.patterns(lang, role)) >= 8, (lang, role)
        for kind in HookType:
            assert len(BOOK.patterns(lang, Role.HOOK, hooks=frozenset({kind}))) >= 5, (lang, kind)
        assert BOOK.patterns(lang, Role.SELLING_POINT, again=True) != BOOK.patterns(lang, Role.SELLING_POINT)
        assert BOOK.patterns(lang, Role.DEMO, again=True) == BOOK.patterns(lang, Role.DEMO)


def test_no_phrase_states_a_number_or_makes_a_claim_of_its_own() -> None:
    terms = current_terms()
    for pattern in [line for lines in (*BOOK.first.values(), *BOOK.further.values()) for line in lines]:
        own = without_slots(pattern.text)
        assert (quantities(own), blocked_terms(own, terms)) == ((), ()), pattern.text


def test_no_phrase_is_there_twice() -> None:
    for (lang, role), lines in BOOK.first.items():
        texts = [line.text for line in (*lines, *BOOK.further.get((lang, role), ()))]
        assert len(texts) == len(set(texts)), (lang, role)


@pytest.mark.parametrize("template", seeds(), ids=lambda template: template.id)
def test_a_template_borrows_in_its_own_kind_and_no_phrase_twice(template: ScriptTemplate) -> None:
    lent = BOOK.lent_to(template, Random(3))
    hooks = {pattern.hook_type for pattern in template.beats[0].patterns}
    assert {pattern.hook_type for pattern in lent.beats[0].patterns} == hooks
    borrowed = []
    for before, after in zip(template.beats, lent.beats, strict=True):
        assert after.patterns[: len(before.patterns)] == before.patterns
        assert 0 < len(after.patterns) - len(before.patterns) <= DRAWN
        borrowed += [pattern.text for pattern in after.patterns[len(before.patterns) :]]
    assert len(borrowed) == len(set(borrowed))
    assert BOOK.lent_to(template, Random(3)) == lent
    assert NO_PHRASES.lent_to(template, Random(3)) == template
