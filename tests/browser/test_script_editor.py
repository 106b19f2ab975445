"""Editing a script in a real browser: marks come while one types, the caret stays, a press mends the line."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DRAFT = """
import io, yaml
from pathlib import Path
from billing.models import Organization
from creative import production
from creative.domain.product import parse_product
from creative.intake import images
from creative.products import create_product
shop = Organization.objects.get(name="Alice")
product = create_product(shop, parse_product(yaml.safe_load(Path("creative/demo/serum.yaml").read_text(encoding="utf-8"))))
photos = [(path.name, io.BytesIO(path.read_bytes())) for path in sorted(Path("creative/demo_photos").glob("serum_*.jpg"))]
images.accept(shop, product, photos, rights="own")
for lang in ("zh", "en"):
    print(production.draft(shop, product=product, lang=lang, seed=3).ad.public_id)
"""


@pytest.fixture(scope="module")
def drafts(studio: Studio) -> tuple[str, str]:
    """The ids of a Chinese and an English draft of Alice's serum."""
    chinese, english = studio.shell(DRAFT).splitlines()[-2:]
    return chinese, english


def test_marks_come_while_typing_and_a_press_mends_the_line(alice: Visitor, drafts: tuple[str, str]) -> None:
    alice.sign_in()
    page = alice.page
    page.goto(f"{alice.url}/ads/{drafts[0]}")
    page.get_by_role("link", name="改台词").click()
    line, marks = page.locator("#voice-1"), page.locator("#live-1")
    line.fill("")
    line.press_sequentially("全网最好的精华，一滴就化开")
    expect(marks.locator("mark")).to_have_text("最")
    expect(marks).to_contain_text("广告法第九条第三项")
    expect(line).to_be_focused()
    expect(page.locator("#script-bar")).to_contain_text("第 2 句还要改，现在不能保存")
    marks.get_by_role("button", name="一滴就化开").click()
    expect(line).to_have_value("一滴就化开")
    expect(marks).to_contain_text("可以说")
    first = page.locator("#beat-1")
    first.get_by_role("button", name="换个说法").click()
    offered = first.locator(".others button").first
    words = offered.inner_text()
    offered.click()
    expect(page.locator("#voice-0")).to_have_value(words)
    page.get_by_role("button", name="保存台词").click()
    expect(page.get_by_text("台词存好了")).to_be_visible()
    expect(page.locator(".versions ins").first).to_have_text(words)
    alice.look("30-script")
    assert alice.complaints == []


def test_without_script_the_check_button_does_the_same(plain: Visitor, drafts: tuple[str, str]) -> None:
    plain.sign_in()
    page = plain.page
    page.goto(f"{plain.url}/ads/{drafts[1]}/script")
    page.locator("#voice-1").fill("The best serum in the world, one drop melts in")
    page.locator(".check-button").click()
    expect(page.locator("#live-1 mark").first).to_have_text(re.compile("best", re.IGNORECASE))
    page.locator("#live-1 .mend button").click()
    expect(page.locator("#live-1 mark")).to_have_count(0)
    page.locator("button[name=save]").click()
    expect(page.locator(".versions > li")).to_have_count(2)
    plain.look("31-script-plain")
    assert plain.complaints == []
