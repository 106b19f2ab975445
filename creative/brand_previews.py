"""How a kit looks before any ad is made with it: a caption over a photo and the end card, drawn by the real renderer."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from billing.models import Organization
from creative.dressing import wearing
from creative.errors import BrandRefused
from creative.models import Asset, Product
from generation import media
from generation.domain.brand import Brand
from generation.domain.timeline import Canvas, EndCard, Overlay, OverlayKind, Timeline, TimelineShot
from generation.errors import GenerationError

SIZE = Canvas(540, 960)
FRAMES, CARD_FRAMES = 60, 75
WORDS = {
    "zh": ("早上来一杯|精神一整天", "全网包邮", "点击下单"),
    "en": ("One cup|and you are awake", "Free shipping", "Shop now"),
}


def kit_preview(organization: Organization, brand: Brand | None, lang: str, caption_style: str = "") -> bytes:
    """PNG: on the left a picture with a caption, on the right the end card. Raises ``BrandRefused``.

    Shows the organization's own newest product where it has one with a photo.
    """
    product = Product.objects.of(organization).filter(archived_at=None, assets__kind=Asset.Kind.PHOTO).first()
    photo = product.assets.filter(kind=Asset.Kind.PHOTO).first() if product is not None else None
    timeline = _sample(product, photo, lang, caption_style)
    timeline = timeline if brand is None else wearing(timeline, brand)
    try:
        with ExitStack() as stack:
            wanted = _files(timeline, photo)
            files = {sha256: stack.enter_context(media.local(name)) for sha256, name in wanted.items()}
            return _drawn(timeline, files, photo.sha256 if photo is not None else "")
    except GenerationError as error:
        raise BrandRefused("", f"预览画不出来：{error}", f"the preview cannot be drawn: {error}") from error


def _sample(product: Product | None, photo: Asset | None, lang: str, style: str) -> Timeline:
    said, offer, action = WORDS.get(lang, WORDS["zh"])
    name = str(product) if product is not None else ("山野挂耳咖啡" if lang == "zh" else "Highland drip coffee")
    card = EndCard(
        headline=name, brand=product.brand if product is not None else "", price_text="¥66", list_price_text="¥99",
        offer=offer, call_to_action=action, image=photo.file if photo is not None else "",
        image_sha256=photo.sha256 if photo is not None else "",
    )  # fmt: skip
    shots = (
        TimelineShot("a", "hook", "a" * 64, 0, FRAMES),
        TimelineShot("card", "cta", "", 0, CARD_FRAMES, card=card),
    )
    overlays = (
        Overlay("c", OverlayKind.CAPTION, 0, FRAMES, said, style=style or "bold_center"),
        Overlay("p", OverlayKind.PRICE_TAG, 0, FRAMES, "¥66", style="", second_text="¥99"),
    )
    return Timeline("preview", lang, "ember", SIZE, shots, overlays, None)


def _files(timeline: Timeline, photo: Asset | None) -> dict[str, str]:
    from generation.domain.cut_order import CutOrder, Quality

    found = CutOrder(timeline, "9:16", Quality.PREVIEW, "", "").files
    return found if photo is None else found | {photo.sha256: photo.file}


def _drawn(timeline: Timeline, files: Mapping[str, Path], photo: str) -> bytes:
    from generation.render.still_preview import preview_png  # the renderer, which other pages do not load

    return preview_png(timeline, files, files.get(photo))
