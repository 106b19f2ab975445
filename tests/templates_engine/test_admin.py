"""Operators can switch a template off, and change nothing else."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from templates_engine import library
from templates_engine.models import TemplateVersion

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
