"""Are planted templates found again from scripts as text? Ours beside the medoid and frequent subsequences.

    python bench/template_recovery.py [--rounds 5] [--soft]

Eight planted orders of beats with planted seconds. A script leaves out each beat with probability 0.12, repeats a line of
it with 0.3 (again and again), puts in a line of another role with 0.08 behind it, and stretches every line by up to 25 %.
It is written as SRT and read back; each line is then tagged with its role, or, with the probability of the tag error, with
one of the other eight, all alike. These are hard labels: the wrong role has probability 1. ``--soft`` leaves 0.3 on the
true role where the tag is wrong, as a trained tagger often does; that is another, easier case and no bar counts it.

Exact: the order is the planted one. Alike: 1 - edit distance / length. Seconds: median error of the beats' lengths, of
exact orders, from `induce`. CPU: of one order.
"""

import argparse
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from random import Random

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # in place of this folder

from templates_engine.domain.align import Order, collapsed, consensus, distance, similarity
from templates_engine.domain.analysis import SCHEMA, LineSource, TimedLine, VideoAnalysis
from templates_engine.domain.beats import Role
from templates_engine.domain.channel import TOLD, Story, Weighted
from templates_engine.domain.induce import Learner
from templates_engine.domain.telling import story
from templates_engine.seeding import seeds

DELETED, INSERTED, REPEATED, JITTER = 0.12, 0.08, 0.3, 0.25
PLANTED = [
    tuple(Role(name) for name in names.split())
    for names in (
        "hook pain reveal selling_point offer cta",
        "hook reveal selling_point demo social_proof cta",
        "pain reveal demo selling_point social_proof offer cta",
        "hook offer selling_point urgency cta",
        "hook demo selling_point demo offer urgency cta",
        "reveal selling_point social_proof cta",
        "hook social_proof pain reveal selling_point offer urgency cta",
        "hook pain selling_point demo selling_point social_proof offer cta",
    )
]
SECONDS = (2.4, 3.0, 1.8, 4.2, 2.8, 3.6, 2.0, 2.6)
Written = tuple[str, list[Role]]
Method = Callable[[Sequence[Story]], Order]


def written(order: Order, rng: Random) -> Written:
    """One script as SRT, and the true role of each of its lines."""
    lines: list[tuple[Role, float]] = []
    for place, role in enumerate(order):
        if rng.random() >= DELETED:
            times = 1
            while rng.random() < REPEATED:
                times += 1
            length = SECONDS[place] / times  # a beat told in two lines is not longer
            lines += [(role, length * rng.uniform(1 - JITTER, 1 + JITTER)) for _ in range(times)]
        if rng.random() < INSERTED:
            lines.append((rng.choice(TOLD), rng.uniform(1.5, 3.5)))
    lines = lines or [(order[0], 2.0)]
    blocks, now = [], 0.0
    for number, (role, length) in enumerate(lines, 1):
        blocks.append(f"{number}\n{_clock(now)} --> {_clock(now + length)}\nline {number} for {role}\n")
        now += length
    return "\n".join(blocks), [role for role, _ in lines]


def read(script: Written, error: float, soft: bool, name: str, rng: Random) -> VideoAnalysis:
    text, roles = script
    found = re.findall(r"(\d\d:\d\d:\d\d,\d{3}) --> (\d\d:\d\d:\d\d,\d{3})\n(.+)", text)
    lines = tuple(
        TimedLine(_ms(start), _ms(end), words, LineSource.TRANSCRIPT, tagged(role, error, soft, rng))
        for (start, end, words), role in zip(found, roles, strict=True)
    )
    return VideoAnalysis(name, SCHEMA, "en", "home", "tiktok", "", lines[-1].end_ms, 1080, 1920, 30.0, (), lines)


