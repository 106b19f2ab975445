"""The staff may look, cancel and order again, and change nothing by hand."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation import jobs, media
from generation.errors import MediaMissing
from generation.models import Clip, RenderJob
from tests.generation.makers import queued

pytestmark = pytest.mark.django_db
JOBS = "/admin/generation/renderjob/"
CLIPS = "/admin/generation/clip/"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


def act(staff: Client, action: str, *rows: RenderJob) -> Any:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return staff.post(JOBS, chosen, follow=True)


def test_jobs_are_listed_found_and_not_editable(staff: Client) -> None:
    job, other = queued(1), queued(2, tenant=2)
    page = staff.get(JOBS, {"q": job.public_id}).content.decode()
    assert job.public_id in page
    assert other.public_id not in page
    assert staff.post(f"{JOBS}{job.pk}/change/", {"state": "done"}).status_code == 403
    assert staff.get(f"{JOBS}add/").status_code == 403
    assert RenderJob.objects.get(pk=job.pk).state == "pending"
    for model in ("clip", "rendition"):
        assert staff.get(f"/admin/generation/{model}/").status_code == 200


def test_cancelling_tells_how_many(staff: Client) -> None:
    one, two = queued(1), queued(2)
    jobs.request_cancel(two)
    page = act(staff, "cancel", one, two).content.decode()
    assert "1 cancelled, 1 were over already" in page
    assert RenderJob.objects.get(pk=one.pk).state == "cancelled"


def test_only_what_failed_or_was_cancelled_is_ordered_again(staff: Client) -> None:
    queued(1)
    failed = jobs.claim("w1", ["film"])
    assert failed is not None
    jobs.fail(failed, MediaMissing("gone"))
    waiting = queued(2)
    page = act(staff, "order_again", failed, waiting).content.decode()
    assert "1 ordered again" in page
    assert RenderJob.objects.filter(state="pending").count() == 2
    assert RenderJob.objects.filter(state="pending", key=failed.key).count() == 1


def judged_clip(tmp_path: Path, **changes: Any) -> Clip:
    picture = tmp_path / "shown.jpg"
    picture.write_bytes(b"a picture")
    name = media.store(picture, "evidence/1/ab/abc.jpg")
    quality = {"judged": True, "passed": False, "score": 0.41, "reasons": {"zh": ["商品变形"], "en": ["it bends"]}}
    facts: dict[str, Any] = {"width": 1, "height": 1, "frames": 1, "fps": 1, "seed": 1, "film_ms": 1, "bytes": 1}
    return Clip.objects.create(tenant=1, key="abc", plan={}, evidence=name, quality=quality, **facts, **changes)


def test_the_staff_see_what_the_gate_saw(staff: Client, tmp_path: Path) -> None:
    clip = judged_clip(tmp_path)
    assert "不通过 rejected 0.41 商品变形" in staff.get(CLIPS).content.decode()
    page = staff.get(f"{CLIPS}{clip.pk}/change/").content.decode()
    assert f"{CLIPS}{clip.pk}/evidence.jpg" in page
    picture = staff.get(f"{CLIPS}{clip.pk}/evidence.jpg")
    assert (picture.status_code, picture["Content-Type"], picture.content) == (200, "image/jpeg", b"a picture")


def test_evidence_that_is_gone_or_was_never_made_is_not_found(staff: Client, tmp_path: Path) -> None:
    clip = judged_clip(tmp_path)
    Clip.objects.update(evidence="evidence/1/ab/gone.jpg")
    assert staff.get(f"{CLIPS}{clip.pk}/evidence.jpg").status_code == 404
    Clip.objects.update(evidence="", quality={})
    assert staff.get(f"{CLIPS}{clip.pk}/evidence.jpg").status_code == 404
    assert staff.get(f"{CLIPS}999/evidence.jpg").status_code == 404
    assert "未判定 not judged" in staff.get(CLIPS).content.decode()


def test_evidence_is_for_those_who_may_look_at_clips(client: Client, tmp_path: Path) -> None:
    clip = judged_clip(tmp_path)
    address = f"{CLIPS}{clip.pk}/evidence.jpg"
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    assert client.get(address).status_code == 403


def test_a_stranger_sees_nothing(client: Client) -> None:
    queued()
    assert client.get(JOBS).status_code == 302
    assert act(client, "cancel", RenderJob.objects.get()).redirect_chain
    assert RenderJob.objects.get().state == "pending"
