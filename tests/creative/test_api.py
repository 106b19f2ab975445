"""The REST API: the whole journey of a program, every refusal as a problem document, and keys that make POSTs safe."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing import ledger
from billing.models import ApiKey, Lot
from creative import production
from creative.api import idempotency
from creative.models import Ad, Asset, Campaign, IdempotentRequest, Product
from tests.creative.api import Program, at
from tests.creative.film_crew import Crew
from tests.creative.photos import jpeg
from tests.creative.shops import FACTS, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(alice: Shop) -> Program:
    return Program(alice)


def file(name: str, data: bytes) -> io.BytesIO:
    upload = io.BytesIO(data)
    upload.name = name
    return upload


def is_problem(response, status: int, code: str) -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:hitsmith:problem:{code}"
    assert body["detail"]
    return body


def draft(program: Program, shop: Shop, **changes: object) -> dict:
    response = program.post("ads", {"product": shop.product.public_id, "seconds": 15} | changes)
    assert response.status_code == 201, response.content
    return response.json()


def finish(ad_id: str, crew: Crew) -> None:
    for _ in range(4):
        production.advance(ad_id)
        crew.work()


def test_the_whole_journey_of_a_program(alice: Shop, program: Program, crew: Crew):
    made = program.post("products", FACTS)
    assert made.status_code == 201
    product = made.json()
    assert (product["price"], product["list_price"], product["assets"]) == ("129.00", "199.00", [])
    assert product["zh"]["selling_points"][0] == "真空双层，保温12小时"

    uploads = [file("one.jpg", jpeg(seed=3)), file("note.txt", b"not a photo at all"), file("one.jpg", jpeg(seed=3))]
    taken = program.upload(f"products/{product['id']}/assets", uploads)
    assert taken.status_code == 201
    assert [asset["original_name"] for asset in taken.json()["accepted"]] == ["one.jpg"]
    assert [(item["name"], item["code"]) for item in taken.json()["refused"]] == [("note.txt", "not_a_photo")]
    assert [item["code"] for item in taken.json()["duplicates"]] == ["duplicate"]

    ranked = program.get("templates/rank", product=product["id"], lang="zh", seconds=15).json()
    template = ranked["offered"][0]["template"]["id"]
    assert ranked["offered"][0]["terms"][0]["zh"]

    ad = draft(program, alice, product=product["id"], template_id=template, aspects=["9:16", "1:1"])
    assert (ad["state"], ad["template_id"], ad["credits_settled"]) == ("draft", template, None)
    assert ad["credits_quoted"] == 10 * len(ad["progress"]["shots"])
    assert program.get("credits").json()["available"] == 660

    ordered = program.post(f"ads/{ad['id']}/order")
    assert (ordered.status_code, ordered.json()["state"]) == (202, "held")
    now = program.get(f"ads/{ad['id']}/progress")
    assert (now.json()["poll_after"], now["Retry-After"]) == (2, "2")
    assert program.get("credits").json()["held"] == ad["credits_quoted"]

    finish(ad["id"], crew)
    done = program.get(f"ads/{ad['id']}").json()
    assert (done["state"], done["credits_settled"]) == ("ready", ad["credits_quoted"])
    assert done["progress"]["poll_after"] is None
    assert [output["aspect"] for output in done["outputs"]] == ["9:16", "1:1"]
    assert done["outputs"][0]["duration_ms"] == 15_000
    made = done["outputs"][1]
    kinds = {"url": "video/mp4", "poster_url": "image/jpeg", "contact_sheet_url": "image/jpeg"}
    for name, kind in kinds.items():
        response = program.get(made[name])
        assert (response.status_code, response["Content-Type"], b"".join(response)) == (200, kind, b"film")

    lines = program.get("credits/statement", reference=ad["id"]).json()["results"]
    assert [(line["kind"], line["credits"]) for line in lines][-1] == ("hold", -ad["credits_quoted"])
    assert sum(line["spent"] for line in lines) == ad["credits_quoted"]


def test_a_product_is_read_replaced_and_archived(alice: Shop, program: Program):
    address = f"products/{alice.product.public_id}"
    changed = program.put(address, FACTS | {"price": "99", "en": None})
    assert changed.status_code == 200
    assert (changed.json()["price"], changed.json()["en"]) == ("99.00", None)
    assert [asset["width"] for asset in program.get(f"{address}/assets").json()["results"]] == [640, 640]
    assert program.delete(address).status_code == 204
    is_problem(program.get(address), 404, "not_found")
    assert program.get("products").json()["results"] == []


def test_wrong_facts_are_all_named(program: Program):
    before = Product.objects.count()
    body = is_problem(program.post("products", {"categori": "x", "zh": {"title": "T"}}), 422, "facts_invalid")
    assert [error["path"] for error in body["errors"]] == ["categori", "category", "zh.name"]
    assert Product.objects.count() == before


def test_an_upload_of_nothing_usable_is_refused(alice: Shop, program: Program):
    address = f"products/{alice.product.public_id}/assets"
    body = is_problem(program.upload(address, [file("a.jpg", b"nothing")]), 422, "upload_refused")
    assert [(item["name"], item["code"]) for item in body["refused"]] == [("a.jpg", "not_a_photo")]
    is_problem(program.client.post(at(address), {}), 422, "upload_refused")
    again = program.upload(address, [file("a.jpg", jpeg(seed=1))])
    assert (again.status_code, again.json()["accepted"]) == (200, [])
    assert Asset.objects.of(alice.organization).count() == 2


def test_a_photo_is_read_and_taken_off(alice: Shop, program: Program):
    asset = Asset.objects.of(alice.organization).first()
    shown = program.get(f"assets/{asset.public_id}").json()
    assert shown["subject"] == [0.32, 0.2, 0.68, 0.8]
    assert b"".join(program.get(shown["thumbnail_url"])).startswith(b"\xff\xd8\xff")
    other = Asset.objects.of(alice.organization).last()
    assert program.post(f"assets/{other.public_id}/first").status_code == 200
    shown_first = program.get(f"products/{alice.product.public_id}").json()["assets"][0]
    assert shown_first["id"] == other.public_id
    assert program.delete(f"assets/{asset.public_id}").status_code == 204
    is_problem(program.get(f"assets/{asset.public_id}"), 404, "not_found")
    assert alice.product.assets.count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"seconds": 5}, 422, "brief_refused"),
        ({"aspects": ["3:2"]}, 422, "brief_refused"),
        ({"aspects": []}, 400, "invalid"),
        ({"lang": "fr"}, 400, "invalid"),
        ({"seconds": "long"}, 400, "invalid"),
        ({"product": "prd_nothing"}, 404, "not_found"),
        ({"template_id": "tpl_nothing"}, 404, "not_found"),
        ({"engine": "sora"}, 422, "brief_refused"),
    ],
)
def test_a_brief_that_can_not_be_made_is_a_problem(alice: Shop, program: Program, changes, status: int, code: str):
    is_problem(program.post("ads", {"product": alice.product.public_id} | changes), status, code)
    assert not Ad.objects.exists()


def test_too_little_credit_is_402_and_starts_nothing(alice: Shop, program: Program):
    ad = draft(program, alice)
    Lot.objects.of(alice.organization).update(free=5, spent=655)
    body = is_problem(program.post(f"ads/{ad['id']}/order"), 402, "insufficient_credits")
    assert (body["needed"], body["available"]) == (ad["credits_quoted"], 5)
    assert program.get(f"ads/{ad['id']}").json()["state"] == "draft"
    Lot.objects.of(alice.organization).update(free=660, spent=0)
    assert program.post(f"ads/{ad['id']}/order").status_code == 202


def test_cancelling_over_the_api(alice: Shop, program: Program, crew: Crew):
    ad = draft(program, alice)
    program.post(f"ads/{ad['id']}/order")
    assert program.post(f"ads/{ad['id']}/cancel").json()["progress"]["cancelling"]
    finish(ad["id"], crew)
    shown = program.get(f"ads/{ad['id']}").json()
    assert (shown["state"], shown["reason_code"], shown["outputs"]) == ("cancelled", "cancelled", [])
    is_problem(program.post(f"ads/{ad['id']}/order", key="again"), 409, "ad_not_orderable")


def test_lists_come_in_pages_newest_first(alice: Shop, program: Program):
    made = [draft(program, alice, seed=seed)["id"] for seed in range(3)]
    first = program.get("ads", limit=2).json()
    second = program.get(first["next"]).json()
    assert [ad["id"] for ad in first["results"] + second["results"]] == made[::-1]
    assert second["next"] is None
    assert program.get("ads", state="ready").json()["results"] == []
    assert len(program.get("ads", product=alice.product.public_id).json()["results"]) == 3


def test_templates_engines_and_credits_are_listed(alice: Shop, program: Program):
    templates = program.get("templates", lang="en").json()
    assert {template["lang"] for template in templates} == {"en"}
    one = program.get(f"templates/{templates[0]['id']}").json()
    assert [beat["role"] for beat in one["document"]["beats"]] == one["beats"]
    is_problem(program.get("templates/tpl_nothing_zh_v1"), 404, "not_found")
    still = next(engine for engine in program.get("engines").json() if engine["id"] == "still")
    assert (still["ready"], still["needs_gpu"]) == (True, False)
    credits = program.get("credits").json()
    assert (credits["plan"], credits["available"], credits["lots"][0]["free"]) == ("gold", 660, 660)


def test_templates_that_do_not_fit_say_why(alice: Shop, program: Program):
    program.put(f"products/{alice.product.public_id}", {"category": "x", "zh": {"title": "T", "name": "N"}})
    ranked = program.get("templates/rank", product=alice.product.public_id).json()
    assert ranked["not_offered"]
    assert all(item["reasons"][0]["zh"] and item["reasons"][0]["en"] for item in ranked["not_offered"])
    is_problem(program.get("templates/rank", product=alice.product.public_id, lang="en"), 422, "product_incomplete")


def test_a_campaign_over_the_api(alice: Shop, program: Program, crew: Crew):
    wanted = {"name": "秋季", "products": [alice.product.public_id], "langs": ["zh", "en"]}
    made = program.post("campaigns", wanted)
    assert made.status_code == 201, made.content
    campaign = made.json()
    assert [ad["lang"] for ad in campaign["ads"]] == ["zh", "en"]
    assert campaign["credits_quoted"] == sum(ad["credits_quoted"] for ad in campaign["ads"])
    assert program.post(f"campaigns/{campaign['id']}/order").json()["state"] == "running"
    assert [row["id"] for row in program.get("campaigns").json()["results"]] == [campaign["id"]]
    assert program.post(f"campaigns/{campaign['id']}/cancel").status_code == 202
    is_problem(program.post("campaigns", wanted | {"products": ["prd_x"]}), 404, "not_found")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer hsk_wrong", "Basic abc"])
def test_without_a_valid_key_there_is_nothing(alice: Shop, header: str):
    response = Client(headers={"Authorization": header}).get(at("products"))
    assert response.status_code == 401
    assert "Bearer" in response["WWW-Authenticate"]


def test_a_revoked_key_opens_nothing(alice: Shop, program: Program):
    ApiKey.objects.update(revoked_at=timezone.now())
    assert program.get("products").status_code == 401


# --- Idempotency-Key ---------------------------------------------------------------------------------------------------


def test_the_same_key_and_body_give_the_same_answer(alice: Shop, program: Program):
    body = {"product": alice.product.public_id}
    one, two = (program.post("ads", body, key="k-1") for _ in range(2))
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json() == two.json()
    assert one["Location"] == two["Location"] == f"/api/v1/ads/{one.json()['id']}"
    assert Ad.objects.count() == 1


def test_the_same_key_with_another_body_or_address_is_refused(alice: Shop, program: Program):
    program.post("ads", {"product": alice.product.public_id}, key="k-1")
    other = program.post("ads", {"product": alice.product.public_id, "seed": 2}, key="k-1")
    is_problem(other, 409, "idempotency_key_reused")
    is_problem(program.post("products", FACTS, key="k-1"), 409, "idempotency_key_reused")
    assert (Ad.objects.count(), Product.objects.count()) == (1, 1)


def test_a_key_whose_request_is_still_at_work_is_refused_then_free_again(alice: Shop, program: Program):
    body = {"product": alice.product.public_id}
    program.post("ads", body, key="k-1")
    IdempotentRequest.objects.update(status=None, response=None)
    is_problem(program.post("ads", body, key="k-1"), 409, "idempotency_key_in_flight")
    assert Ad.objects.count() == 1
    IdempotentRequest.objects.update(created_at=timezone.now() - idempotency.ABANDONED - timedelta(seconds=1))
    assert program.post("ads", body, key="k-1").status_code == 201
    assert Ad.objects.count() == 2


def test_a_refused_request_frees_its_key(alice: Shop, program: Program):
    wrong = {"product": alice.product.public_id, "seconds": 99}
    is_problem(program.post("ads", wrong, key="k-1"), 422, "brief_refused")
    assert not IdempotentRequest.objects.exists()
    assert program.post("ads", wrong | {"seconds": 20}, key="k-1").status_code == 201


def test_ordering_twice_holds_once_and_answers_the_same(alice: Shop, program: Program):
    ad = draft(program, alice)
    one, two = (program.post(f"ads/{ad['id']}/order") for _ in range(2))
    assert one.json() == two.json()
    three = program.post(f"ads/{ad['id']}/order", key="another")
    assert (three.status_code, three.json()["state"]) == (202, "held")
    assert ledger.balance(alice.organization).held == ad["credits_quoted"]


def test_a_key_belongs_to_one_tenant(alice: Shop, charlie: Shop, program: Program):
    program.post("ads", {"product": alice.product.public_id}, key="k-1")
    theirs = Program(charlie).post("ads", {"product": charlie.product.public_id}, key="k-1")
    assert theirs.status_code == 201
    assert Ad.objects.of(charlie.organization).count() == 1


@pytest.mark.parametrize("key", ["x" * 201, "a\x01b"])
def test_a_key_that_is_none_is_refused(alice: Shop, program: Program, key: str):
    is_problem(program.post("ads", {"product": alice.product.public_id}, key=key), 400, "idempotency_key_invalid")
    assert not Ad.objects.exists()


def test_an_answer_and_its_work_are_kept_together_or_not_at_all(alice: Shop, program: Program, monkeypatch):
    """The process dies after the work and before the answer is written: nothing was done, and the key can be used."""

    def dies(data: object) -> object:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_plain", dies)
        with pytest.raises(MemoryError):
            program.post("ads", {"product": alice.product.public_id}, key="k-1")
    assert not Ad.objects.exists()
    assert program.post("ads", {"product": alice.product.public_id}, key="k-1").status_code == 201


def test_lists_do_not_ask_the_database_for_each_row(alice: Shop, program: Program, django_assert_max_num_queries):
    for seed in range(6):
        draft(program, alice, seed=seed)
    for path, most in (("ads", 6), ("products", 7)):
        with django_assert_max_num_queries(most):
            assert program.get(path).status_code == 200


def test_a_campaign_needs_the_entitlement(alice: Shop, program: Program, monkeypatch):
    from tests.creative.shops import open_shop

    dora = open_shop("dora", plan="free")
    body = {"name": "x", "products": [dora.product.public_id]}
    response = Program(dora).post("campaigns", body)
    assert response.status_code == 403
    assert not Campaign.objects.exists()
