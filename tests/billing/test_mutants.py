"""The deliberate mistakes of ``bench/mistakes``: each still fits the code, and one that does not never counts as noticed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.studio import ROOT

ONE_MISTAKE = """
import sys
from pathlib import Path
from mistakes.kennel import Kennel
from mistakes.mutant import Mutant

mistake = Mutant("mine", "sums.py", sys.argv[1], sys.argv[2])
print(Kennel(Path.cwd(), ["test_sums.py"]).outcome(mistake, ["test_sums.py"], 60)[0])
"""


def python(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {name: text for name, text in os.environ.items() if not name.startswith(("DJANGO", "PYTEST"))}
    env["PYTHONPATH"] = str(ROOT / "bench")
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_mistake_still_fits_the_code() -> None:
    done = python(ROOT, "bench/mutants.py", "--fit")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" mutants, all of which can be planted\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong", "status", "said"),
    [
        ("a + b", "a - b", 0, ""),
        ("a * b", "a - b", 1, "stands 0 times in sums.py: mend this list"),
        ("  # of both", "", 1, "nothing was changed"),
        ("a + b", "a +* b", 1, "SyntaxError"),
    ],
)
def test_only_a_mistake_that_was_planted_is_judged(
    tmp_path: Path, right: str, wrong: str, status: int, said: str
) -> None:
    (tmp_path / "sums.py").write_text("def add(a, b):\n    return a + b  # of both\n")
    (tmp_path / "test_sums.py").write_text("import sums\n\n\ndef test_a_sum():\n    assert sums.add(2, 3) == 5\n")
    done = python(tmp_path, "-c", ONE_MISTAKE, right, wrong)
    assert done.returncode == status, done.stdout + done.stderr
    assert said in done.stderr
    assert done.stdout == ("" if said else "1\n")  # pytest's status where a test has failed
