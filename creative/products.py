"""The verbs of products: create, change, archive, and the facts that a script may use."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.models import Organization
from creative.domain.product import ProductDraft, TextDraft
from creative.errors import NotFound, ProductIncomplete
from creative.models import Asset, Product, ProductText
from templates_engine.domain.facts import Attribute, Price, ProductFacts, Proof

LANGUAGE_NAMES = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}


def product_of(organization: Organization, public_id: str) -> Product:
    """The tenant's product, archived ones left out; ``NotFound`` otherwise."""
    product = Product.objects.of(organization).filter(public_id=public_id, archived_at=None).first()
    if product is None:
        raise NotFound("商品", "product")
    return product


def create_product(organization: Organization, data: ProductDraft) -> Product:
    with transaction.atomic():
        product = Product(organization=organization)
        _write(product, data)
    return product


def update_product(product: Product, data: ProductDraft) -> Product:
    """Replace every fact by those of ``data``. Ads already made keep the script that they were made from."""
    with transaction.atomic():
        product.texts.all().delete()
        _write(product, data)
    return product


def archive(product: Product, *, now: datetime | None = None) -> None:
    """Hide a product. Its photos and ads stay, since finished ads and the ledger refer to them."""
    Product.objects.filter(pk=product.pk, archived_at=None).update(archived_at=now or timezone.now())


def remove_photo(asset: Asset) -> None:
    """Take a photo off its product. Ads that show it keep the file and its row."""
    Asset.objects.filter(pk=asset.pk).update(product=None)


def put_first(asset: Asset) -> None:
    """Make a photo its product's hero: it plays the reveal and stands on the end card. Ads already made stay as they are."""
    with transaction.atomic():
        others = Asset.objects.of(asset.organization).filter(product=asset.product).exclude(pk=asset.pk)
        others.update(position=F("position") + 1)
        Asset.objects.filter(pk=asset.pk).update(position=0)


def _write(product: Product, data: ProductDraft) -> None:
    product.category = data.category
    product.brand = data.brand
    product.price = data.price
    product.list_price = data.list_price
    product.currency = data.currency
    product.offer_ends = data.offer_ends
    product.external_id = data.external_id
    product.save()
    ProductText.objects.bulk_create(_text_row(product, text) for text in data.texts)


def _text_row(product: Product, text: TextDraft) -> ProductText:
    return ProductText(
        product=product,
        lang=text.lang,
        title=text.title,
        name=text.name,
        category=text.category,
        audience=text.audience,
        scene=text.scene,
        selling_points=list(text.selling_points),
        pains=list(text.pains),
        offers=list(text.offers),
        attributes=[{"name": item.name, "value": item.value} for item in text.attributes],
        proofs=[{"text": item.text, "evidence": item.evidence} for item in text.proofs],
        call_to_action=text.call_to_action,
    )


def facts_of(product: Product, lang: str) -> ProductFacts:
    """What may be said of the product in ``lang``; ``ProductIncomplete`` where that language was never filled in.

    An offer whose last day has passed is no longer true, so it is left out together with its date.
    """
    text = product.texts.filter(lang=lang).first()
    if text is None:
        zh, en = LANGUAGE_NAMES.get(lang, (lang, lang))
        raise ProductIncomplete(
            f"这个商品没有{zh}资料：请先在商品页补充{zh}资料。", f"This product has no {en} facts: add them first."
        )
    over = product.offer_ends is not None and product.offer_ends < timezone.localdate()
    price = None
    if product.price is not None:
        price = Price(product.price, product.currency, product.list_price)
    return ProductFacts(
        lang=lang,
        title=text.title,
        name=text.name,
        category=text.category or product.category,
        brand=product.brand,
        audience=text.audience,
        scene=text.scene,
        attributes=tuple(Attribute(item["name"], item["value"]) for item in text.attributes),
        selling_points=tuple(text.selling_points),
        pains=tuple(text.pains),
        price=price,
        offers=() if over else tuple(text.offers),
        offer_ends=None if over else product.offer_ends,
        proofs=tuple(Proof(item["text"], item["evidence"]) for item in text.proofs),
        call_to_action=text.call_to_action,
    )


def draft_of(product: Product) -> ProductDraft:
    """The stored facts as a draft again, for forms and exports; ``create_product`` of it makes an equal product."""
    return ProductDraft(
        category=product.category,
        brand=product.brand,
        price=product.price,
        list_price=product.list_price,
        currency=product.currency,
        offer_ends=product.offer_ends,
        external_id=product.external_id,
        texts=tuple(_text_draft(text) for text in product.texts.all()),
    )


def _text_draft(text: ProductText) -> TextDraft:
    return TextDraft(
        lang=text.lang,
        title=text.title,
        name=text.name,
        category=text.category,
        audience=text.audience,
        scene=text.scene,
        selling_points=tuple(text.selling_points),
        pains=tuple(text.pains),
        offers=tuple(text.offers),
        attributes=tuple(Attribute(item["name"], item["value"]) for item in text.attributes),
        proofs=tuple(Proof(item["text"], item["evidence"]) for item in text.proofs),
        call_to_action=text.call_to_action,
    )
