"""Shops for tests: Alice owns one, Bob produces in it, Charlie owns another; each has a product with photos."""

import io
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from billing.memberships import start_period
from billing.models import Member, Organization
from billing.organizations import add_member, create_api_key, create_organization
from creative import drafts
from creative.brief import Wanted
from creative.domain.product import parse_product
from creative.intake import images
from creative.models import Product
from creative.products import create_product
from creative.scripts import Written, write
from generation import subject
from generation.domain.geometry import Box
from templates_engine import library, seeding
from templates_engine.domain.facts import ProductFacts
from tests.creative.photos import jpeg

FACTS = {
    "category": "保温杯",
    "brand": "北杯",
    "price": "129.00",
    "list_price": "199.00",
    "zh": {
        "title": "北杯 480ml 真空保温杯 通勤便携",
        "name": "北杯保温杯",
        "audience": "通勤族",
        "scene": "早高峰的地铁上",
        "selling_points": ["真空双层，保温12小时", "一键开合，单手能喝", "316不锈钢内胆"],
        "pains": ["早上装的热水，到公司就凉了"],
        "offers": ["下单送杯刷"],
        "attributes": [{"name": "容量", "value": "480ml"}],
    },
    "en": {
        "title": "NORTHMUG 480 ml vacuum thermos",
        "name": "NORTHMUG",
        "category": "thermos",
        "audience": "commuters",
        "selling_points": ["keeps drinks hot for 12 hours", "opens with one hand", "316 stainless steel inside"],
        "pains": ["coffee that is cold before you reach your desk"],
        "offers": ["a free cleaning brush"],
    },
}


FEW_SEEDS = tuple(seed for seed in seeding.seeds() if seed.id.split("_")[1] in ("pain", "reveal"))
scripts: dict[tuple[ProductFacts, Wanted], Written] = {}
cleaned_once = cache(images.clean)
thumbnail_once = cache(images.thumbnail)
SUBJECT = Box(0.32, 0.2, 0.68, 0.8)  # of the photos that tests/creative/photos.py makes


def written_once(organization: Organization, facts: ProductFacts, wanted: Wanted) -> Written:
    if (facts, wanted) not in scripts:
        scripts[facts, wanted] = write(organization, facts, wanted)
    return scripts[facts, wanted]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Few templates, a cheap password hash, and what is pure and slow is worked out once for all tests.

    The same facts and wishes give the same script, the same file the same clean photo: that is what other tests prove.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(images, "find_subject", lambda _: SUBJECT)
    monkeypatch.setattr(library, "seeds", lambda: FEW_SEEDS)
    monkeypatch.setattr(drafts, "write", written_once)
    monkeypatch.setattr(images, "clean", cleaned_once)
    monkeypatch.setattr(images, "thumbnail", thumbnail_once)
    monkeypatch.setattr("generation.media.os.fsync", lambda descriptor: None)


@pytest.fixture
def real_subject_search(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "find_subject", subject.find_subject)


@dataclass
class Shop:
    """One tenant with an owner, a key of their program, and a product of two photos."""

    organization: Organization
    owner: object
    key: str
    product: Product


def open_shop(name: str, *, plan: str = "gold") -> Shop:
    owner = get_user_model().objects.create_user(name, password=f"{name}-pass-word-1")
    organization = create_organization(f"{name}'s shop", owner=owner)
    if plan != "free":
        start_period(organization, plan, key="test")
    product = create_product(organization, parse_product(FACTS))
    images.accept(
        organization, product, [(f"{number}.jpg", io.BytesIO(jpeg(seed=number))) for number in (1, 2)], rights="own"
    )
    return Shop(organization, owner, create_api_key(organization, "test")[1], product)


@pytest.fixture
def alice(db: None) -> Shop:
    return open_shop("alice")


@pytest.fixture
def charlie(db: None) -> Shop:
    return open_shop("charlie")


@pytest.fixture
def bob(alice: Shop) -> object:
    user = get_user_model().objects.create_user("bob", password="bob-pass-word-1")
    add_member(alice.organization, user, Member.Role.PRODUCER)
    return user
