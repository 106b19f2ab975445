"""From signing in to playing the finished ad, as a merchant does it, in a real browser on a real studio."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Visitor
from tests.studio import ROOT, Studio, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHOTOS = ROOT / "creative" / "demo_photos"
FILMING_MS = 600_000
FACTS = {
    "品类": "保温杯",
    "品牌": "NORTHMUG",
    "售价": "129.00",
    "划线价": "199.00",
}
CHINESE = {
    "完整标题": "NORTHMUG 双层真空不锈钢保温杯 480ml",
    "口语叫法": "北山保温杯",
    "卖给谁": "每天通勤的上班族",
    "卖点": "早上灌的热水，晚上还烫嘴\n杯口倒扣不漏一滴\n单手一按就能喝",
    "顾客的烦恼": "水放一会儿就凉\n包里总是湿一片",
    "行动号召": "点击下单",
}
DROP = """async ([name, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
  document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
}"""

# Waiting inside the page: the content security policy forbids the polling that Playwright would do there.
PLAY = """video => new Promise((done) => {
  video.addEventListener("timeupdate", () => { if (video.currentTime > 0.7) done(video.currentTime); });
  video.muted = true;
  video.play();
})"""
JUMP = """(video, second) => new Promise((done) => {
  video.addEventListener("seeked", () => done(video.currentTime), { once: true });
  video.pause();
  video.currentTime = second;
})"""


def credits_of(page: Page) -> int:
    return int(page.locator(".purse .number").inner_text())


def test_from_photos_to_a_playing_ad(alice: Visitor, studio: Studio, tmp_path: Path) -> None:
    page = alice.page
    page.goto(f"{alice.url}/products")
    alice.look("01-sign-in")
    alice.sign_in()
    alice.look("02-desk-empty")
    product = describe_product(alice)
    upload_photos(alice, tmp_path)
    choose_script(alice)
    order_and_watch(alice, studio)
    play(page)
    alice.look("10-ready")
    page.goto(f"{alice.url}/credits")
    settled, held = page.locator(".ledger tbody tr").all()[:2]
    expect(settled).to_contain_text("结算 实扣")
    expect(held).to_contain_text(re.compile(r"预留.*−\d+"))
    alice.look("11-credits")
    for number, name in enumerate(["", "products", product, "ads", "campaigns", "campaigns/new", "keys"], 12):
        page.goto(f"{alice.url}/{name}")
        alice.look(f"{number}-{name.split('/')[0] or 'desk'}{'-new' if name.endswith('new') else ''}")
    assert alice.complaints == []


def describe_product(alice: Visitor) -> str:
    """Fill in the form; the address of the product's page."""
    page = alice.page
    page.get_by_role("link", name="添加商品").click()
    for label, text in FACTS.items():
        page.get_by_label(label, exact=True).fill(text)
    chinese = page.locator("fieldset", has_text="中文资料")
    for label, text in CHINESE.items():
        chinese.get_by_label(label, exact=True).fill(text)
    alice.look("03-product-form")
    page.get_by_role("button", name="保存，去放照片").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("北山保温杯")
    return page.url.removeprefix(f"{alice.url}/")


def upload_photos(alice: Visitor, folder: Path) -> None:
    """Two photos and a broken file picked, a third photo dropped: each file has its own answer."""
    page = alice.page
    broken = folder / "broken.jpg"
    broken.write_bytes((PHOTOS / "mug_front.jpg").read_bytes()[:4000])
    expect(page.get_by_role("link", name="制作广告")).to_be_hidden()
    page.locator("input[type=file]").set_input_files([PHOTOS / "mug_front.jpg", broken, PHOTOS / "mug_angle.jpg"])
    refused = page.locator(".photo.refused")
    expect(refused).to_contain_text("broken.jpg")
    expect(refused).to_contain_text("文件已损坏或不完整")
    expect(page.locator(".photo[id]")).to_have_count(2)
    page.evaluate(DROP, ["mug_open.jpg", list((PHOTOS / "mug_open.jpg").read_bytes())])
    expect(page.locator(".photo[id]")).to_have_count(3)
    expect(page.locator(".photo").first).to_contain_text("主图")
    alice.look("04-product-photos")


def shot_price() -> int:
    """Credits of a standard shot at this moment: 10, half of that in the off-peak hours of the catalogue (Shanghai time)."""
    return 5 if datetime.now(ZoneInfo("Asia/Shanghai")).hour < 8 else 10


def choose_script(alice: Visitor) -> None:
    """The price and every frame are seen before anything is spent."""
    page = alice.page
    before = credits_of(page)
    page.get_by_role("link", name="制作广告").click()
    page.get_by_role("radio", name="12 秒", exact=True).check()
    page.get_by_role("checkbox", name="1:1 方形").check()
    alice.look("05-scripts")
    page.locator(".script").nth(1).click()
    each_before = shot_price()
    price = page.locator(".preview .price-line strong")
    expect(price).to_be_visible()
    frames = page.locator(".preview .frame").count()
    # The end card costs nothing. The two prices differ only if the hour has changed while the page was loading.
    assert int(price.inner_text()) in {each * (frames - 1) for each in (each_before, shot_price())}
    shorter = page.locator(".preview .small").first.inner_text()
    page.get_by_role("radio", name="15 秒", exact=True).check()
    expect(page.locator(".preview .small").first).not_to_have_text(shorter)
    alice.look("06-storyboard")
    assert credits_of(page) == before


def order_and_watch(alice: Visitor, studio: Studio) -> None:
    page = alice.page
    price = int(page.locator(".preview .price-line strong").inner_text())
    before = credits_of(page)
    page.get_by_role("button", name=f"用 {price} 点制作").click()
    expect(page.locator("#progress")).to_be_visible()
    assert credits_of(page) == before - price
    alice.look("07-making")
    expect(page.locator(".frame.shot-done").first).to_be_visible(timeout=FILMING_MS)
    alice.look("08-filming")
    video = page.locator("video")
    try:
        expect(video).to_be_visible(timeout=FILMING_MS)
    except AssertionError as error:
        raise AssertionError(f"{page.locator('main').inner_text()}\n{studio.logs()}") from error
    expect(page.get_by_text("本视频由 AI 生成")).to_be_visible()


def play(page: Page) -> None:
    """It really plays, and a jump forward fetches only that part of the file."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if answer.url.endswith(".mp4") else None)
    page.reload()
    video = page.locator("video")
    assert video.evaluate(PLAY) > 0.7
    assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [1080, 1920]
    assert 12 <= video.evaluate("video => video.duration") <= 16
    assert video.evaluate(JUMP, 11) == pytest.approx(11, abs=0.1)
    assert {answer.status for answer in answers} == {206}
    page.get_by_role("link", name="1:1", exact=True).click()
    assert video.evaluate(PLAY) > 0.7
    assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [1080, 1080]


def test_without_scripts_the_whole_way_to_an_order(plain: Visitor, studio: Studio) -> None:
    page = plain.page
    plain.sign_in()
    page.goto(f"{plain.url}/products/new")
    page.get_by_label("Category", exact=True).fill("serum")
    page.locator("summary", has_text="English facts").click()
    english = page.locator("fieldset", has_text="English facts")
    for label, text in {
        "Full title": "MUYU repairing serum, 30 ml",
        "Spoken name": "the Muyu serum",
        "Selling points": "One drop covers the whole face\nSinks in without a trace\nNo perfume",
        "What bothers customers": "Creams that leave a film",
    }.items():
        english.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Save and add photos").click()
    page.locator("input[type=file]").set_input_files([PHOTOS / "serum_front.jpg", ROOT / "pyproject.toml"])
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".photo[id]")).to_have_count(1)
    expect(page.locator(".photo.refused")).to_contain_text("pyproject.toml")
    page.get_by_role("link", name="Make an ad").click()
    page.locator("input[name=template]").first.check()
    page.get_by_role("button", name="Show storyboard and price").click()
    expect(page.locator(".frame").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Make it for")).click()
    expect(page.locator("#progress")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("body")).to_contain_text(re.compile("Cancelling|Cancelled"))
    ad = page.url.rstrip("/").split("/")[-1]
    wait_until("the cancelled ad has ended", lambda: state_of(studio, ad) == "cancelled", seconds=60)
    held = f"{AD.format(ad)}; from billing.ledger import balance; print(balance(ad.organization).held)"
    assert studio.shell(held) == "0"


AD = "from creative.models import Ad; ad = Ad.objects.get(public_id={0!r})"


def state_of(studio: Studio, ad: str) -> str:
    return studio.shell(f"{AD.format(ad)}; print(ad.state)")
