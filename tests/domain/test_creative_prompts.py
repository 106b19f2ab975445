"""The words of a shot: only what the merchant states, only what the engine reads."""

from dataclasses import replace

from creative.domain.prompts import NAMELESS, prompt
from generation.domain.engine_spec import EngineSpec, Move
from templates_engine.domain.facts import ProductFacts

MUG = ProductFacts(lang="zh", title="北岸保温杯 480ml", name="北岸保温杯", category="mug", scene="office desk")
READER = EngineSpec("wan", "1", "abc", "", "", frozenset(Move), 24, 4, 1, 5000, 32, 1 << 20, prompt_chars=400)


def test_an_engine_that_reads_is_told_what_is_sold_and_what_the_shot_is_for() -> None:
    assert prompt(MUG, "reveal", READER) == ("北岸保温杯, mug, office desk; hero shot of an advertisement, clean light")
    assert prompt(MUG, "offer", READER).endswith("; product shot of an advertisement, clean light")


def test_an_engine_without_chinese_gets_none() -> None:
    english = replace(READER, reads_chinese=False)
    assert prompt(MUG, "cta", english).startswith("mug, office desk; ")
    assert prompt(replace(MUG, category="杯子", scene=""), "cta", english).startswith(NAMELESS)


def test_an_engine_that_reads_nothing_gets_nothing() -> None:
    assert prompt(MUG, "reveal", replace(READER, prompt_chars=0)) == ""


def test_no_text_is_longer_than_what_is_read() -> None:
    assert len(prompt(replace(MUG, scene="x" * 900), "reveal", READER)) == 400
