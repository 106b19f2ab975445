"""Photos coming in: what is refused and why, what is made of the rest, and that one bad file never costs the others."""

import hashlib
import io
import struct
import zlib

import numpy as np
import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageCms

from creative.errors import BriefRefused, UploadRefused
from creative.intake import images
from creative.intake.clean import CleanPhoto, clean
from creative.intake.header import Header, HeaderBroken, read_header
from creative.intake.thumbnails import thumbnail_name
from creative.models import Asset
from tests.creative.photos import encoded, jpeg, picture
from tests.creative.shops import Shop

WHITE = (255, 255, 255)


def cleaned(name: str, data: bytes, background: tuple[int, int, int] = WHITE) -> Image.Image:
    photo = clean(name, data, background=background)
    image = Image.open(io.BytesIO(photo.jpeg))
    assert image.size == (photo.width, photo.height)
    return image


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    ihdr = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (ihdr, body)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def sideways(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def animated(format_: str) -> bytes:
    frames = [picture(seed=seed) for seed in (1, 2, 3)]
    return encoded(frames[0], format_, save_all=True, append_images=frames[1:], duration=100)


BAD = {
    "empty.jpg": (lambda: b"", "empty"),
    "text.jpg": (lambda: b"hello, this is no picture at all" * 50, "not_a_photo"),
    "page.html": (lambda: b"<html><script>alert(1)</script></html>", "not_a_photo"),
    "film.mp4": (lambda: b"\0\0\0\x20ftypisom" + b"\0" * 500, "not_a_photo"),
    "phone.heic": (lambda: b"\0\0\0\x18ftypheic" + b"\0" * 500, "not_supported"),
    "moving.gif": (lambda: encoded(picture(), "GIF"), "not_a_photo"),
    "moving.webp": (lambda: animated("WEBP"), "animated"),
    "moving.png": (lambda: animated("PNG"), "animated"),
    "named.png": (lambda: jpeg(), "renamed"),
    "named.jpg": (lambda: encoded(picture(), "PNG"), "renamed"),
    "named.gif": (lambda: jpeg(), "renamed"),
    "cut.jpg": (lambda: jpeg()[:-4000], "broken"),
    "cut.png": (lambda: encoded(picture(), "PNG")[:-4000], "broken"),
    "cut.webp": (lambda: encoded(picture(), "WEBP")[:-300], "broken"),
    "head.jpg": (lambda: jpeg()[:30], "broken"),
    "head.png": (lambda: encoded(picture(), "PNG")[:18], "broken"),
    "head.webp": (lambda: encoded(picture(), "WEBP")[:14], "broken"),
    "hollow.jpg": (lambda: b"\xff\xd8\xff\xd9" + b"\0" * 100, "broken"),
    "huge.png": (lambda: png_claiming(6000, 6000), "too_many_pixels"),
    "bomb.png": (lambda: png_claiming(60_000, 60_000), "too_many_pixels"),
    "small.jpg": (lambda: jpeg(640, 399), "too_small"),
    "thin.png": (lambda: encoded(picture(399, 1200), "PNG"), "too_small"),
    "heavy.jpg": (lambda: jpeg() + b"\0" * (20 * 1024 * 1024), "too_heavy"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_reason(name: str):
    made, reason = BAD[name]
    with pytest.raises(UploadRefused) as caught:
        clean(name, made(), background=WHITE)
    assert caught.value.reason == reason
    assert caught.value.zh
    assert caught.value.en


@pytest.mark.slow
def test_every_bad_file_at_once_costs_no_good_one(alice: Shop):
    uploads = [(name, io.BytesIO(made())) for name, (made, _) in BAD.items()]
    uploads.insert(3, ("good.jpg", io.BytesIO(jpeg(seed=8))))
    uploads.append(("also good.png", io.BytesIO(encoded(picture(seed=9), "PNG"))))
    report = images.accept(alice.organization, alice.product, uploads)
    assert [asset.original_name for asset in report.accepted] == ["good.jpg", "also good.png"]
    assert [(item.name, item.code) for item in report.refused] == [(name, code) for name, (_, code) in BAD.items()]
    assert all(item.zh.startswith(item.name) and item.en.startswith(item.name) for item in report.refused)
    assert Asset.objects.of(alice.organization).count() == 4
    assert [asset.position for asset in report.accepted] == [2, 3]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", jpeg()),
        ("a.JPEG", jpeg()),
        ("a.jfif", jpeg()),
        ("no extension", jpeg()),
        ("a.png", encoded(picture(), "PNG")),
        ("a.webp", encoded(picture(), "WEBP", quality=90)),
        ("a.webp", encoded(picture(), "WEBP", lossless=True)),
        ("a.webp", encoded(picture().convert("RGBA"), "WEBP", exif=sideways(1))),
        ("progressive.jpg", encoded(picture(), progressive=True)),
        ("polyglot.jpg", jpeg() + b"PK\x03\x04<?php system('x'); ?>"),
    ],
)
def test_a_good_file_keeps_its_picture(name: str, data: bytes):
    image = cleaned(name, data)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (640, 480))
    difference = np.abs(np.asarray(image, int) - np.asarray(picture(), int))
    assert difference.mean() < 4


