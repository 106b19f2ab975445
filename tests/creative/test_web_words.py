"""The words of the pages: every Chinese one has an English one, and no page carries inline script or style."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from creative import production
from creative.models import Asset
from creative.templatetags.studio import about, clock, money, signed, window
from tests.creative.shops import Shop

CREATIVE = Path(__file__).resolve().parents[2] / "creative"
TEMPLATES = sorted((CREATIVE / "templates").rglob("*.html"))
SOURCES = [*sorted((CREATIVE / "web").glob("*.py")), CREATIVE / "templatetags" / "studio.py"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TRANSLATE = re.compile(r"""{%\s*translate\s+(["'])(.+?)\1\s*%}""")
BLOCK = re.compile(r"{%\s*blocktranslate[^%]*%}(.+?)(?:{%\s*plural\s*%}.+?)?{%\s*endblocktranslate\s*%}", re.DOTALL)
CALL = re.compile(r"""(?:\b_|gettext|gettext_lazy)\(\s*"([^"]+)"\s*\)""")
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def words() -> set[str]:
    found: set[str] = set()
    for path in TEMPLATES:
        text = path.read_text()
        found |= {match[2] for match in TRANSLATE.finditer(text)}
        found |= {VARIABLE.sub(r"%(\1)s", match[1]) for match in BLOCK.finditer(text)}
    for path in SOURCES:
        found |= set(CALL.findall(path.read_text()))
    return {word for word in found if CHINESE.search(word)}


def test_every_word_has_an_english_one() -> None:
    assert len(words()) > 300
    with translation.override("en"):
        english = {word: {gettext(word), ngettext(word, word, 2)} for word in words()}
    assert [word for word, found in english.items() if all(CHINESE.search(text) for text in found)] == []


def test_a_translation_keeps_its_variables() -> None:
    marks = re.compile(r"%(?:\(\w+\))?[sd]|{\w+}")
    with translation.override("en"):
        broken = [word for word in words() if sorted(marks.findall(word)) != sorted(marks.findall(gettext(word)))]
    # One with a plural form is found under that form.
    assert {word for word in broken if "%(n)" not in word} == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_script_or_style_and_no_untranslated_words(path: Path) -> None:
    text = path.read_text()
    assert re.search(r"\sstyle=|\son\w+=|<style|javascript:|hx-on|<script(?![^>]*\bsrc=)", text) is None
    assert "http://" not in text.replace("http://www.w3.org", "")
    bare = re.sub(r"{%\s*blocktranslate.*?endblocktranslate\s*%}|{%.*?%}|{#.*?#}", "", text, flags=re.DOTALL)
    # The button that changes the language is written in the language that it leads to.
    assert [line for line in bare.splitlines() if CHINESE.search(line) and "中文</button>" not in line] == []


def test_english_pages_are_english(client: Client, alice: Shop) -> None:
    client.force_login(alice.owner)
    english = Client(headers={"accept-language": "en"})
    english.force_login(alice.owner)
    draft = production.draft(alice.organization, product=alice.product, lang="en")
    urls = [
        reverse(name) for name in ("home", "products", "product-new", "ads", "campaigns", "campaign-new", "credits")
    ]
    for url in [*urls, reverse("ad", args=[draft.ad.public_id])]:
        text = re.sub(r"<[^>]*>", " ", english.get(url).content.decode())
        ours = text.replace(str(alice.product), "").replace("中文", "").replace("保温杯", "")
        assert CHINESE.findall(ours) == [], url


def test_numbers_in_words() -> None:
    with translation.override("zh-hans"):
        assert [money(12900), money(12950), money(5, "USD"), money(1234500, "EUR")] == [
            "¥129",
            "¥129.50",
            "$0.05",
            "€12,345",
        ]
        assert [clock(0), clock(2449), clock(15000)] == ["0.0", "2.4", "15.0"]
        assert [signed(660), signed(-40), signed(0)] == ["+660", "−40", "0"]
        assert [about(1), about(41), about(61)] == ["大约还要 5 秒，", "大约还要 45 秒，", "大约还要 2 分钟，"]


@pytest.mark.parametrize(
    ("size", "subject", "aspect", "expected"),
    [
        ((900, 1600), None, "9:16", (0, 0, 900, 1600)),
        ((1600, 1600), [0.4, 0.2, 0.6, 0.8], "9:16", (350, 0, 900, 1600)),
        ((1600, 1600), [0.8, 0.2, 1.0, 0.8], "9:16", (700, 0, 900, 1600)),
        ((1600, 900), [0.0, 0.0, 1.0, 1.0], "9:16", (0, -972, 1600, 2844)),
        ((1600, 900), [0.0, 0.0, 1.0, 1.0], "16:9", (0, 0, 1600, 900)),
    ],
)
def test_a_thumbnail_never_cuts_the_product(
    size: tuple[int, int], subject: list[float] | None, aspect: str, expected: tuple[int, ...]
) -> None:
    asset = Asset(width=size[0], height=size[1], subject=subject)
    assert window(asset, aspect) == expected
