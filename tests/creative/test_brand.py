"""The brand kit: what it takes, what it refuses and how an ad wears it; whose kit it is when an agency works."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from hypothesis import event, given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from billing.models import Organization
from creative import brand, brand_files, brand_words, drafts, dressing, script_checks
from creative.brand_previews import kit_preview
from creative.brief import MAX_SEED, Wanted
from creative.domain.brand_colours import LARGE, TEXT, ColourUnreadable, Palette, contrast, readable, theme_colours
from creative.errors import BrandRefused, BriefRefused, UploadRefused
from creative.models import Ad, BrandKit, MusicTrack
from creative.scripts import Written
from generation.domain.brand import COLOURS
from generation.domain.timeline import OverlayKind
from generation.domain.timeline_json import timeline_from_dict
from templates_engine.domain.facts import ProductFacts
from tests.creative.lent import agency
from tests.creative.shops import Shop
from tests.creative.test_music_tracks import song

pytestmark = pytest.mark.django_db
HEX = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02x}{:02x}{:02x}".format(*rgb))


def png(size: tuple[int, int] = (300, 120), colour: tuple[int, ...] = (11, 122, 75, 255), margin: int = 20) -> bytes:
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    picture.paste(colour, (margin, margin, size[0] - margin, size[1] - margin))
    return saved(picture, "PNG")


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def font() -> bytes:
    return (settings.FONT_DIR / "NotoSansSC-Medium.ttf").read_bytes()


@given(HEX, HEX)
def test_every_theme_can_be_read_or_is_refused_with_a_way_out(main: str, ground: str) -> None:
    try:
        theme = dict(zip(COLOURS, theme_colours(Palette(main, ground)), strict=True))
    except ColourUnreadable as refused:
        event("refused")
        unreadable = refused
    else:
        unreadable = None
    if unreadable is not None:
        assert contrast(unreadable.one, unreadable.other) < unreadable.needed
        assert unreadable.one != main or contrast(unreadable.suggested, ground) >= LARGE
        return
    assert contrast(theme["ink"], theme["ground"]) >= TEXT
    assert contrast(theme["muted"], theme["ground"]) >= TEXT
    assert contrast(theme["accent"], theme["ground"]) >= LARGE
    assert contrast(theme["on_accent"], theme["accent"]) >= LARGE
    assert contrast(theme["bright"], "#101010") >= TEXT


def test_contrast_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert readable("#ffe14d", "#fff0f5") != "#ffe14d"


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"main": "#ffe14d", "ground": "#fff0f5"}, "main", "可以改成 #"),
        ({"main": "#d9381e"}, "ground", "一起选"),
        ({"main": "red", "ground": "#ffffff"}, "main", "#rrggbb"),
        ({"caption_style": "comic"}, "caption_style", "没有这种字幕样式"),
        ({"corner": "top_left"}, "corner", "先上传标志"),
        ({"moods": ["grunge"]}, "moods", "没有这种音乐"),
        ({"opacity": "200"}, "opacity", "10 到 100"),
        ({"forbidden": ["字" * 41]}, "forbidden", "最多 40 个字"),
        ({"name": "名" * 61}, "name", "最多 60"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(
    fields: dict[str, object], field: str, says: str, alice: Shop
) -> None:
    brand.save_kit(alice.organization, {"name": "北杯"})
    with pytest.raises(BrandRefused) as refused:
        brand.save_kit(alice.organization, fields)
    assert refused.value.field == field
    assert says in refused.value.zh
    assert BrandKit.objects.of(alice.organization).get().name == "北杯"


def test_a_logo_keeps_its_transparency_and_loses_its_margins(alice: Shop) -> None:
    kit = brand.set_logo(alice.organization, "logo.png", png())
    assert kit.logo is not None
    assert (kit.logo.width, kit.logo.height) == (260, 80)
    with default_storage.open(kit.logo.file) as file, Image.open(file) as kept:
        assert kept.mode == "RGBA"
    assert brand.suggestions(kit) == ("#0b7a4b",)


def test_a_huge_logo_is_made_smaller() -> None:
    logo = brand_files.clean_logo(png((4000, 1200)))
    assert max(logo.width, logo.height) == 1200


def test_a_cmyk_jpeg_becomes_srgb() -> None:
    red = Image.new("CMYK", (300, 200), (0, 230, 220, 0))
    logo = brand_files.clean_logo(saved(red, "JPEG", quality=95))
    with Image.open(io.BytesIO(logo.png)) as kept:
        r, g, b, a = kept.convert("RGBA").getpixel((150, 100))  # type: ignore[misc]
    assert r > 200
    assert g < 80
    assert b < 80
    assert a == 255


def test_a_foreign_profile_is_converted() -> None:
    """One in which red and green have changed places: sRGB with the names of two tags exchanged."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = srgb.replace(b"rXYZ", b"----", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"----", b"gXYZ", 1)
    plain = brand_files.clean_logo(saved(Image.new("RGB", (200, 100), (20, 90, 200)), "PNG", icc_profile=exchanged))
    with Image.open(io.BytesIO(plain.png)) as kept:
        assert np.abs(np.array(kept.convert("RGB").getpixel((50, 50))) - (90, 20, 200)).max() <= 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png(colour=(0, 0, 0, 0)), "empty"),
        (png((60, 60)), "too_small"),
        (png((1400, 100), margin=0), "too_long"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_logo"),
        (png()[:200], "broken"),
        (b"", "not_a_logo"),
    ],
)
def test_logos_that_cannot_be_used_say_why(data: bytes, reason: str, alice: Shop) -> None:
    with pytest.raises(UploadRefused) as refused:
        brand.set_logo(alice.organization, "logo.png", data)
    assert refused.value.reason == reason
    assert not BrandKit.objects.exists()


