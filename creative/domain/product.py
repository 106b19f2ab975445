"""The facts of a product as a person or a program hands them in, checked as a whole.

``parse_product`` takes the mapping of a ``product.yaml``, of a JSON body or of a web form (they have one shape,
described in docs/product-yaml.md) and gives a ``ProductDraft``, or ``FactsInvalid`` with *every* problem and its path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from creative.domain.fields import Problem, Problems, Reader
from templates_engine.domain.facts import Attribute, Proof

LANGUAGES = ("zh", "en")
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "SGD")
PRODUCT_KEYS = ("category", "brand", "price", "list_price", "currency", "offer_ends", "external_id", *LANGUAGES)
TEXT_KEYS = (
    "title",
    "name",
    "category",
    "audience",
    "scene",
    "selling_points",
    "pains",
    "offers",
    "attributes",
    "proofs",
    "call_to_action",
)


@dataclass(frozen=True)
class TextDraft:
    """The facts in one language, exactly as the merchant states them."""

    lang: str
    title: str
    name: str
    category: str = ""  # what people call this kind of thing in this language; empty: the product's own
    audience: str = ""
    scene: str = ""
    selling_points: tuple[str, ...] = ()
    pains: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    proofs: tuple[Proof, ...] = ()
    call_to_action: str = ""


@dataclass(frozen=True)
class ProductDraft:
    """Prices are integer fen (hundredths of ``currency``)."""

    category: str
    texts: tuple[TextDraft, ...]
    brand: str = ""
    price: int | None = None
    list_price: int | None = None
    currency: str = "CNY"
    offer_ends: date | None = None
    external_id: str = ""


class FactsInvalid(ValueError):
    """``problems`` holds every ``Problem(path, zh, en)``, such as ``zh.selling_points.2``."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        self.zh = "；".join(f"{problem.path}：{problem.zh}" for problem in problems)
        self.en = "; ".join(f"{problem.path}: {problem.en}" for problem in problems)
        super().__init__(self.en)


def parse_product(given: object) -> ProductDraft:
    """A checked draft, or ``FactsInvalid`` naming every problem at once."""
    problems = Problems()
    if not isinstance(given, Mapping):
        problems.add("", "应为键值结构（category、zh、en …）", "give a mapping with category, zh, en ...")
        raise FactsInvalid(problems.all())
    reader = Reader(given, "", problems)
    reader.refuse_unknown(PRODUCT_KEYS)
    draft = ProductDraft(
        category=reader.text("category", 40, required=True),
        brand=reader.text("brand", 60),
        price=reader.money("price"),
        list_price=reader.money("list_price"),
        currency=reader.choice("currency", CURRENCIES, "CNY"),
        offer_ends=reader.day("offer_ends"),
        external_id=reader.text("external_id", 120),
        texts=tuple(_text(reader, lang) for lang in LANGUAGES if reader.has(lang)),
    )
    _check_whole(draft, problems)
    if problems.all():
        raise FactsInvalid(problems.all())
    return draft


def _check_whole(draft: ProductDraft, problems: Problems) -> None:
    if not draft.texts:
        problems.add("zh", "至少填写一种语言的资料（zh 或 en）", "give the facts in at least one language (zh or en)")
    if draft.list_price is None:
        return
    if draft.price is None:
        problems.add("price", "填写了划线价就要填写售价", "a list price needs a price beside it")
    elif draft.list_price <= draft.price:
        problems.add("list_price", "划线价必须高于售价，否则请留空", "must be above the price: else leave it out")


def _text(product: Reader, lang: str) -> TextDraft:
    reader = product.nested(lang)
    reader.refuse_unknown(TEXT_KEYS)
    return TextDraft(
        lang=lang,
        title=reader.text("title", 200, required=True),
        name=reader.text("name", 40, required=True),
        category=reader.text("category", 40),
        audience=reader.text("audience", 60),
        scene=reader.text("scene", 60),
        selling_points=reader.texts("selling_points", count=8, length=60),
        pains=reader.texts("pains", count=6, length=60),
        offers=reader.texts("offers", count=4, length=60),
        attributes=tuple(
            Attribute(name, value) for name, value in reader.pairs("attributes", ("name", "value"), count=12, length=60)
        ),
        proofs=tuple(
            Proof(text, evidence)
            for text, evidence in reader.pairs("proofs", ("text", "evidence"), count=6, length=120)
        ),
        call_to_action=reader.text("call_to_action", 60),
    )
