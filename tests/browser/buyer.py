"""Somebody who buys in a real browser: on the studio's pages and on the fake's hosted payment page."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.billing.stripe_fake.hosted import HostedFake
from tests.browser.conftest import Visitor
from tests.studio import Studio, wait_until

SHOP = """
import io, yaml
from pathlib import Path
from django.contrib.auth import get_user_model
from billing.organizations import create_organization
from creative.domain.product import parse_product
from creative.intake import images
from creative.products import create_product
user = get_user_model().objects.create_user("alice", "alice@example.com", "a-long-passphrase-1")
shop = create_organization("Alice", owner=user)
facts = yaml.safe_load(Path("creative/demo/serum.yaml").read_text(encoding="utf-8"))
product = create_product(shop, parse_product(facts))
photos = [(path.name, io.BytesIO(path.read_bytes())) for path in sorted(Path("creative/demo_photos").glob("serum_*.jpg"))]
images.accept(shop, product, photos, rights="own")
print(shop.public_id, product.public_id)
"""
SPEND = """
from billing import ledger
from billing.models import Organization
shop = Organization.objects.get(public_id="{shop}")
free = ledger.balance(shop).available
if free > {leave}:
    ledger.settle(ledger.hold(shop, key="spent elsewhere", amount=free - {leave}).pk, used=free - {leave})
print(ledger.balance(shop).available)
"""
FINDINGS = """
from billing import ledger
print(len(ledger.audit()))
"""


@dataclass
class Buyer:
    """The owner of a shop on the free plan, signed in. What was bought stays on the studio, so a journey can go on."""

    visitor: Visitor
    studio: Studio
    bank: HostedFake
    shop: str  # public id
    product: str

    @property
    def page(self) -> Page:
        return self.visitor.page

    def go(self, path: str) -> None:
        self.page.goto(f"{self.visitor.url}/{path}")

    @property
    def credits(self) -> int:
        return int(self.page.locator(".purse .number").inner_text())

    def buy(self, path: str, way: str, look: str = "") -> None:
        """From the page of the offer to the hosted one, pay there, and come back to the purchase."""
        self.go(path)
        if look:
            self.visitor.look(f"{look}-price")
        self.page.get_by_role("radio", name=re.compile(way)).check()
        self.page.get_by_role("button", name="下一步").click()
        expect(self.page.get_by_role("heading", name="还差付款")).to_be_visible()
        if look:
            self.visitor.look(f"{look}-to-pay")
        self.page.get_by_role("link", name=re.compile("^去付")).click()
        expect(self.page.get_by_text("FAKE Stripe")).to_be_visible()
        if look:
            self.visitor.look(f"{look}-hosted-page")
        self.page.get_by_role("button", name="付款 Pay").click()
        arrived = self.page.get_by_text(re.compile("点已到账"))
        wait_until("the credits are there", lambda: self._arrived(arrived), seconds=60)
        if look:
            self.visitor.look(f"{look}-paid")

    def _arrived(self, words: Locator) -> bool:
        """The message of the payment may come after the buyer does: then the page is looked at again."""
        if words.count() == 0:
            self.page.reload()
        return words.count() > 0

    def draft(self, seconds: int = 12) -> int:
        """The page of a new draft of the shop's product; its price."""
        self.go(f"products/{self.product}/new-ad")
        self.page.get_by_role("radio", name=f"{seconds} 秒", exact=True).check()
        self.page.locator(".script").first.click()
        price = self.page.locator(".preview .price-line strong")
        expect(price).to_be_visible()
        return int(price.inner_text())

    def spend_elsewhere(self, leave: int) -> int:
        """Credits go for other work, behind the browser's back; how many are left."""
        return int(self.studio.shell(SPEND.format(shop=self.shop, leave=leave)).splitlines()[-1])

    def findings(self) -> int:
        """Of the ledger's audit."""
        return int(self.studio.shell(FINDINGS).splitlines()[-1])


def open_buyer(visitor: Visitor, studio: Studio, bank: HostedFake) -> Buyer:
    shop, product = studio.shell(SHOP).splitlines()[-1].split()
    visitor.sign_in()
    return Buyer(visitor, studio, bank, shop, product)
