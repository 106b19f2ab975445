"""The staff may look, cancel and order again, and change nothing by hand."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation import jobs
from generation.errors import MediaMissing
from generation.models import RenderJob
from tests.generation.makers import queued

pytestmark = pytest.mark.django_db
JOBS = "/admin/generation/renderjob/"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("staff", password="x"))
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


def test_a_stranger_sees_nothing(client: Client) -> None:
    queued()
    assert client.get(JOBS).status_code == 302
    assert act(client, "cancel", RenderJob.objects.get()).redirect_chain
    assert RenderJob.objects.get().state == "pending"
