"""Pages of the customer's webhooks: where to, the secret once, and how each delivery went."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from billing.access import Actor
from billing.errors import BillingError
from creative import webhooks
from creative.domain.webhooks import EVENTS
from creative.errors import CreativeError
from creative.models import WebhookDelivery, WebhookEndpoint
from creative.web.page import desk, page_of, show
from creative.web.refusals import explain
from creative.web.words import Word

PER_PAGE = 30
EVENT_WORDS: dict[str, Word] = {
    "ad.ready": gettext_lazy("广告做好了"),
    "ad.failed": gettext_lazy("广告没做成"),
    "ad.cancelled": gettext_lazy("广告取消了"),
    "campaign.finished": gettext_lazy("批次做完了"),
    "credits.low": gettext_lazy("点数不多了"),
    "membership.expiring": gettext_lazy("会员快到期"),
    "refund.done": gettext_lazy("退款完成"),
    "dispute.opened": gettext_lazy("付款有争议"),
    "webhook.test": gettext_lazy("测试"),
}
ERROR_WORDS: dict[str, Word] = {
    "": "",
    "timeout": gettext_lazy("对方太久没有回应"),
    "unreachable": gettext_lazy("连不上这个地址"),
    "private_address": gettext_lazy("地址指向内网，不会访问"),
    "answer_too_large": gettext_lazy("对方的回应太大"),
    "redirected": gettext_lazy("对方要求跳转，不会跟随"),
    "refused": gettext_lazy("对方没有收下"),
    "gone": gettext_lazy("对方说这个地址已废弃（410）"),
}
STATE_WORDS: dict[str, Word] = {
    "pending": gettext_lazy("等待再试"),
    "delivered": gettext_lazy("已送达"),
    "failed": gettext_lazy("未送达"),
}


class EndpointForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("回调地址"),
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://shop.example.com/hooks/hitsmith"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("要通知的事件"),
        required=False,
        choices=[(name, EVENT_WORDS[name]) for name in EVENTS],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("一个都不选就是全部通知。"),
    )


@never_cache
@desk("manage")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The secret of a new endpoint is shown in the answer to the POST that made it, and never again."""
    form, secret = EndpointForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = webhooks.register(actor.organization, given["url"], given["events"], by=actor.name)
        except (CreativeError, BillingError) as refusal:
            form.add_error(None, explain(refusal))
        else:
            form, secret = EndpointForm(), webhooks.secret_of(made)
    rows = WebhookEndpoint.objects.of(actor.organization)
    context = {
        "form": form,
        "secret": secret,
        "endpoints": [(row, [EVENT_WORDS[name] for name in row.events if name in EVENT_WORDS]) for row in rows],
    }
    return show(request, actor, "webhooks/index.html", context, place="webhooks")


@require_safe
@desk("manage")
def detail(request: HttpRequest, actor: Actor, endpoint_id: str) -> HttpResponse:
    return _detail(request, actor, _mine(actor, endpoint_id))


def _detail(request: HttpRequest, actor: Actor, endpoint: WebhookEndpoint, secret: str = "") -> HttpResponse:
    rows = WebhookDelivery.objects.of(actor.organization).filter(endpoint=endpoint).select_related("message")
    page = page_of(request, rows, PER_PAGE)
    lines = [
        (row, EVENT_WORDS.get(row.message.event, row.message.event), STATE_WORDS[row.state], ERROR_WORDS[row.error])
        for row in page
    ]
    context = {
        "endpoint": endpoint,
        "events": [EVENT_WORDS[name] for name in endpoint.events if name in EVENT_WORDS],
        "why_off": ERROR_WORDS.get(endpoint.disabled_reason, endpoint.disabled_reason),
        "page": page,
        "lines": lines,
        "secret": secret,
    }
    return show(request, actor, "webhooks/detail.html", context, place="webhooks")


@require_POST
@desk("manage")
def remove(request: HttpRequest, actor: Actor, endpoint_id: str) -> HttpResponse:
    _mine(actor, endpoint_id).delete()
    messages.success(request, _("回调地址已删除，不再推送。"))
    return redirect("webhooks")


@require_POST
@desk("manage")
def enable(request: HttpRequest, actor: Actor, endpoint_id: str) -> HttpResponse:
    webhooks.enable(_mine(actor, endpoint_id))
    messages.success(request, _("已重新启用，等待中的消息马上送出。"))
    return redirect("webhook", endpoint_id)


@never_cache
@require_POST
@desk("manage")
def renew_secret(request: HttpRequest, actor: Actor, endpoint_id: str) -> HttpResponse:
    endpoint = _mine(actor, endpoint_id)
    return _detail(request, actor, endpoint, webhooks.renew_secret(endpoint))


@require_POST
@desk("manage")
def send_test(request: HttpRequest, actor: Actor, endpoint_id: str) -> HttpResponse:
    webhooks.send_test(_mine(actor, endpoint_id))
    messages.success(request, _("测试消息已发出，几秒后刷新看结果。"))
    return redirect("webhook", endpoint_id)


@require_POST
@desk("manage")
def again(request: HttpRequest, actor: Actor, delivery_id: str) -> HttpResponse:
    found = webhooks.delivery_of(actor.organization, delivery_id)
    webhooks.redeliver(found)
    messages.success(request, _("已重新发出，几秒后刷新看结果。"))
    return redirect("webhook", found.endpoint.public_id)


def _mine(actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    return webhooks.endpoint_of(actor.organization, endpoint_id)
