"""A real studio (web and workers) and a real Chromium. ``HITSMITH_SHOTS=DIR`` keeps a picture of every page seen."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.studio import Studio, open_merchant, running_studio

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
SWITCHES = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
PASSWORD = "a-long-passphrase-1"
OVERTAKEN = ("htmx:sendAbort", "htmx:afterRequest,")  # a newer choice calls off the question of an older one
# Addresses of pictures that do not come, also of those that a browser only loads when somebody scrolls there.
NO_PICTURE = """async () => {
  const images = [...document.images].filter((image) => image.getAttribute("src"));
  for (const image of images) image.loading = "eager";
  await Promise.all(images.map((image) => image.decode().catch(() => {})));
  return images.filter((image) => image.naturalWidth === 0).map((image) => image.src);
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with running_studio(tmp_path_factory.mktemp("studio")) as studio:
        open_merchant(studio)
        yield studio


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM.exists(), f"{CHROMIUM} is missing: apt-get install chromium, or name another one in CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody at the studio. ``complaints``: what the browser found wrong (scripts, policy, missing files)."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def sign_in(self, name: str = "alice") -> None:
        self.page.goto(f"{self.url}/sign-in")
        self.page.get_by_label(re.compile("邮箱或用户名|E-mail or user name")).fill(name)
        self.page.get_by_label(re.compile("密码|Password")).fill(PASSWORD)
        self.page.get_by_role("button", name=re.compile("^(登录|Sign in)$")).click()
        self.page.wait_for_url(f"{self.url}/")

    def look(self, name: str) -> None:
        """The page fits both screens and its pictures come; with ``HITSMITH_SHOTS`` there is a picture of each."""
        folder = os.environ.get("HITSMITH_SHOTS")
        assert self.page.evaluate(NO_PICTURE) == [], f"{name} shows pictures that do not come"
        for size, (width, height) in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_load_state("networkidle")
            assert self.page.evaluate(TOO_WIDE) <= 0, f"{name} is too wide for a {size}"
            if folder:
                self.page.evaluate("window.scrollTo(0, 0)")
                self.page.screenshot(path=Path(folder) / f"{name}-{size}.png", full_page=True)
        self.page.set_viewport_size({"width": SIZES["desktop"][0], "height": SIZES["desktop"][1]})

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(OVERTAKEN):
            self.complaints.append(f"{self.page.url}: {message.text}")


def visitor(context: BrowserContext, studio: Studio) -> Visitor:
    page = context.new_page()
    page.set_default_timeout(20_000)
    someone = Visitor(page, studio.url)
    page.on("console", someone.hear)
    page.on("pageerror", lambda error: someone.complaints.append(f"{page.url}: {error}"))
    return someone


@pytest.fixture
def alice(chromium: Browser, studio: Studio) -> Iterator[Visitor]:
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    someone = visitor(context, studio)
    yield someone
    context.close()


@pytest.fixture
def plain(chromium: Browser, studio: Studio) -> Iterator[Visitor]:
    """A visitor whose browser runs no script, and who reads English."""
    context = chromium.new_context(locale="en-US", java_script_enabled=False)
    someone = visitor(context, studio)
    yield someone
    context.close()
