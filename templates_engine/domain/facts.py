"""What may be said of a product: the only source of words and numbers for a script, in one language."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Price:
    """An amount in fen (or cents) of ``currency``; ``list_amount`` is the struck-through price, where there is one."""

    amount: int
    currency: str = "CNY"
    list_amount: int | None = None


@dataclass(frozen=True)
class Attribute:
    """A plain property, such as ("容量", "480ml")."""

    name: str
    value: str


@dataclass(frozen=True)
class Proof:
    """A claim that the merchant can show evidence for (test report number, review link, certificate)."""

    text: str
    evidence: str


@dataclass(frozen=True)
class ProductFacts:
    """Everything the merchant states about a product in ``lang`` ("zh" or "en").

    ``name`` is the short spoken name (at most about 8 Chinese characters or 4 words); ``title`` the shop's full title.
    Empty means unknown: a script never fills the gap.
    """

    lang: str
    title: str
    name: str
    category: str
    brand: str = ""
    audience: str = ""
    scene: str = ""
    attributes: tuple[Attribute, ...] = ()
    selling_points: tuple[str, ...] = ()
    pains: tuple[str, ...] = ()
    price: Price | None = None
    offers: tuple[str, ...] = ()
    offer_ends: date | None = None
    proofs: tuple[Proof, ...] = ()
    call_to_action: str = ""
