"""Products in the browser: the form of the facts, photos one by one and many at once."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from creative.domain.product import parse_product
from creative.models import Asset, Product
from creative.products import draft_of
from tests.creative.photos import encoded, jpeg, picture
from tests.creative.shops import FACTS, Shop

FORM = {
    "category": "保温杯",
    "brand": "北杯",
    "price": "129.00",
    "list_price": "199",
    "currency": "CNY",
    "offer_ends": "2031-12-31",
    "zh_title": "北杯 480ml 真空保温杯",
    "zh_name": "北杯",
    "zh_selling_points": "真空双层\r\n\r\n  单手能喝  \r\n",
    "zh_attributes": "容量：480ml\n材质:316 不锈钢",
    "zh_proofs": "保温 12 小时｜检测报告 7",
}


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


def photo(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_product_is_made_from_lines_of_text(desk: Client, alice: Shop) -> None:
    answer = desk.post(reverse("product-new"), FORM)
    product = Product.objects.of(alice.organization).first()
    assert (answer.status_code, answer["Location"]) == (302, reverse("product", args=[product.public_id]))
    draft = draft_of(product)
    assert (draft.price, draft.list_price, str(draft.offer_ends)) == (12900, 19900, "2031-12-31")
    (text,) = draft.texts
    assert (text.lang, text.selling_points) == ("zh", ("真空双层", "单手能喝"))
    assert [(item.name, item.value) for item in text.attributes] == [("容量", "480ml"), ("材质", "316 不锈钢")]
    assert [(item.text, item.evidence) for item in text.proofs] == [("保温 12 小时", "检测报告 7")]


def test_what_is_wrong_stands_at_its_field_and_nothing_is_saved(desk: Client, alice: Shop) -> None:
    before = Product.objects.count()
    wrong = FORM | {
        "price": "129 元",
        "list_price": "",
        "zh_name": "",
        "zh_selling_points": f"真空双层\n{'长' * 61}",
        "zh_attributes": "容量 480ml",
    }
    answer = desk.post(reverse("product-new"), wrong)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert form.errors["price"] == ["价格写成数字，最多两位小数，如 129.00"]
    assert form.errors["zh_name"] == ["必填"]
    assert form.errors["zh_selling_points"] == ["第 2 行：最多 60 个字，现有 61 个"]
    assert form.errors["zh_attributes"] == ["第 1 行请写成「名称：内容」"]
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Product.objects.count() == before


def test_facts_in_no_language_are_refused(desk: Client, alice: Shop) -> None:
    before = Product.objects.count()
    answer = desk.post(reverse("product-new"), {"category": "保温杯"})
    assert "至少填写一种语言的资料" in answer.content.decode()
    assert Product.objects.count() == before


def test_saving_an_unchanged_form_changes_no_fact(desk: Client, alice: Shop) -> None:
    url = reverse("product-edit", args=[alice.product.public_id])
    form = desk.get(url).context["form"]
    shown = {field.html_name: field.value() or "" for field in form}
    assert desk.post(url, shown).status_code == 302
    alice.product.refresh_from_db()
    assert draft_of(alice.product) == parse_product(FACTS)


def test_each_file_of_an_upload_is_answered_and_the_good_ones_stay(desk: Client, alice: Shop) -> None:
    url = reverse("photos", args=[alice.product.public_id])
    moving = encoded(picture(seed=8), "WEBP", save_all=True, append_images=[picture(seed=9)])
    files = [
        photo("front.jpg", jpeg(seed=5)),
        photo("note.jpg", b"this is no picture"),
        photo("again.jpg", jpeg(seed=1)),
        photo("moving.webp", moving),
        photo("side.png", encoded(picture(seed=6), "PNG")),
    ]
    answer = desk.post(url, {"photos": files, "background": "#ffffff"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert [asset.original_name for asset in alice.product.assets.all()][2:] == ["front.jpg", "side.png"]
    assert [refusal.name for refusal in answer.context["refused"]] == ["note.jpg", "moving.webp", "again.jpg"]
    assert page.count("data-refused") == 3
    assert "这是动图" in page


def test_a_dropped_file_gets_its_own_tile(desk: Client, alice: Shop) -> None:
    url = reverse("photos", args=[alice.product.public_id])
    kept = desk.post(url, {"photos": photo("front.jpg", jpeg(seed=5))}, headers={"HX-Request": "true"}).content.decode()
    asset = Asset.objects.get(original_name="front.jpg")
    assert f'id="photo-{asset.public_id}"' in kept
    assert reverse("media-thumb", args=[asset.public_id]) in kept
    assert "<html" not in kept
    refused = desk.post(url, {"photos": photo("<b>.jpg", b"no")}, headers={"HX-Request": "true"}).content.decode()
    assert "data-refused" in refused
    assert "&lt;b&gt;.jpg" in refused
    assert alice.product.assets.count() == 3


def test_a_photo_is_taken_off_its_product(desk: Client, alice: Shop) -> None:
    first, second = alice.product.assets.all()
    answer = desk.post(reverse("photo-remove", args=[alice.product.public_id, first.public_id]))
    assert answer.status_code == 302
    assert list(alice.product.assets.all()) == [second]
    again = desk.post(reverse("photo-remove", args=[alice.product.public_id, first.public_id]))
    assert again.status_code == 404


def test_an_archived_product_leaves_the_shelf(desk: Client, alice: Shop) -> None:
    url = reverse("product", args=[alice.product.public_id])
    assert url in desk.get(reverse("products")).content.decode()
    desk.post(reverse("product-archive", args=[alice.product.public_id]))
    assert url not in desk.get(reverse("products")).content.decode()
    assert desk.get(url).status_code == 404


def test_a_strange_background_colour_is_no_crash(desk: Client, alice: Shop) -> None:
    url = reverse("photos", args=[alice.product.public_id])
    answer = desk.post(url, {"photos": io.BytesIO(jpeg(seed=5)), "background": "red"})
    assert answer.status_code == 422
    assert "#rrggbb" in answer.content.decode()
    assert alice.product.assets.count() == 2
