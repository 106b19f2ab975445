"""How long writing one script takes, how much ten variants differ, and how many planted lines the guards catch.

    python bench/fill.py

Fills every seed template with every test product that it can tell, at 24 s. Prints CPU milliseconds (median, worst) of
filling and of printing the finished script as JSON; the first fill of a process, which also reads the rules; the mean
pairwise similarity of ten variants (mean and worst template); and the guards' recall and false blocks.
"""

import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # in place of this folder
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from templates_engine.ad_terms import current_terms
from templates_engine.domain.claims import check_line
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.fill import eligibility, fill
from templates_engine.domain.script import Script
from templates_engine.domain.script_json import script_to_dict
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.variants import variants
from templates_engine.phrase_book import current_phrases
from templates_engine.seeding import seeds
from tests.templates_engine.planted_facts import BARE, FULL, bad_lines, clean_lines
from tests.templates_engine.products import COFFEE_EN, COFFEE_ZH, LAMP_EN, LAMP_ZH, MUG_EN, MUG_ZH

PRODUCTS = (MUG_ZH, COFFEE_ZH, LAMP_ZH, MUG_EN, COFFEE_EN, LAMP_EN)
TARGET_MS = 24_000
PLANTED = ("first.yaml", "second.yaml", "third.yaml")


def cpu_ms(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def written(template: ScriptTemplate, facts: ProductFacts, seed: int) -> Script:
    return fill(template, facts, target_ms=TARGET_MS, seed=seed, terms=current_terms(), book=current_phrases())


def pairs() -> list[tuple[ScriptTemplate, ProductFacts]]:
    terms = current_terms()
    return [
        (template, facts)
        for template in seeds()
        for facts in PRODUCTS
        if eligibility(template, facts, TARGET_MS, terms).ok
    ]


def speed() -> None:
    first = cpu_ms(partial(written, seeds()[0], MUG_EN, 3))
    # A full garbage collection of everything that Django loads takes 70 ms once in hundreds of fills, whoever is at work.
    gc.collect()
    gc.freeze()
    filling, printing = [], []
    for template, facts in pairs():
        filling += [cpu_ms(partial(written, template, facts, seed)) for seed in (3, 4)]
        script = script_to_dict(written(template, facts, 3))
        printing.append(cpu_ms(lambda s=script: json.dumps(s, ensure_ascii=False)))
    print(f"{len(filling)} scripts of {TARGET_MS / 1000:g} s")
    print(f"  first    {first:6.1f} ms of CPU, with reading rules and phrases")
    print(f"  fill     median {statistics.median(filling):6.2f} ms   worst {max(filling):6.2f} ms of CPU")
    print(f"  as JSON  mean   {statistics.mean(printing):6.3f} ms")


def difference() -> None:
    found = [variants(partial(written, template, facts), 10, 1).distinctness for template, facts in pairs()]
    alike = [report.mean_similarity for report in found]
    print(f"ten variants of {len(found)} templates and products")
    print(f"  mean pairwise similarity {statistics.mean(alike):.2f}, worst template {max(alike):.2f}")
    print(f"  fewest different openings {min(report.openings for report in found)}")


def guards() -> None:
    terms = current_terms()
    for name in PLANTED:
        bad, clean = [*bad_lines(name)], [*clean_lines(name)]
        caught = sum(not check_line(line, BARE[lang], terms).ok for lang, _, line in bad)
        stopped = sum(not check_line(line, FULL[lang], terms).ok for lang, line in clean)
        print(f"{name}: {caught} of {len(bad)} bad lines caught, {stopped} of {len(clean)} clean lines stopped")


if __name__ == "__main__":
    speed()
    difference()
    guards()
