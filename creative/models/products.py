"""What is sold: a product, its facts per language, and its cleaned photos."""

from django.db import models

from billing.models import TenantModel
from billing.public_ids import PublicIdField


class Product(TenantModel):
    """What does not depend on a language. Prices are integer fen of ``currency``."""

    public_id = PublicIdField("prd")
    category = models.CharField(max_length=40)
    brand = models.CharField(max_length=60, blank=True)
    price = models.PositiveBigIntegerField(null=True, blank=True)
    list_price = models.PositiveBigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    offer_ends = models.DateField(null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True)  # the shop's own number for it
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        text = self.texts.first()
        return text.name if text else self.public_id


class ProductText(models.Model):
    """The facts in one language: plain lists of short phrases, exactly as the merchant states them."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="texts")
    lang = models.CharField(max_length=2, choices=[("zh", "中文"), ("en", "English")])
    title = models.CharField(max_length=200)
    name = models.CharField(max_length=40)
    category = models.CharField(max_length=40, blank=True)  # in this language; empty: the product's own
    audience = models.CharField(max_length=60, blank=True)
    scene = models.CharField(max_length=60, blank=True)
    selling_points = models.JSONField(default=list)  # list[str]
    pains = models.JSONField(default=list)  # list[str]
    offers = models.JSONField(default=list)  # list[str]
    attributes = models.JSONField(default=list)  # list[{"name": str, "value": str}]
    proofs = models.JSONField(default=list)  # list[{"text": str, "evidence": str}]
    call_to_action = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-lang"]  # zh before en
        constraints = [
            models.UniqueConstraint(fields=["product", "lang"], name="one_text_per_language"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.lang})"


class Asset(TenantModel):
    """One cleaned file: re-encoded, upright, metadata stripped, named by its hash."""

    class Kind(models.TextChoices):
        PHOTO = "photo", "照片 Photo"
        LOGO = "logo", "标志 Logo"

    public_id = PublicIdField("ast")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="assets", null=True, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PHOTO)
    position = models.PositiveSmallIntegerField(default=0)
    original_name = models.CharField(max_length=200)
    file = models.CharField(max_length=200)  # name in the storage
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # Where the product is, as fractions [x0, y0, x1, y1]; null = not found, the whole picture counts.
    subject = models.JSONField(null=True, blank=True)
    rights = models.CharField(max_length=200, blank=True)  # who says that we may use it
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "sha256"], name="a_photo_once_per_product"),
        ]

    def __str__(self) -> str:
        return self.original_name
