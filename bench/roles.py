"""How well the lines of ads are tagged with their jobs: macro-F1 over nine roles and over four coarse ones.

    python bench/roles.py LINES.jsonl [--rounds 1000]     a labelled file: {"script", "i", "n", "lang", "text", "role"}
    python bench/roles.py LINES.jsonl --leave-out 5       the same lines, leaving scripts out (trains five times)
    python bench/roles.py --corpus                        our own corpus, leaving scripts out (trains five times)

Per language, what is shipped beside each of its halves (words, meaning), the rules alone and the commonest role, with
95 % intervals from a bootstrap over scripts; and how many lines it tags a second, in how much memory. ``other`` counts as
an error where it is said wrongly, but has no F1 of its own, as in our research. With ``--leave-out`` each script is also
tagged by what our corpus and the other scripts of the file taught: what a few labelled ads of one's own kind add. Nothing
of that is shipped.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # in place of this folder
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from templates_engine.roles.corpus import CorpusScript
    from templates_engine.roles.reader import RoleReader

NINE = ("hook", "pain", "reveal", "selling_point", "demo", "social_proof", "offer", "urgency", "cta")
COARSE = {
    "hook": "open", "pain": "open", "reveal": "product", "selling_point": "product", "demo": "product",
    "social_proof": "proof", "offer": "close", "urgency": "close", "cta": "close", "other": "other",
}  # fmt: skip
WEIGHT = 3.0  # a line of the file beside one of the corpus, with --leave-out
FOUR = ("open", "product", "proof", "close")
Script = list[tuple[str, str]]  # words, true role
Said = list[list[str]]  # per script, per line


def macro_f1(true: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> float:
    """Mean F1 of those labels that occur or are said at all."""
    scores = []
    for label in labels:
        hit = sum(a == b == label for a, b in zip(true, said, strict=True))
        size = sum(a == label for a in true) + sum(b == label for b in said)
        if size:
            scores.append(2 * hit / size)
    return float(np.mean(scores)) if scores else 0.0


def figures(scripts: Sequence[Script], said: Said) -> tuple[float, float, float]:
    """Macro-F1 of nine, of four, and accuracy."""
    true = [role for script in scripts for _, role in script]
    flat = [role for lines in said for role in lines]
    coarse = [COARSE[role] for role in true], [COARSE[role] for role in flat]
    return (
        macro_f1(true, flat, NINE),
        macro_f1(*coarse, FOUR),
        sum(a == b for a, b in zip(true, flat, strict=True)) / len(true),
    )


def interval(scripts: Sequence[Script], said: Said, rounds: int) -> tuple[tuple[float, float], tuple[float, float]]:
    chance = np.random.default_rng(0)
    drawn = []
    for _ in range(rounds):
        pick = chance.integers(0, len(scripts), len(scripts))
        drawn.append(figures([scripts[k] for k in pick], [said[k] for k in pick])[:2])
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def per_role(scripts: Sequence[Script], said: Said) -> str:
    true = [role for script in scripts for _, role in script]
    flat = [role for lines in said for role in lines]
    return ", ".join(f"{role} {macro_f1(true, flat, [role]):.2f}" for role in (*NINE, "other"))


def taggers(lang: str) -> dict[str, Callable[[Script], list[str]]]:
    from templates_engine.roles import rules
    from templates_engine.roles.model import most_likely
    from templates_engine.roles.reader import shipped

    reader = shipped(lang)
    return {
        "commonest role": lambda script: ["selling_point"] * len(script),
        "rules alone": lambda script: most_likely(rules.probabilities(words_of(script), lang)),
        "words alone": lambda script: most_likely(reader.words.probabilities(words_of(script), lang)),
        "meaning alone": lambda script: most_likely(reader.meaning.probabilities(words_of(script))),
        "trained": lambda script: most_likely(reader.probabilities(words_of(script), lang)),
    }


def words_of(script: Script) -> list[str]:
    return [text for text, _ in script]


def labelled(path: Path) -> dict[str, list[Script]]:
    found: dict[str, dict[str, list[tuple[int, str, str]]]] = defaultdict(lambda: defaultdict(list))
    for text in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(text)
        found[row["lang"]][row["script"]].append((row["i"], row["text"], row["role"]))
    return {
        lang: [[(words, role) for _, words, role in sorted(lines)] for lines in scripts.values()]
        for lang, scripts in found.items()
    }


class Parts:
    """Readers that learned from a part of the scripts of ``lang``, and from the whole corpus of the other languages.

    The vectors of all lines are made once; ``more`` are scripts beside the corpus.
    """

    def __init__(self, lang: str, more: Sequence[CorpusScript] = ()) -> None:
        from templates_engine.roles.corpus import scripts
        from templates_engine.roles.net_training import lessons_of
        from templates_engine.roles.tagging import LANGUAGES

        self.scripts = (*scripts(lang), *more)
        self.lessons = lessons_of(self.scripts)
        self.others = [lesson for other in LANGUAGES if other != lang for lesson in lessons_of(scripts(other))]

    def reader(self, numbers: Sequence[int]) -> RoleReader:
        from templates_engine.roles.net_training import learn_net
        from templates_engine.roles.reader import RoleReader
        from templates_engine.roles.training import learn

        net = learn_net([*(self.lessons[number] for number in numbers), *self.others])
        return RoleReader(learn([self.scripts[number] for number in numbers]), net)


def own(lang: str) -> tuple[list[Script], Said]:
    """Our corpus, each fifth of its scripts tagged by what the other four taught."""
    from templates_engine.roles.model import most_likely

    parts = Parts(lang)
    whole = parts.scripts
    order = np.random.default_rng(0).permutation(len(whole)).tolist()
    asked: list[Script] = []
    said: Said = []
    for part in range(5):
        reader = parts.reader([k for k in order if k % 5 != part])
        for script in (whole[k] for k in order if k % 5 == part):
            asked.append([(line.text, line.roles[0].value) for line in script.lines])
            said.append(most_likely(reader.probabilities([line.text for line in script.lines], lang)))
        print(f"part {part + 1} of 5", file=sys.stderr)
    return asked, said


def left_out(lang: str, given: Sequence[Script], count: int) -> Said:
    """Each of ``given`` tagged by what the corpus and those of the other parts taught, which count ``WEIGHT`` times."""
    from templates_engine.domain.beats import Role
    from templates_engine.roles.corpus import CorpusLine, CorpusScript
    from templates_engine.roles.model import most_likely

    labelled = [
        CorpusScript(lang, "", "", "", "", tuple(CorpusLine(text, (Role(role),)) for text, role in script), WEIGHT)
        for script in given
    ]
    parts = Parts(lang, labelled)
    ours = len(parts.scripts) - len(given)
    order = np.random.default_rng(0).permutation(len(given)).tolist()
    said: Said = [[] for _ in given]
    for part in range(count):
        kept = [ours + number for place, number in enumerate(order) if place % count != part]
        reader = parts.reader([*range(ours), *kept])
        for place, number in enumerate(order):
            if place % count == part:
                said[number] = most_likely(reader.probabilities(words_of(given[number]), lang))
        print(f"part {part + 1} of {count}", file=sys.stderr)
    return said


def memory() -> float:
    """The most that this process ever held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def row(name: str, scripts: Sequence[Script], said: Said, rounds: int) -> str:
    nine, four, right = figures(scripts, said)
    low, high = interval(scripts, said, rounds)
    return f"| {name} | {nine:.3f} [{low[0]:.3f}, {low[1]:.3f}] | {four:.3f} [{high[0]:.3f}, {high[1]:.3f}] | {right:.3f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("lines", type=Path, nargs="?")
    parser.add_argument("--corpus", action="store_true")
    parser.add_argument("--leave-out", type=int, default=0, metavar="PARTS")
    parser.add_argument("--langs", default="zh,en", help="with --leave-out")
    parser.add_argument("--rounds", type=int, default=1000)
    options = parser.parse_args()
    import django

    django.setup()
    head = ["| tagger | macro-F1, nine roles | macro-F1, four | right |", "|---|---|---|---|"]
    if options.corpus:
        for lang in ("zh", "en"):
            scripts, said = own(lang)
            print(f"\n{lang}: {len(scripts)} scripts of our own, {sum(map(len, scripts))} lines\n", *head, sep="\n")
            print(row("trained on the others", scripts, said, options.rounds), f"\n{per_role(scripts, said)}", sep="\n")
    for lang, scripts in labelled(options.lines).items() if options.lines else ():
        print(f"\n{lang}: {len(scripts)} scripts, {sum(map(len, scripts))} lines\n", *head, sep="\n")
        for name, tagger in taggers(lang).items():
            start = time.process_time()
            said = [tagger(script) for script in scripts]
            took = time.process_time() - start
            print(row(name, scripts, said, options.rounds))
        print(f"\ntrained: {per_role(scripts, said)}")
        print(
            f"\n{sum(map(len, scripts)) / took:.0f} lines a second of one core, script by script; {memory():.0f} MB in all"
        )
        if options.leave_out and lang in options.langs.split(","):
            said = left_out(lang, scripts, options.leave_out)
            print("", *head, row("trained on the others, too", scripts, said, options.rounds), sep="\n")
            print(f"\n{per_role(scripts, said)}")


if __name__ == "__main__":
    main()
