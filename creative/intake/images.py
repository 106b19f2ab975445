"""Photos of a product coming in: each file on its own, so that one bad file never costs the others."""

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from billing.models import Organization
from creative.domain.fields import clean_text
from creative.errors import BriefRefused, UploadRefused
from creative.intake.clean import CleanPhoto, clean
from creative.intake.thumbnails import thumbnail, thumbnail_name
from creative.models import Asset, Product
from generation import media
from generation.subject import find_subject

MAX_PHOTOS = 12  # per product: more than any template has shots
HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Refusal:
    """One file that was not taken, and why; ``code`` is such as ``animated`` or ``too_small``."""

    name: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class IntakeReport:
    """``duplicates``: files that the product already has; nothing was lost and nothing is wrong."""

    accepted: tuple[Asset, ...]
    refused: tuple[Refusal, ...]
    duplicates: tuple[Refusal, ...]


def accept(
    organization: Organization,
    product: Product,
    uploads: Iterable[tuple[str, IO[bytes]]],
    *,
    background: str = "#ffffff",
    rights: str = "",
) -> IntakeReport:
    """Clean and keep each (name, file). ``background`` lies behind transparent parts, as ``#rrggbb``.

    Raises ``BriefRefused`` for a colour that is none; every trouble with a file is in the report instead.
    """
    colour = _rgb(background)
    accepted: list[Asset] = []
    refused: list[Refusal] = []
    duplicates: list[Refusal] = []
    for given_name, file in uploads:
        name = shown_name(given_name)
        try:
            photo = clean(name, file.read(settings.UPLOAD_MAX_BYTES + 1), background=colour)
            accepted.append(_keep(organization, product, name, photo, rights))
        except UploadRefused as refusal:
            (duplicates if refusal.reason == "duplicate" else refused).append(
                Refusal(name, refusal.reason, f"{name}：{refusal.zh}", f"{name}: {refusal.en}")
            )
    return IntakeReport(tuple(accepted), tuple(refused), tuple(duplicates))


def shown_name(given: str) -> str:
    """The last part of an untrusted file name, in one line, as messages and pages show it."""
    last = PurePath(given.replace("\\", "/")).name
    return clean_text(last)[:200] or "unnamed"


def _rgb(background: str) -> tuple[int, int, int]:
    if not HEX_COLOUR.fullmatch(background):
        raise BriefRefused("背景色写成 #rrggbb，如 #ffffff。", "write the background as #rrggbb, like #ffffff.")
    red, green, blue = bytes.fromhex(background[1:])
    return red, green, blue


def _keep(organization: Organization, product: Product, name: str, photo: CleanPhoto, rights: str) -> Asset:
    photos = Asset.objects.of(organization).filter(product=product)
    same = photos.filter(sha256=photo.sha256).first()
    if same is not None:
        raise _duplicate(same.original_name)
    if photos.count() >= MAX_PHOTOS:
        raise UploadRefused(
            "too_many",
            f"一个商品最多 {MAX_PHOTOS} 张照片，请先删除一张。",
            f"a product has at most {MAX_PHOTOS} photos: delete one first.",
        )
    file, subject = _store(organization, photo)
    try:
        with transaction.atomic():
            last = photos.aggregate(last=Max("position"))["last"]
            return Asset.objects.create(
                organization=organization,
                product=product,
                position=0 if last is None else last + 1,
                original_name=name,
                file=file,
                sha256=photo.sha256,
                bytes=len(photo.jpeg),
                width=photo.width,
                height=photo.height,
                subject=subject,
                rights=rights[:200],
            )
    except IntegrityError as error:  # the same photo came in twice at the same moment
        raise _duplicate(name) from error


def _duplicate(other: str) -> UploadRefused:
    return UploadRefused(
        "duplicate", f"与 {other} 是同一张照片，已保留一份。", f"it is the same photo as {other}: one is kept."
    )


def _store(organization: Organization, photo: CleanPhoto) -> tuple[str, list[float] | None]:
    """Storage name (named by content) and where the product is in the photo."""
    with tempfile.TemporaryDirectory(prefix="hitsmith-intake-") as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(photo.jpeg)
        box = find_subject(path)
        name = media.store(path, media.content_name("assets", organization.pk, photo.sha256, ".jpg"))
        path.write_bytes(thumbnail(photo.jpeg))
        media.store(path, thumbnail_name(name))
    return name, None if box is None else [box.x0, box.y0, box.x1, box.y1]