def test_nothing_but_the_pixels_survives():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    secret = encoded(picture(), exif=exif, comment=b"SecretComment", quality=90) + b"SecretTail"
    photo = clean("a.jpg", secret, background=WHITE)
    assert b"Secret" in secret
    assert b"Secret" not in photo.jpeg
    image = Image.open(io.BytesIO(photo.jpeg))
    assert not image.getexif()
    assert "icc_profile" not in image.info
    assert "comment" not in image.info


def test_cleaning_is_repeatable_and_named_by_its_content():
    one, two = (clean("a.jpg", jpeg(), background=WHITE) for _ in range(2))
    assert one == two == CleanPhoto(one.jpeg, hashlib.sha256(one.jpeg).hexdigest(), 640, 480)


def test_a_photo_that_lies_on_its_side_is_set_upright():
    image = cleaned("a.jpg", encoded(picture(), exif=sideways(6), quality=95))  # 6: turn right by 90 degrees
    assert image.size == (480, 640)
    wanted = np.asarray(picture().transpose(Image.Transpose.ROTATE_270), int)
    assert np.abs(np.asarray(image, int) - wanted).mean() < 4


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_does_not_cost_the_photo():
    image = cleaned("a.jpg", encoded(picture(), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12"))
    assert image.size == (640, 480)


def test_transparency_lies_on_the_chosen_background():
    clear = picture().convert("RGBA")
    clear.putalpha(Image.new("L", clear.size, 0))
    assert cleaned("a.png", encoded(clear, "PNG"), (10, 200, 30)).getpixel((300, 200)) == pytest.approx(
        (10, 200, 30), abs=2
    )
    half = Image.new("LA", (500, 500), (0, 128))
    assert cleaned("a.png", encoded(half, "PNG")).getpixel((5, 5)) == pytest.approx((127, 127, 127), abs=2)
    palette = Image.new("P", (500, 500), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    clear_red = encoded(palette, "PNG", transparency=1)
    assert cleaned("a.png", clear_red, (0, 0, 255)).getpixel((5, 5)) == pytest.approx((0, 0, 254), abs=3)


def test_odd_colour_modes_become_srgb():
    cmyk = Image.new("CMYK", (500, 500), (0, 255, 255, 0))
    assert cleaned("a.jpg", encoded(cmyk)).getpixel((9, 9)) == pytest.approx((254, 0, 0), abs=3)
    deep = Image.fromarray(np.full((500, 500), 40_000, np.uint16))
    assert cleaned("a.png", encoded(deep, "PNG")).getpixel((9, 9)) == pytest.approx((156, 156, 156), abs=1)
    one_bit = Image.new("1", (500, 500), 1)
    assert cleaned("a.png", encoded(one_bit, "PNG")).getpixel((9, 9)) == (255, 255, 255)
    grey = Image.new("L", (500, 500), 77)
    assert cleaned("a.jpg", encoded(grey)).getpixel((9, 9)) == pytest.approx((77, 77, 77), abs=1)


def test_a_colour_profile_is_applied_before_it_is_dropped():
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = plain.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    red = Image.new("RGB", (500, 500), (255, 0, 0))
    assert cleaned("a.png", encoded(red, "PNG", icc_profile=plain)).getpixel((9, 9)) == pytest.approx(
        (254, 0, 0), abs=2
    )
    assert cleaned("a.png", encoded(red, "PNG", icc_profile=swapped)).getpixel((9, 9)) == pytest.approx(
        (0, 0, 254), abs=2
    )
    clear = red.convert("RGBA")
    clear.putalpha(128)
    half = cleaned("a.png", encoded(clear, "PNG", icc_profile=swapped), (255, 255, 0)).getpixel((9, 9))
    assert half == pytest.approx((127, 127, 127), abs=3)
    broken = encoded(red, "PNG", icc_profile=b"no profile at all")
    assert cleaned("a.png", broken).getpixel((9, 9)) == pytest.approx((254, 0, 0), abs=2)


def test_a_very_large_photo_is_scaled_down():
    image = cleaned("a.jpg", encoded(Image.new("RGB", (5000, 1000), (9, 99, 199))))
    assert image.size == (4096, 819)


def test_a_phone_photo_with_a_depth_map_is_a_photo():
    several = encoded(picture(), "MPO", save_all=True, append_images=[picture(seed=2)])
    assert cleaned("a.jpg", several).size == (640, 480)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_headers_are_read_without_decoding(format_: str):
    assert read_header(encoded(picture(700, 500), format_)) == Header(format_, 700, 500)


def test_other_files_have_no_header():
    assert read_header(b"GIF89a" + b"\0" * 30) is None
    with pytest.raises(HeaderBroken):
        read_header(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    with pytest.raises(HeaderBroken):
        read_header(b"RIFF\0\0\0\0WEBPVP9 " + b"\0" * 40)
    with pytest.raises(HeaderBroken):
        read_header(b"\xff\xd8\xff\xe0\0\x04ab00")


def test_the_same_photo_twice_is_told_and_kept_once(alice: Shop):
    again = [("again.jpg", io.BytesIO(jpeg(seed=1))), ("new.jpg", io.BytesIO(jpeg(seed=5)))]
    report = images.accept(alice.organization, alice.product, again)
    assert [asset.original_name for asset in report.accepted] == ["new.jpg"]
    assert report.refused == ()
    assert [(item.name, item.code) for item in report.duplicates] == [("again.jpg", "duplicate")]
    assert Asset.objects.of(alice.organization).count() == 3


def test_a_product_has_at_most_twelve_photos(alice: Shop):
    uploads = [(f"{seed}.jpg", io.BytesIO(jpeg(450, 400, seed))) for seed in range(3, 15)]
    report = images.accept(alice.organization, alice.product, uploads)
    assert len(report.accepted) == images.MAX_PHOTOS - 2 == 10
    assert [(item.name, item.code) for item in report.refused] == [("13.jpg", "too_many"), ("14.jpg", "too_many")]


@pytest.mark.usefixtures("real_subject_search")
def test_a_kept_photo_lies_in_the_storage_with_a_thumbnail(alice: Shop):
    images.accept(alice.organization, alice.product, [("searched.jpg", io.BytesIO(jpeg(seed=4)))])
    asset = Asset.objects.of(alice.organization).get(original_name="searched.jpg")
    assert asset.file == f"assets/{alice.organization.pk}/{asset.sha256[:2]}/{asset.sha256}.jpg"
    with default_storage.open(asset.file) as file:
        data = file.read()
    assert hashlib.sha256(data).hexdigest() == asset.sha256
    assert len(data) == asset.bytes
    with default_storage.open(thumbnail_name(asset.file)) as file, Image.open(file) as small:
        assert small.size == (640, 480)
    x0, y0, x1, y1 = asset.subject
    assert x0 <= 0.34
    assert y0 <= 0.22
    assert x1 >= 0.66
    assert y1 >= 0.78


def test_a_background_that_is_no_colour_is_refused_and_nothing_kept(alice: Shop):
    for background in ("white", "#fff", "#12345g", "red;"):
        with pytest.raises(BriefRefused):
            images.accept(
                alice.organization, alice.product, [("n.jpg", io.BytesIO(jpeg(seed=9)))], background=background
            )
    assert Asset.objects.of(alice.organization).count() == 2


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\me\\杯 子.jpg", "杯 子.jpg"),
        ("", "unnamed"),
        ("a\nb\u2028c.jpg", "a b c.jpg"),
        ("x" * 300, "x" * 200),
    ],
)
def test_names_are_shown_in_one_line_without_their_path(given: str, shown: str):
    assert images.shown_name(given) == shown
