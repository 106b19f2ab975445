"""``manage.py templates``."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from templates_engine.domain.template_json import from_dict
from templates_engine.seeding import seeds

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("templates", *arguments, stdout=out)
    return out.getvalue()


def test_table() -> None:
    lines = run("--lang", "zh").splitlines()
    assert lines[0].split() == ["id", "name", "lang", "beats", "seconds", "source"]
    assert lines[-1].split() == [
        "tpl_story_led_zh_v1",
        "生活片段",
        "/",
        "A",
        "slice",
        "of",
        "life",
        "zh",
        "9",
        "12-30",
        "seed",
    ]
    assert len(lines) == 8


def test_json_can_be_read_back() -> None:
    documents = json.loads(run("--json"))
    assert [from_dict(document) for document in documents] == sorted(seeds(), key=lambda seed: seed.id)


def test_show() -> None:
    page = run("--show", "tpl_reveal_led_en_v1")
    assert page.startswith("tpl_reveal_led_en_v1  开门见山 / Product first\n")
    assert "  What makes it special? {point}.\n" in page


def test_unknown() -> None:
    with pytest.raises(CommandError, match="no template 'tpl_none_v1'"):
        run("--show", "tpl_none_v1")
