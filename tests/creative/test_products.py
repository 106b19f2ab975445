"""Products: what is kept, what a script may say, and what happens to offers that are over."""

from datetime import date

import pytest
import time_machine

from creative import production, products
from creative.domain.product import parse_product
from creative.errors import NotFound, ProductIncomplete
from creative.models import Product, ProductText
from templates_engine.domain.facts import Attribute, Price
from tests.creative.shops import FACTS, Shop

pytestmark = pytest.mark.django_db


def test_a_product_comes_back_as_it_was_given(alice: Shop):
    draft = parse_product(FACTS | {"offer_ends": "2026-12-12", "external_id": "SKU-7"})
    product = products.create_product(alice.organization, draft)
    stored = Product.objects.of(alice.organization).get(pk=product.pk)
    assert products.draft_of(stored) == draft
    assert str(stored) == "北杯保温杯"


def test_the_facts_of_a_script_are_those_of_its_language(alice: Shop):
    zh, en = (products.facts_of(alice.product, lang) for lang in ("zh", "en"))
    assert (zh.name, zh.category, zh.brand) == ("北杯保温杯", "保温杯", "北杯")
    assert (en.name, en.category) == ("NORTHMUG", "thermos")
    assert zh.price == Price(12_900, "CNY", 19_900)
    assert zh.attributes == (Attribute("容量", "480ml"),)
    with pytest.raises(ProductIncomplete, match="no fr facts"):
        products.facts_of(alice.product, "fr")


def test_a_language_without_its_own_category_uses_the_products(alice: Shop):
    bare = {"category": "保温杯", "en": {"title": "T", "name": "N"}}
    facts = products.facts_of(products.create_product(alice.organization, parse_product(bare)), "en")
    assert (facts.category, facts.price, facts.offers) == ("保温杯", None, ())


@pytest.mark.parametrize(
    ("now", "offers", "ends"),
    [
        ("2026-12-12T15:00:00Z", ("下单送杯刷",), date(2026, 12, 12)),  # 23:00 in Shanghai: the last hour
        ("2026-12-12T16:00:00Z", (), None),  # midnight in Shanghai: over
    ],
)
def test_an_offer_is_told_until_the_end_of_its_last_day(
    alice: Shop, now: str, offers: tuple[str, ...], ends: date | None
):
    products.update_product(alice.product, parse_product(FACTS | {"offer_ends": "2026-12-12"}))
    with time_machine.travel(now, tick=False):
        facts = products.facts_of(alice.product, "zh")
    assert (facts.offers, facts.offer_ends) == (offers, ends)


def test_an_update_replaces_every_fact(alice: Shop):
    products.update_product(alice.product, parse_product({"category": "茶杯", "zh": {"title": "新", "name": "新杯"}}))
    stored = Product.objects.of(alice.organization).get(pk=alice.product.pk)
    assert (stored.category, stored.price, stored.brand) == ("茶杯", None, "")
    assert list(ProductText.objects.filter(product=stored).values_list("lang", "name")) == [("zh", "新杯")]


def test_an_archived_product_is_hidden_and_its_photos_stay(alice: Shop):
    products.archive(alice.product)
    with pytest.raises(NotFound):
        products.product_of(alice.organization, alice.product.public_id)
    assert alice.product.assets.count() == 2


def test_a_photo_becomes_the_hero(alice: Shop):
    first, second = alice.product.assets.all()
    products.put_first(second)
    assert list(alice.product.assets.all()) == [second, first]
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    assert ad.timeline["shots"][-1]["card"]["image_sha256"] == second.sha256


def test_a_product_of_another_tenant_does_not_exist(alice: Shop, charlie: Shop):
    assert products.product_of(alice.organization, alice.product.public_id) == alice.product
    with pytest.raises(NotFound):
        products.product_of(charlie.organization, alice.product.public_id)
