"""Operators can switch a template off, look at what was measured and reported, and change nothing else."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from billing.models import Organization
from templates_engine import feedback, library
from templates_engine.domain.analysis import Observation
from templates_engine.feedback import Result
from templates_engine.models import AnalysedVideo, PublishedResult, TemplateVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    return client


def test_a_template_can_be_switched_off_but_not_edited(operator: Client) -> None:
    library.load_seeds()
    row = TemplateVersion.objects.get(template_id="tpl_reveal_led_zh_v1")
    page = reverse("admin:templates_engine_templateversion_change", args=[row.pk])
    assert operator.get(page).status_code == 200
    assert operator.post(page, {"document": "{}", "template_id": "tpl_other_zh_v1", "lang": "en"}).status_code == 302
    after = TemplateVersion.objects.get(pk=row.pk)
    assert (after.template_id, after.lang, after.document) == (row.template_id, row.lang, row.document)
    assert after.active is False
    assert row.template_id not in {template.id for template in library.visible(None)}


def test_nobody_adds_or_deletes(operator: Client) -> None:
    library.load_seeds()
    row = TemplateVersion.objects.get(template_id="tpl_reveal_led_zh_v1")
    before = TemplateVersion.objects.count()
    assert operator.get(reverse("admin:templates_engine_templateversion_add")).status_code == 403
    delete = reverse("admin:templates_engine_templateversion_delete", args=[row.pk])
    assert operator.post(delete, {"post": "yes"}).status_code == 403
    assert TemplateVersion.objects.count() == before


def test_what_was_measured_and_reported_can_be_found_but_not_changed(operator: Client) -> None:
    organization = Organization.objects.create(name="Alice's shop")
    other = Organization.objects.create(name="Charlie's shop")
    video = AnalysedVideo.objects.create(organization=organization, video_id="hit_7", lang="zh", document={"lines": []})
    AnalysedVideo.objects.create(organization=other, video_id="hit_8", lang="en", document={})
    seen = Result("ad_1", "tpl_reveal_led_zh_v1", Observation("douyin", 72, 900, orders=3))
    feedback.report(organization, [seen])
    result = PublishedResult.objects.get()
    for row, asked, missing in ((video, {"lang__exact": "zh", "q": "hit_"}, "hit_8"), (result, {"q": "ad_1"}, "hit")):
        name = f"admin:templates_engine_{row._meta.model_name}"
        listed = operator.get(reverse(f"{name}_changelist"), asked).content.decode()
        assert str(row).split(" ")[0] in listed
        assert missing not in listed.partition("result_list")[2]
        assert operator.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        before = list(type(row).objects.values())
        for page in (f"{name}_change", f"{name}_delete"):
            assert operator.post(reverse(page, args=[row.pk]), {"post": "yes"}).status_code == 403
        assert operator.get(reverse(f"{name}_add")).status_code == 403
        assert list(type(row).objects.values()) == before
