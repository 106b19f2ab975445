"""A broken seed file is named."""

from pathlib import Path

import pytest

from templates_engine import seeding
from templates_engine.errors import TemplateInvalid


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: [", "seed bad.yaml: while parsing"),
        ("just words", "seed bad.yaml: 'just words', which should be a mapping"),
        ("lang: zh", "seed bad.yaml: 'duration_ms'"),
    ],
)
def test_a_broken_seed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(seeding, "SEEDS", tmp_path)
    with pytest.raises(TemplateInvalid, match=message):
        seeding.seeds.__wrapped__()
