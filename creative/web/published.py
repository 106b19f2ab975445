"""On the page of a finished ad: where it was published, so that a platform's export finds it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing.access import Actor
from creative import published as verbs
from creative.errors import AdNotReady, PublicationRefused
from creative.models import Ad
from creative.web.ads import ad_of
from creative.web.page import desk
from creative.web.published_form import PublishedForm
from creative.web.refusals import explain


@require_POST
@desk("produce")
def note(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    """Keeps a place; the same platform again is mended."""
    ad = ad_of(actor, ad_id)
    form = PublishedForm(request.POST)
    if not form.is_valid():
        wrong = "；".join(f"{form[name].label}：{'；'.join(map(str, errors))}" for name, errors in form.errors.items())
        messages.error(request, _("没有保存。%(wrong)s") % {"wrong": wrong})
        return _back(ad)
    try:
        verbs.note(ad, **form.cleaned_data)
        messages.success(request, _("已记下。这个平台的数据表里有这支广告时，就能认出来。"))
    except (AdNotReady, PublicationRefused) as refusal:
        messages.error(request, explain(refusal))
    return _back(ad)


@require_POST
@desk("produce")
def forget(request: HttpRequest, actor: Actor, ad_id: str, platform: str) -> HttpResponse:
    ad = ad_of(actor, ad_id)
    verbs.forget(ad, platform)
    messages.success(request, _("已删掉这条发布记录，报过的效果还在。"))
    return _back(ad)


def _back(ad: Ad) -> HttpResponse:
    return redirect(f"{reverse('ad', args=[ad.public_id])}#published")