def test_a_typeface_needs_a_licence_and_its_letters(alice: Shop) -> None:
    with pytest.raises(BrandRefused, match="licence"):
        brand.set_font(alice.organization, "a.ttf", font(), "ok")
    with pytest.raises(UploadRefused, match="TTC"):
        brand.set_font(alice.organization, "a.woff2", b"wOF2" + font()[4:], "OFL 1.1, Google")
    with pytest.raises(UploadRefused, match="broken"):
        brand.set_font(alice.organization, "a.ttf", font()[:5000], "OFL 1.1, Google")
    assert not BrandKit.objects.exists()
    kit = brand.set_font(alice.organization, "a.ttf", font(), "OFL 1.1, Google")
    assert kit.font_chinese
    assert kit.font_name.startswith("Noto Sans SC")
    brand.remove_font(alice.organization)
    assert brand.kit_of(alice.organization).is_empty
    assert len(brand_files.usual_chinese()) == 3755


def test_a_typeface_without_chinese_is_kept_for_english_only() -> None:
    kit = BrandKit(font_file="brand/1/ab.ttf", font_sha256="ab" * 32, font_chinese=False)
    assert brand.brand_of(kit, "zh") is None
    assert brand.brand_of(kit, "en").font_sha256 == "ab" * 32  # type: ignore[union-attr]


def full_kit(shop: Shop) -> BrandKit:
    brand.set_logo(shop.organization, "logo.png", png())
    return brand.save_kit(
        shop.organization,
        {"name": "北杯", "main": "#0B7A4B", "ground": "#f0f8f2", "caption_style": "boxed", "corner": "top_right",
         "moods": ["elegant"], "forbidden": ["Free"]},
    )  # fmt: skip


def test_an_ad_wears_the_kit_and_without_one_nothing_changes(alice: Shop) -> None:
    plain = drafts.draft(alice.organization, product=alice.product, lang="zh").ad
    before = timeline_from_dict(plain.timeline)
    assert before.brand is None
    assert dressing.dressed(before, None) is before
    kit = full_kit(alice)
    made = drafts.draft(alice.organization, product=alice.product, lang="zh").ad
    worn = timeline_from_dict(made.timeline)
    assert worn.brand is not None
    assert worn.brand.colours == theme_colours(Palette("#0b7a4b", "#f0f8f2"))
    assert worn.shots[-1].card is not None
    assert worn.shots[-1].card.logo_sha256 == kit.logo.sha256  # type: ignore[union-attr]
    assert {one.style for one in worn.overlays if one.kind is OverlayKind.CAPTION} == {"boxed"}
    assert worn.music is not None
    assert worn.music.mood == "elegant"
    assert made.brief.kit_of == alice.organization
    assert replace(worn, brand=None).key != worn.key


def test_an_agency_lends_its_kit_to_a_client_without_one(alice: Shop) -> None:
    mcn = agency()
    brand.save_kit(mcn, {"name": "好星传媒"})
    assert brand.kit_for(alice.organization) is None
    assert brand.kit_for(alice.organization, mcn).name == "好星传媒"  # type: ignore[union-attr]
    brand.save_kit(alice.organization, {"name": "北杯"})
    assert brand.kit_for(alice.organization, mcn).name == "北杯"  # type: ignore[union-attr]


def test_forbidden_words_are_whole_words_and_seen_through_breaks() -> None:
    assert brand_words.said("最后|一天，FREE gift", ["free", "最后一天"]) == ("free", "最后一天")
    assert brand_words.said("carefree mornings", ["free"]) == ()


def test_forbidden_words_stop_a_script_and_an_edit(alice: Shop) -> None:
    made = drafts.draft(alice.organization, product=alice.product, lang="zh").ad
    name = alice.product.texts.get(lang="zh").name
    brand.save_kit(alice.organization, {"forbidden": [name]})
    with pytest.raises(BriefRefused, match=name):
        drafts.draft(alice.organization, product=alice.product, lang="zh")
    assert Ad.objects.count() == 1
    made.brief.kit_of = alice.organization
    made.brief.save()
    desk = script_checks.editing(made)
    said = script_checks.words_from([(f"{name}真好用", f"{name}真好用")], desk.now)
    assert "brand" in {found.category for found in script_checks.check(desk, said).beats[0].findings}


