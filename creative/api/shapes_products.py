"""How products and photos look over the wire; a product has the shape of docs/product-yaml.md in both directions."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from creative.api.base import absolute
from creative.models import Asset, Product, ProductText


class Attribute(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    value = serializers.CharField(max_length=60)


class Proof(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=120)
    evidence = serializers.CharField(max_length=120)


class Text(serializers.ModelSerializer[ProductText]):
    """The facts in one language. Everything but ``title`` and ``name`` may be left out."""

    selling_points = serializers.ListField(child=serializers.CharField(max_length=60), max_length=8, required=False)
    pains = serializers.ListField(child=serializers.CharField(max_length=60), max_length=6, required=False)
    offers = serializers.ListField(child=serializers.CharField(max_length=60), max_length=4, required=False)
    attributes = Attribute(many=True, required=False)
    proofs = Proof(many=True, required=False)

    class Meta:
        model = ProductText
        fields = [
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
        ]


class AssetOut(serializers.ModelSerializer[Asset]):
    """``subject``: where the product is, as fractions [x0, y0, x1, y1]; null = the whole picture counts."""

    id = serializers.CharField(source="public_id")
    subject = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = Asset
        fields = [
            "id",
            "kind",
            "original_name",
            "width",
            "height",
            "bytes",
            "sha256",
            "subject",
            "url",
            "thumbnail_url",
            "created_at",
        ]

    def get_url(self, asset: Asset) -> str:
        return absolute(self.context.get("request"), reverse("media-asset", args=[asset.public_id]))

    def get_thumbnail_url(self, asset: Asset) -> str:
        return absolute(self.context.get("request"), reverse("media-thumb", args=[asset.public_id]))


class ProductIn(serializers.Serializer[Any]):
    """For the schema: ``creative.domain.product.parse_product`` reads and checks the body."""

    category = serializers.CharField(max_length=40)
    brand = serializers.CharField(max_length=60, required=False)
    price = serializers.CharField(required=False, help_text='In currency units, such as "129.00".')
    list_price = serializers.CharField(required=False, help_text="The struck-through price, above the price.")
    currency = serializers.CharField(required=False, help_text="CNY when left out.")
    offer_ends = serializers.DateField(required=False)
    external_id = serializers.CharField(max_length=120, required=False)
    zh = Text(required=False)
    en = Text(required=False)


class ProductOut(serializers.ModelSerializer[Product]):
    id = serializers.CharField(source="public_id")
    price = serializers.SerializerMethodField()
    list_price = serializers.SerializerMethodField()
    zh = serializers.SerializerMethodField()
    en = serializers.SerializerMethodField()
    assets = AssetOut(many=True)

    class Meta:
        model = Product
        fields = [
            "id",
            "category",
            "brand",
            "price",
            "list_price",
            "currency",
            "offer_ends",
            "external_id",
            "zh",
            "en",
            "assets",
            "created_at",
            "updated_at",
        ]

    def get_price(self, product: Product) -> str | None:
        return _units(product.price)

    def get_list_price(self, product: Product) -> str | None:
        return _units(product.list_price)

    @extend_schema_field(Text(allow_null=True))
    def get_zh(self, product: Product) -> dict[str, object] | None:
        return _text(product, "zh")

    @extend_schema_field(Text(allow_null=True))
    def get_en(self, product: Product) -> dict[str, object] | None:
        return _text(product, "en")


class RefusalOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField(source="en")
    detail_zh = serializers.CharField(source="zh")


class UploadIn(serializers.Serializer[Any]):
    files = serializers.ListField(child=serializers.FileField(), help_text="One or more photos.")
    background = serializers.CharField(required=False, help_text="Behind transparent parts, as #rrggbb.")
    rights = serializers.CharField(required=False, help_text="Who says that the photos may be used.")


class UploadOut(serializers.Serializer[Any]):
    accepted = AssetOut(many=True)
    refused = RefusalOut(many=True)
    duplicates = RefusalOut(many=True)


def _units(fen: int | None) -> str | None:
    return None if fen is None else f"{Decimal(fen) / 100:.2f}"


def _text(product: Product, lang: str) -> dict[str, object] | None:
    found = [text for text in product.texts.all() if text.lang == lang]
    return dict(Text(found[0]).data) if found else None
