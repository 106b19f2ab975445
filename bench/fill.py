"""How long writing one script takes, beside what the same machine needs to print the finished script as JSON.

    python bench/fill.py

Fills every seed template with every test product that it can tell, at 24 s. Prints CPU milliseconds (median, worst) of
filling and of printing, and their ratio.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # in place of this folder
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from templates_engine.ad_terms import current_terms
from templates_engine.domain.fill import eligibility, fill
from templates_engine.domain.script_json import script_to_dict
from templates_engine.seeding import seeds
from tests.templates_engine.products import COFFEE_EN, COFFEE_ZH, LAMP_EN, LAMP_ZH, MUG_EN, MUG_ZH

PRODUCTS = (MUG_ZH, COFFEE_ZH, LAMP_ZH, MUG_EN, COFFEE_EN, LAMP_EN)
TARGET_MS = 24_000


def cpu_ms(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def main() -> None:
    terms = current_terms()
    filling, printing = [], []
    for template in seeds():
        for facts in PRODUCTS:
            if not eligibility(template, facts, TARGET_MS, terms).ok:
                continue
            filling.append(cpu_ms(lambda t=template, f=facts: fill(t, f, target_ms=TARGET_MS, seed=3, terms=terms)))
            script = script_to_dict(fill(template, facts, target_ms=TARGET_MS, seed=3, terms=terms))
            printing.append(cpu_ms(lambda s=script: json.dumps(s, ensure_ascii=False)))
    median = statistics.median(filling)
    floor = statistics.mean(printing)
    print(f"{len(filling)} scripts of {TARGET_MS / 1000:g} s")
    print(f"  fill     median {median:6.2f} ms   worst {max(filling):6.2f} ms of CPU")
    print(f"  as JSON  mean   {floor:6.3f} ms   filling takes {median / floor:.0f} times as long")


if __name__ == "__main__":
    main()
