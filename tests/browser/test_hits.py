"""Hits as a merchant brings them: dropped, measured by a real worker, corrected, learned from, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.creative.brought import srt
from tests.templates_engine.footage_maker import Plan, Scene, render

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MEASURING_MS = 120_000
UNPROCESSABLE = re.compile("status of 422")  # the browser logs it where too few were ticked on purpose


def test_from_files_to_a_template(alice: Visitor, tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"s{number}.srt").write_text(srt(number), encoding="utf-8")
    plan = Plan((Scene(0.8, 3), Scene(0.8, 21)), width=96, height=160)
    render(tmp_path / "s0.mp4", plan)
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
    (tmp_path / "r.csv").write_text("视频ID,播放量,发布后小时\ns0,12000,72\n", encoding="utf-8")
    page = alice.page
    alice.sign_in()
    page.goto(f"{alice.url}/hits")
    page.locator("input[name=files]").set_input_files(sorted(path for path in tmp_path.iterdir() if path.is_file()))
    page.get_by_label("品类", exact=False).first.fill("厨房")
    page.locator("label", has_text="我们自己的视频").click()
    page.get_by_role("button", name="上传 11 个文件").click()
    expect(page.locator(".hit-done")).to_have_count(8, timeout=MEASURING_MS)
    expect(page.locator(".hit.refused")).to_contain_text("内容不是 MP4、MOV 或 WebM 视频")
    expect(page.locator(".hit.measured")).to_contain_text("1 支爆款记上了数据")
    expect(page.locator("#groups")).to_contain_text("用这 8 支学模板", timeout=MEASURING_MS)
    alice.look("30-hits")
    page.locator("[name=hit]").first.check()
    expect(page.locator("[data-lack]")).to_have_text("厨房 · 中文：1 支，还差 7 支")
    page.get_by_role("button", name="学一个模板").click()
    expect(page.locator("#lacking")).to_contain_text("还差 7 条")
    page.get_by_role("link", name="s0", exact=True).click()
    expect(page.locator(".hit-strip image")).to_have_count(2)
    expect(page.locator(".table")).to_contain_text("12,000")
    alice.look("31-hit")
    with page.expect_navigation():
        page.locator(".told-correct select").first.select_option("pain")
    expect(page.locator(".note.success")).to_contain_text("记下了")
    page.goto(f"{alice.url}/hits")
    page.get_by_role("button", name="用这 8 支学模板").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("学到 1 个模板")
    alice.look("32-learned")
    page.get_by_role("link", name="看这个模板").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert [line for line in alice.complaints if not UNPROCESSABLE.search(line)] == []
