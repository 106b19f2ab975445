"""Logos and typefaces coming in: decoded, checked, cleaned and stored under their content; or ``UploadRefused``."""

import hashlib
import io
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from django.conf import settings
from PIL import Image, ImageCms, ImageFont, ImageOps

from creative.domain.brand_colours import named, vivid
from creative.errors import UploadRefused
from creative.intake.clean import BROKEN, SRGB
from creative.intake.header import HeaderBroken, read_header
from generation import media
from generation.domain.contrast import RGB
from generation.errors import CutRefused

LEAST_SIDE, MOST_SIDE = 48, 1200  # px of a logo: smaller is soft on an end card, larger shows nothing more
WIDEST = 12  # times as wide as high, or the other way round: beyond it nothing can be read
FAINT = 8  # of 255: opacity that nobody sees
FONT_BYTES = 24 * 1024 * 1024
# What every ad needs; Chinese ads also need the first level of GB 2312, its 3,755 usual characters.
LATIN = "".join(map(chr, range(0x21, 0x7F))) + "¥"
CHINESE_MARKS = "，。！？：；、（）“”《》…"
MISSING_SHOWN = 12


@dataclass(frozen=True)
class CleanLogo:
    png: bytes
    sha256: str
    width: int
    height: int


@dataclass(frozen=True)
class CheckedFont:
    """``chinese``: it can write Chinese ads too; else Chinese text keeps our typeface."""

    content: bytes
    sha256: str
    suffix: str
    name: str
    chinese: bool


def taken(file: IO[bytes]) -> bytes:
    """The bytes of an upload; of one that is too large for anything only so many that it is refused as such."""
    return file.read(max(settings.UPLOAD_MAX_BYTES, FONT_BYTES) + 1)


def clean_logo(data: bytes) -> CleanLogo:
    """A logo as PNG, upright, in sRGB, its clear margins cut off, transparency kept. Raises ``UploadRefused``."""
    if len(data) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise UploadRefused(
            "too_heavy", f"标志文件超过 {limit} MB，请压缩。", f"the logo is over {limit} MB: make it smaller."
        )
    try:
        header = read_header(data)
    except HeaderBroken:
        header = None
    if header is None:
        raise UploadRefused(
            "not_a_logo",
            "标志请用 PNG、JPEG 或 WebP（SVG 请先导出为 PNG）。",
            "upload a PNG, JPEG or WebP (export an SVG as PNG).",
        )
    if header.width * header.height > settings.UPLOAD_MAX_PIXELS:
        size = f"{header.width}x{header.height}"
        raise UploadRefused(
            "too_many_pixels", f"标志有 {size} 像素，太大了，请缩小。", f"the logo is {size}: scale it down."
        )
    try:
        with Image.open(io.BytesIO(data), formats=(header.format,)) as opened:
            opened.load()
            picture = _srgb_with_alpha(ImageOps.exif_transpose(opened))
    except BROKEN as error:
        raise UploadRefused("broken", "标志文件已损坏，请重新导出。", "the logo is broken: export it again.") from error
    return _encoded(_trimmed(picture))


def _srgb_with_alpha(image: Image.Image) -> Image.Image:
    """CMYK, palettes, grey and foreign profiles become sRGB; a logo without transparency stays opaque."""
    profile = image.info.get("icc_profile")
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    if image.mode == "P" or alpha is not None:
        image = image.convert("RGBA").convert("RGB")
    elif image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image).astype(np.uint32).clip(0, 65535) >> 8).astype(np.uint8))
    colour = image.convert("RGB")
    if profile:
        try:
            found = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB, outputMode="RGB"
            )
            colour = found if found is not None else colour
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that does not fit its picture: the plain conversion is the better guess
    colour = colour.convert("RGBA")
    if alpha is not None:
        colour.putalpha(alpha)
    return colour


def _trimmed(picture: Image.Image) -> Image.Image:
    box = picture.getchannel("A").point(lambda value: 255 if value > FAINT else 0).getbbox()
    if box is None:
        raise UploadRefused(
            "empty", "标志是全透明的，什么也看不见，请换一张。", "the logo is wholly transparent: upload another."
        )
    picture = picture.crop(box)
    long, short = max(picture.size), min(picture.size)
    size = f"{picture.width}x{picture.height}"
    if short < LEAST_SIDE:
        raise UploadRefused(
            "too_small",
            f"标志只有 {size}，短边至少 {LEAST_SIDE} 像素。",
            f"the logo is only {size}: the short side needs {LEAST_SIDE}.",
        )
    if long > WIDEST * short:
        raise UploadRefused(
            "too_long", f"标志是 {size}，太细长了，放不进画面。", f"a logo of {size} is too thin to be read."
        )
    picture.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS)
    return picture