@pytest.mark.slow
def test_the_preview_is_drawn_by_the_renderer(alice: Shop) -> None:
    plain = kit_preview(alice.organization, None, "zh")
    worn = kit_preview(alice.organization, brand.brand_of(full_kit(alice), "zh"), "zh")
    assert plain != worn
    with Image.open(io.BytesIO(worn)) as picture:
        assert picture.size == (1104, 960)


def test_pages_save_upload_and_refuse(alice: Shop) -> None:
    web = Client()
    web.force_login(alice.owner)
    assert web.get("/brand").status_code == 200
    wrong = web.post("/brand", {"main": "#ffe14d", "ground": "#fff0f5"})
    assert wrong.status_code == 422
    assert "可以改成" in wrong.content.decode()
    assert not BrandKit.objects.exists()
    web.post("/brand/logo", {"logo": io.BytesIO(png())})
    assert web.post("/brand", {"name": "北杯", "main": "#0b7a4b", "ground": "#f0f8f2"}).status_code == 302
    kit = brand.kit_of(alice.organization)
    assert (kit.name, kit.logo is not None) == ("北杯", True)
    assert web.get("/brand/preview.png?name=x").headers["Content-Type"] == "image/png"
    page = web.post("/brand/music/add", {"track": io.BytesIO(song())})
    assert page.status_code == 422
    assert not MusicTrack.objects.exists()


def test_trying_on_leaves_no_token_in_the_address_and_saving_still_has_one(alice: Shop) -> None:
    web = Client(enforce_csrf_checks=True)
    web.force_login(alice.owner)
    text = web.get("/brand").content.decode()
    form = text[text.index('id="kit-form"') :].partition("</form>")[0]
    fields, _, buttons = form.partition("<button")
    assert "csrfmiddlewaretoken" not in fields
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', buttons)
    assert token is not None
    assert web.post("/brand", {"name": "北杯"}).status_code == 403
    assert web.post("/brand", {"name": "北杯", "csrfmiddlewaretoken": token[1]}).status_code == 302
    assert brand.kit_of(alice.organization).name == "北杯"


def test_what_a_link_gained_on_its_way_does_not_empty_the_form(alice: Shop) -> None:
    brand.save_kit(alice.organization, {"name": "北杯"})
    web = Client()
    web.force_login(alice.owner)
    for query, name in (("from=message", "北杯"), ("name=南杯", "南杯")):
        assert f'name="name" maxlength="60" value="{name}"' in web.get(f"/brand?{query}").content.decode()


@pytest.mark.parametrize("bpm", ["-90", "fast", "9" * 5000])
def test_a_tempo_that_is_none_is_said_and_not_replaced(alice: Shop, bpm: str) -> None:
    web = Client()
    web.force_login(alice.owner)
    told = {"title": "a", "artist": "b", "source": "c.example", "licence": "CC BY 4.0"}
    answer = web.post("/brand/music/add", {"track": io.BytesIO(song()), "bpm": bpm, **told})
    assert (answer.status_code, MusicTrack.objects.count()) == (422, 0)
    assert "每分钟 60 到 180 拍" in answer.content.decode()


def test_the_first_filling_has_the_very_seed_that_was_asked_for(alice: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []
    write = drafts.write

    def noted(organization: Organization, facts: ProductFacts, wanted: Wanted) -> Written:
        seeds.append(wanted.seed)
        return write(organization, facts, wanted)

    monkeypatch.setattr(drafts, "write", noted)
    drafts.draft(alice.organization, product=alice.product, lang="zh", seed=MAX_SEED)
    assert seeds == [MAX_SEED]


def test_the_api_does_the_same(alice: Shop, charlie: Shop) -> None:
    api = Client(headers={"Authorization": f"Bearer {alice.key}"})
    saved_kit = api.put("/api/v1/brand", {"name": "北杯", "moods": ["calm"]}, content_type="application/json")
    assert saved_kit.status_code == 200
    assert api.get("/api/v1/brand").json()["moods"] == ["calm"]
    refused = api.put("/api/v1/brand", {"main": "#d9381e"}, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (422, "ground")
    told = {"title": "a", "artist": "b", "source": "c.example", "licence": "CC BY 4.0"}
    upload = io.BytesIO(song())
    upload.name = "a.wav"
    made = api.post("/api/v1/music", {"file": upload, **told})
    assert made.status_code == 201
    other = Client(headers={"Authorization": f"Bearer {charlie.key}"})
    assert other.delete(f"/api/v1/music/{made.json()['id']}").status_code == 404
    assert api.get("/api/v1/music").json()["results"][0]["title"] == "a"