def tagged(role: Role, error: float, soft: bool, rng: Random) -> Weighted:
    if rng.random() >= error:
        return ((role, 1.0),)
    wrong = rng.choice([other for other in TOLD if other is not role])
    return ((wrong, 0.7), (role, 0.3)) if soft else ((wrong, 1.0),)


def medoid(stories: Sequence[Story]) -> Order:
    orders = [collapsed(one) for one in stories]
    return min(orders, key=lambda one: (sum(distance(one, other) for other in orders), one))


def prefix_span(stories: Sequence[Story], support: float = 0.5) -> Order:
    """The longest subsequence that half of the scripts hold, of equal ones the commonest (Pei et al. 2001)."""
    orders = [collapsed(one) for one in stories]
    best: tuple[int, int, Order] = (0, 0, ())

    def grow(prefix: Order, rests: list[Order]) -> None:
        nonlocal best
        best = max(best, (len(prefix), len(rests), prefix))
        for role, count in sorted(Counter(role for rest in rests for role in set(rest)).items()):
            if count >= support * len(orders) and len(prefix) < 12:
                grow((*prefix, role), [rest[rest.index(role) + 1 :] for rest in rests if role in rest])

    grow((), orders)
    return best[2]


METHODS: dict[str, Method] = {
    "medoid": medoid,
    "PrefixSpan": prefix_span,
    "generalised median": lambda stories: consensus(stories)[0],
}


def seconds_error(order: Order, videos: Sequence[VideoAnalysis]) -> float | None:
    """Median relative error of the beats' lengths, where `induce` finds the planted order; None where it does not."""
    found = Learner(seeds(), date(2026, 1, 1), draws=1).learn(videos).templates[0]
    roles: list[Role] = []
    shares: list[float] = []
    for beat in found.beats:
        if "beat" in beat.borrowed:
            continue
        if roles and roles[-1] is beat.role:
            shares[-1] += beat.share.p50
        else:
            roles.append(beat.role)
            shares.append(beat.share.p50)
    if tuple(roles) != order:
        return None
    whole = sum(SECONDS[: len(order)])
    return statistics.median(
        abs(share / sum(shares) * whole / planted - 1) for share, planted in zip(shares, SECONDS, strict=False)
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--soft", action="store_true")
    options = parser.parse_args()
    print(f"{len(PLANTED) * options.rounds} planted templates per row, {'soft' if options.soft else 'hard'} labels")
    for scripts in (5, 10, 30):
        for error in (0.0, 0.2, 0.4):
            report(scripts, error, options.rounds, options.soft)


def report(scripts: int, error: float, rounds: int, soft: bool) -> None:
    results: dict[str, list[tuple[bool, float, float]]] = {name: [] for name in METHODS}
    errors: list[float] = []
    for number in range(rounds):
        for place, order in enumerate(PLANTED):
            rng = Random(f"{number} {place} {scripts} {error}")
            videos = [read(written(order, rng), error, soft, f"v{one}", rng) for one in range(scripts)]
            stories = [story(video) for video in videos]
            for name, method in METHODS.items():
                begun = time.process_time()
                found = method(stories)
                results[name].append((found == order, similarity(found, order), time.process_time() - begun))
            if scripts >= 8 and (off := seconds_error(order, videos)) is not None:
                errors.append(off)
    print(f"n {scripts}, tag error {error:.0%}")
    for name, found_all in results.items():
        exact, alike, cpu = (statistics.mean(one[column] for one in found_all) for column in range(3))
        print(f"  {name:<20} exact {exact:.2f}  alike {alike:.2f}  {cpu * 1000:6.1f} ms CPU")
    if errors:
        print(
            f"  beat seconds off by {statistics.mean(errors):.1%} (median beat, mean of {len(errors)} learned templates)"
        )


def _clock(seconds: float) -> str:
    whole, rest = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{rest:03d}"


def _ms(clock: str) -> int:
    hours, minutes, seconds = clock.replace(",", ".").split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


if __name__ == "__main__":
    main()
