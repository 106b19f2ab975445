"""Two hundred products, every template that can tell them, both languages: sound scripts, all of them."""

import re

import pytest

from templates_engine.ad_terms import current_terms
from templates_engine.domain.claims import check_script
from templates_engine.domain.fill import eligibility, fill
from templates_engine.domain.guards import ungrounded
from templates_engine.domain.template import LANGUAGES
from templates_engine.phrase_book import current_phrases
from templates_engine.seeding import seeds
from tests.templates_engine.generated_products import product

TERMS, BOOK = current_terms(), current_phrases()
TARGETS = (12_000, 15_000, 20_000, 30_000)
_BROKEN = re.compile(r"[{}\[\]]|[，。！？；,;]\s*[，。！？；,;]|\s[,.!?]|。。")


def assert_all_sound(numbers: range) -> int:
    told = 0
    for number in numbers:
        for lang in LANGUAGES:
            facts, target_ms = product(number, lang), TARGETS[number % len(TARGETS)]
            for template in (seed for seed in seeds() if seed.lang == lang):
                if not eligibility(template, facts, target_ms, TERMS).ok:
                    continue
                script = fill(template, facts, target_ms=target_ms, seed=number, terms=TERMS, book=BOOK)
                told += 1
                assert abs(script.duration_ms - target_ms) <= target_ms * 0.05
                assert check_script(script, facts, TERMS) == ()
                for beat in script.beats:
                    assert not _BROKEN.search(beat.voice), beat.voice
                    assert not _BROKEN.search(beat.caption), beat.caption
                    assert ungrounded(f"{beat.voice} {beat.caption}", facts) == ()
                lines = [beat.voice for beat in script.beats]
                assert len(lines) == len(set(lines)), lines
    return told


@pytest.mark.slow
def test_a_handful_of_products() -> None:
    assert assert_all_sound(range(0, 200, 70)) >= 18


@pytest.mark.slow
def test_two_hundred_products() -> None:
    assert assert_all_sound(range(200)) >= 1_500