def _encoded(picture: Image.Image) -> CleanLogo:
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=False)
    png = out.getvalue()
    return CleanLogo(png, hashlib.sha256(png).hexdigest(), picture.width, picture.height)


def suggested_colours(png: bytes, most: int = 4) -> tuple[str, ...]:
    """The colours that a logo is remembered by, the strongest first; greys only where there is nothing else."""
    with Image.open(io.BytesIO(png)) as opened:
        pixels = np.asarray(opened.convert("RGBA")).reshape(-1, 4)
    solid = pixels[pixels[:, 3] > 128][:, :3]
    if not len(solid):
        return ()
    step = max(len(solid) // 40_000, 1)
    strip = Image.fromarray(solid[::step].reshape(1, -1, 3).astype(np.uint8))
    reduced = strip.quantize(12, Image.Quantize.MEDIANCUT)
    palette = reduced.getpalette() or []
    found: list[tuple[float, RGB]] = []
    for count, index in reduced.getcolors() or []:
        red, green, blue = palette[3 * int(str(index)) : 3 * int(str(index)) + 3]
        colour = (red, green, blue)
        found.append((count * (0.02 + vivid(colour)), colour))
    ranked: list[RGB] = []
    for _, colour in sorted(found, reverse=True):
        if all(sum(abs(a - b) for a, b in zip(colour, other, strict=True)) > 70 for other in ranked):
            ranked.append(colour)
    return tuple(named(colour) for colour in ranked[:most])


def check_font(name: str, data: bytes) -> CheckedFont:
    """A TrueType or OpenType file that opens and has the letters that ads need. Raises ``UploadRefused``."""
    if len(data) > FONT_BYTES:
        raise UploadRefused("too_heavy", "字体文件超过 24 MB。", "the typeface is over 24 MB: use one weight of it.")
    from generation.render.fonts import characters  # the renderer, which pages do not load

    suffix = {b"\x00\x01\x00\x00": ".ttf", b"true": ".ttf", b"OTTO": ".otf"}.get(data[:4])
    if suffix is None:
        raise UploadRefused(
            "not_a_font",
            "只接受 TTF 或 OTF 字体（不接受 WOFF、TTC）。",
            "upload a .ttf or .otf typeface (no WOFF, no TTC).",
        )
    with tempfile.TemporaryDirectory(prefix="hitsmith-font-") as folder:
        path = Path(folder) / f"font{suffix}"
        path.write_bytes(data)
        try:
            family, style = ImageFont.truetype(str(path), 32).getname()
            known = characters(path)
        except (OSError, ValueError, struct.error, CutRefused, MemoryError) as error:
            raise UploadRefused(
                "broken", "字体文件已损坏，请重新导出。", "the typeface is broken: export it again."
            ) from error
    lacking = [char for char in LATIN if ord(char) not in known]
    if lacking:
        shown = " ".join(lacking[:MISSING_SHOWN])
        raise UploadRefused(
            "lacks_letters",
            f"字体缺少广告常用的字符：{shown}",
            f"the typeface lacks {len(lacking)} usual signs: {shown}",
        )
    chinese = all(ord(char) in known for char in usual_chinese() + CHINESE_MARKS)
    title = " ".join(part for part in (family, style) if part) or name
    return CheckedFont(data, hashlib.sha256(data).hexdigest(), suffix, title[:120], chinese)


def usual_chinese() -> str:
    """The 3,755 characters of GB 2312's first level, in its order (rows 16 to 55)."""
    cells = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return b"".join(cell for cell in cells if not (cell[0] == 0xD7 and cell[1] > 0xF9)).decode("gb2312")


def keep(content: bytes, tenant: int, sha256: str, suffix: str) -> str:
    """The storage name of a file of a brand."""
    with tempfile.TemporaryDirectory(prefix="hitsmith-brand-") as folder:
        path = Path(folder) / f"file{suffix}"
        path.write_bytes(content)
        return media.store(path, media.content_name("brand", tenant, sha256, suffix))
