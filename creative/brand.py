"""The verbs of brand kits: read, save, logo, typeface; whose kit an ad wears, and how it goes into the ad."""

from collections.abc import Mapping

from django.core.files.storage import default_storage
from django.db import transaction

from billing.models import Organization
from creative import brand_files
from creative.domain.brand_colours import Palette, theme_colours
from creative.domain.brand_kit import KitDraft, KitInvalid, read_kit
from creative.errors import BrandRefused
from creative.models import Asset, BrandKit
from generation.domain.brand import Brand, CardLayout, Watermark
from generation.render.music_form import mood_names

LEAST_LICENCE = 6  # characters: "OFL" alone says nothing of who may


def kit_of(organization: Organization) -> BrandKit:
    """The organization's own kit; an empty one, not saved yet, where there is none."""
    found = BrandKit.objects.of(organization).select_related("logo").first()
    return found or BrandKit(organization=organization)


def kit_for(organization: Organization, agency: Organization | None = None) -> BrandKit | None:
    """The kit that an ad wears: the merchant's own, or that of the agency that makes it; None where both are empty."""
    for owner in (organization, agency):
        kit = kit_of(owner) if owner is not None else None
        if kit is not None and not kit.is_empty:
            return kit
    return None


def save_kit(organization: Organization, given: Mapping[str, object]) -> BrandKit:
    """Replace the plain fields of the kit; logo and typeface stay. Raises ``BrandRefused``; nothing is kept then."""
    draft = read(given)
    kit = kit_of(organization)
    if draft.corner and kit.logo is None:
        raise BrandRefused(
            "corner", "水印用的是标志：请先上传标志。", "the watermark is made of the logo: upload a logo first."
        )
    with transaction.atomic():
        kit, _ = BrandKit.objects.update_or_create(organization=organization, defaults=_fields(draft))
    return kit


def read(given: Mapping[str, object]) -> KitDraft:
    """Raises ``BrandRefused``."""
    from generation.render.palette import caption_styles  # the renderer, which other pages do not load

    try:
        return read_kit(given, tuple(caption_styles()), mood_names())
    except KitInvalid as invalid:
        raise BrandRefused(invalid.field, invalid.zh, invalid.en) from invalid


def set_logo(organization: Organization, name: str, data: bytes) -> BrandKit:
    """Raises ``UploadRefused``; the logo that was there stays then."""
    logo = brand_files.clean_logo(data)
    file = brand_files.keep(logo.png, organization.pk, logo.sha256, ".png")
    with transaction.atomic():
        asset = Asset.objects.create(
            organization=organization, kind=Asset.Kind.LOGO, original_name=name[:200], file=file, sha256=logo.sha256,
            bytes=len(logo.png), width=logo.width, height=logo.height,
        )  # fmt: skip
        kit, _ = BrandKit.objects.update_or_create(organization=organization, defaults={"logo": asset})
    return kit


def remove_logo(organization: Organization) -> None:
    """Also takes the watermark off. Ads already made keep the logo that they were made with."""
    BrandKit.objects.of(organization).update(logo=None, watermark_corner="")


def set_font(organization: Organization, name: str, data: bytes, licence: str) -> BrandKit:
    """``licence``: by what right it is used, in the merchant's words. Raises ``BrandRefused`` and ``UploadRefused``."""
    stated = " ".join(licence.split())
    if len(stated) < LEAST_LICENCE:
        raise BrandRefused(
            "licence",
            "请写明字体的授权：谁授权、什么许可，例如“汉仪商业授权，合同 2026-08”。",
            "state the typeface's licence: who allows it and by what right, such as 'OFL 1.1, Google Fonts'.",
        )
    font = brand_files.check_font(name, data)
    file = brand_files.keep(font.content, organization.pk, font.sha256, font.suffix)
    values = {
        "font_file": file, "font_sha256": font.sha256, "font_name": font.name, "font_licence": stated[:300],
        "font_chinese": font.chinese,
    }  # fmt: skip
    kit, _ = BrandKit.objects.update_or_create(organization=organization, defaults=values)
    return kit


def remove_font(organization: Organization) -> None:
    BrandKit.objects.of(organization).update(
        font_file="", font_sha256="", font_name="", font_licence="", font_chinese=False
    )


def brand_of(kit: BrandKit | None, lang: str) -> Brand | None:
    """The kit as data of a timeline; None for an empty one, so that nothing about the ad changes."""
    if kit is None:
        return None
    logo, speaks = kit.logo, kit.font_chinese or lang != "zh"
    brand = Brand(
        name=kit.name,
        colours=theme_colours(Palette(kit.colour_main, kit.colour_ground)) if kit.colour_main else (),
        logo=logo.file if logo else "",
        logo_sha256=logo.sha256 if logo else "",
        font=kit.font_file if speaks else "",
        font_sha256=kit.font_sha256 if speaks else "",
        caption_style=kit.caption_style,
        card_layout=kit.card_layout or CardLayout.PHOTO,
        watermark=Watermark(kit.watermark_corner, kit.watermark_opacity) if kit.watermark_corner and logo else None,
    )
    return None if brand == Brand() else brand


def suggestions(kit: BrandKit) -> tuple[str, ...]:
    """Colours that the logo suggests, "#rrggbb" each."""
    if kit.logo is None:
        return ()
    with default_storage.open(kit.logo.file) as file:
        return brand_files.suggested_colours(file.read())


def _fields(draft: KitDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "colour_main": draft.main,
        "colour_ground": draft.ground,
        "caption_style": draft.caption_style,
        "card_layout": draft.card_layout,
        "watermark_corner": draft.corner,
        "watermark_opacity": draft.opacity,
        "moods": list(draft.moods),
        "forbidden_words": list(draft.forbidden),
    }
