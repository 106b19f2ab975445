"""One untrusted file in, one clean photo out: decoded, upright, sRGB, flattened, encoded anew, or ``UploadRefused``.

Only the pixels survive: metadata, colour profile, and anything hidden before, between or behind the picture are gone.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from django.conf import settings
from PIL import Image, ImageCms, ImageOps

from creative.errors import UploadRefused
from creative.intake.header import Header, HeaderBroken, read_header

EXTENSIONS = {".jpg": "JPEG", ".jpeg": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".webp": "WEBP"}
PHONE_FORMATS = (".heic", ".heif", ".avif")
MIN_SIDE = 400  # below it even a close-up on the smallest canvas is visibly soft
MAX_SIDE = 4096  # above it no canvas shows more
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
# Pillow's decoders report damage with any of these.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, MemoryError)


@dataclass(frozen=True)
class CleanPhoto:
    jpeg: bytes
    sha256: str
    width: int
    height: int


def clean(name: str, data: bytes, *, background: tuple[int, int, int]) -> CleanPhoto:
    """The clean photo of one upload; ``background`` (RGB) lies behind transparent parts."""
    header = _checked_header(name, data)
    try:
        with Image.open(io.BytesIO(data), formats=(header.format,)) as opened:
            if opened.size != (header.width, header.height):
                raise UploadRefused(
                    "broken", "文件头前后矛盾，请重新导出。", "the header contradicts itself: export it again."
                )
            # A JPEG with several pictures is a phone photo with a depth or HDR map: its first picture is the photo.
            if header.format != "JPEG" and getattr(opened, "n_frames", 1) > 1:
                raise UploadRefused("animated", "这是动图，请上传静态照片。", "it is animated: upload a still photo.")
            opened.load()
            picture = _flat_srgb(_upright(opened), background)
    except UploadRefused:
        raise
    except BROKEN as error:
        raise UploadRefused(
            "broken", "文件已损坏或不完整，请重新导出后上传。", "the file is broken or cut off: export it again."
        ) from error
    return _encode(picture)


def _checked_header(name: str, data: bytes) -> Header:
    if not data:
        raise UploadRefused("empty", "文件是空的，请重新选择。", "the file is empty: choose it again.")
    if len(data) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise UploadRefused(
            "too_heavy", f"文件超过 {limit} MB，请压缩后上传。", f"it is over {limit} MB: make it smaller."
        )
    suffix = PurePath(name).suffix.lower()
    try:
        header = read_header(data)
    except HeaderBroken as error:
        raise UploadRefused("broken", "文件头已损坏，请重新导出。", "its header is broken: export it again.") from error
    if header is None:
        raise _not_a_photo(suffix)
    if suffix and EXTENSIONS.get(suffix) != header.format:
        kind = header.format
        raise UploadRefused(
            "renamed",
            f"扩展名是 {suffix}，内容却是 {kind}，请改回正确的扩展名。",
            f"it is named {suffix} but is really {kind}: give it its right extension.",
        )
    _check_size(header)
    return header


def _not_a_photo(suffix: str) -> UploadRefused:
    if suffix in PHONE_FORMATS:
        return UploadRefused(
            "not_supported",
            f"暂不支持 {suffix}，请在手机上导出为 JPEG。",
            f"{suffix} is not supported: export it as JPEG on the phone.",
        )
    return UploadRefused(
        "not_a_photo", "不是照片：请上传 JPEG、PNG 或 WebP。", "it is not a photo: upload a JPEG, PNG or WebP."
    )


def _check_size(header: Header) -> None:
    size = f"{header.width}x{header.height}"
    if header.width * header.height > settings.UPLOAD_MAX_PIXELS:
        limit = settings.UPLOAD_MAX_PIXELS // 1_000_000
        raise UploadRefused(
            "too_many_pixels",
            f"照片为 {size}，超过 {limit} 百万像素，请缩小后上传。",
            f"it is {size}, over {limit} megapixels: scale it down.",
        )
    if min(header.width, header.height) < MIN_SIDE:
        raise UploadRefused(
            "too_small",
            f"照片只有 {size}，短边至少 {MIN_SIDE} 像素，请换一张更大的。",
            f"it is only {size}, the short side needs {MIN_SIDE} pixels: choose a larger one.",
        )


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:  # a damaged EXIF block says nothing about the picture
        return image


def _flat_srgb(image: Image.Image, background: tuple[int, int, int]) -> Image.Image:
    """RGB without transparency. Colour first, then the background, which is sRGB already."""
    image = _eight_bit(image)
    profile = image.info.get("icc_profile")
    alpha = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
    elif image.mode == "P":
        image = image.convert("RGB")
    colour = _to_srgb(image.convert("RGB") if alpha is not None else image, profile)
    if alpha is None:
        return colour
    flat = Image.new("RGB", colour.size, background)
    flat.paste(colour, mask=alpha)
    return flat


def _eight_bit(image: Image.Image) -> Image.Image:
    """16-bit grey to 8 bits: Pillow's own conversion of these modes clips instead of scaling."""
    if not image.mode.startswith("I"):
        return image
    wide = np.asarray(image).astype(np.uint32)
    grey = Image.fromarray((wide.clip(0, 65535) >> 8).astype(np.uint8))
    grey.info = {key: value for key, value in image.info.items() if key == "icc_profile"}
    return grey


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a profile that does not fit its picture: the plain conversion is the better guess
        if converted is not None:
            return converted
    return image.convert("RGB")


def _encode(picture: Image.Image) -> CleanPhoto:
    if max(picture.size) > MAX_SIDE:
        picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, subsampling=0)
    jpeg = out.getvalue()
    return CleanPhoto(jpeg, hashlib.sha256(jpeg).hexdigest(), picture.width, picture.height)
