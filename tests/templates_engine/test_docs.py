"""The examples in the docs are what the engine says today."""

from pathlib import Path

from tests.templates_engine.script_examples import page

DOCS = Path(__file__).parents[2] / "docs" / "scripts.md"


def test_the_page_is_current() -> None:
    assert DOCS.read_text(encoding="utf-8") == page(), "rewrite it: python -m tests.templates_engine.script_examples"
