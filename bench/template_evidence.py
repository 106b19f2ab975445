"""What it costs to let views and watching count beside orders, where they have nothing to do with orders.

    python bench/template_evidence.py [--runs 150] [--seed 1]

The shop of ``template_choice.py``, but each template also has a true reach (views, log-normal, sigma 0.35) and a true hold
(log-odds, sigma 0.2), both drawn apart from its conversion: the worst case, since following them can only mislead. Ads are
chosen by the weighted sum that ``choose`` uses (``evidence.WEIGHTS``), the fit to the product being the same for all.
Regret is of orders per view alone.
"""

import argparse
import math
import statistics
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # in place of this folder

from bench.template_choice import BATCH, CV, LUCK_CV, MEAN, poisson
from templates_engine.domain.account import Published
from templates_engine.domain.analysis import Observation
from templates_engine.domain.evidence import WEIGHTS, evidence, values
from templates_engine.domain.template import ScriptTemplate
from templates_engine.seeding import seeds

SAMPLE = seeds()[0]
REACH_SD, HOLD_SD, HOLD_NOISE = 0.35, 0.2, 0.6


@dataclass(frozen=True)
class Truth:
    template: ScriptTemplate
    rate: float
    reach: float
    hold: float


def ad(truth: Truth, number: int, batch: int, rng: Random) -> Published:
    shape = 1 / LUCK_CV**2
    views = max(1, round(truth.reach * rng.lognormvariate(math.log(1300), 1.5)))
    orders = poisson(views * truth.rate * rng.gammavariate(shape, 1 / shape), rng)
    hold = 1 / (1 + math.exp(-(truth.hold + rng.gauss(0, HOLD_NOISE))))
    seen = Observation("douyin", 72, views, hold_3s=hold, orders=min(orders, views))
    return Published(f"ad_{number}", truth.template.family, "douyin", "", float(batch), (seen,))


def picks(shown: list[Published], world: list[Truth], counted: tuple[str, ...], rng: Random) -> list[Truth]:
    known = evidence(shown, [truth.template for truth in world])
    if not known:
        return [rng.choice(world) for _ in range(BATCH)]
    found = []
    for _ in range(BATCH):
        drawn = values(known, rng, safest=False)

        def score(truth: Truth, drawn: dict[str, dict[str, float]] = drawn) -> float:
            its = drawn[truth.template.id]
            return sum(WEIGHTS[code] * its.get(code, 0.5) for code in counted)

        found.append(max(world, key=score))
    return found


def run(counted: tuple[str, ...], templates: int, ads: int, seed: str) -> float:
    """Relative regret."""
    luck, rng, nature = Random(f"luck {seed}"), Random(f"policy {seed}"), Random(f"world {seed}")
    shape = 1 / CV**2
    world = [
        Truth(
            replace(SAMPLE, id=f"tpl_{place}_zh_v1"),
            nature.gammavariate(shape, MEAN / shape),
            nature.lognormvariate(0, REACH_SD),
            nature.gauss(0, HOLD_SD),
        )
        for place in range(templates)
    ]
    shown: list[Published] = []
    chosen: list[float] = []
    while len(chosen) < ads:
        batch = picks(shown, world, counted, rng)
        shown += [ad(truth, len(shown) + place, len(chosen), luck) for place, truth in enumerate(batch)]
        chosen += [truth.rate for truth in batch]
    return 1 - statistics.mean(chosen) / max(truth.rate for truth in world)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for templates, ads in ((12, 100), (20, 300)):
        print(f"{templates} templates, {ads} ads, {options.runs} runs")
        for counted in (("results",), ("results", "reach", "watch")):
            regrets = [run(counted, templates, ads, f"{options.seed} {number}") for number in range(options.runs)]
            error = statistics.stdev(regrets) / math.sqrt(len(regrets))
            print(f"  {' + '.join(counted):<24} relative regret {statistics.mean(regrets):.3f} +- {error:.3f}")


if __name__ == "__main__":
    main()
