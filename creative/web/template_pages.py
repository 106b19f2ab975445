"""One script template: its timeline and how sure it is, its versions, and with whom it is shared."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing import links
from billing.access import Actor
from billing.models import Organization
from creative.errors import NotFound
from creative.web import words
from creative.web.page import desk, show
from creative.web.template_chart import chart_of
from templates_engine import library, sharing, versions
from templates_engine.domain.search import Source
from templates_engine.errors import ShareNotFound, SharingRefused, TemplateNotFound
from templates_engine.library import Listed
from templates_engine.versions import Comparison, Version


def template_of(actor: Actor, template_id: str) -> Listed:
    try:
        return library.look_up(actor.organization, template_id)
    except TemplateNotFound as missing:
        raise _not_here() from missing


@require_safe
@desk()
def detail(request: HttpRequest, actor: Actor, template_id: str) -> HttpResponse:
    return _page(request, actor, template_id)


def _page(
    request: HttpRequest, actor: Actor, template_id: str, *, refusal: SharingRefused | None = None
) -> HttpResponse:
    listed = template_of(actor, template_id)
    template = listed.template
    history = versions.history(actor.organization, template_id)
    own = listed.source is Source.LEARNED
    context = {
        "tab": "templates",
        "listed": listed,
        "template": template,
        "chart": chart_of(template),
        "history": history,
        "current": next((one for one in history if one.active), None),
        "comparison": _comparison(actor, request.GET.get("from", ""), request.GET.get("to", ""), history),
        "own": own,
        "shares": sharing.given(actor.organization, template.family) if own else (),
        "clients": links.clients_of(actor.organization) if own else (),
        "lent": sharing.lent(actor.organization, template_id),
        "is_agency": actor.organization.kind == Organization.Kind.AGENCY,
        "refusal": words.chosen(refusal.zh, refusal.detail) if refusal else "",
        "typed": request.POST.get("to", ""),
    }
    status = refusal.status if refusal else 200
    return show(request, actor, "library/detail.html", context, place="templates", status=status)


def _comparison(actor: Actor, old: str, new: str, history: tuple[Version, ...]) -> Comparison | None:
    """Of the two versions that were asked for, else of the newest two; None where there is only one."""
    if len(history) < 2:
        return None
    if not (old and new):
        old, new = history[1].template.id, history[0].template.id
    if {old, new} - {one.template.id for one in history}:
        raise _not_here()
    return versions.compare(actor.organization, old, new)


@require_POST
@desk("produce")
def retire(request: HttpRequest, actor: Actor, template_id: str) -> HttpResponse:
    try:
        versions.retire(actor.organization, template_id)
    except TemplateNotFound as missing:
        raise _not_here() from missing
    messages.success(request, _("已停用：新广告不会再推荐它，做好的广告都还在。"))
    return redirect("template", template_id)


@require_POST
@desk("produce")
def reactivate(request: HttpRequest, actor: Actor, template_id: str) -> HttpResponse:
    try:
        versions.reactivate(actor.organization, template_id)
    except TemplateNotFound as missing:
        raise _not_here() from missing
    messages.success(request, _("已启用这个版本：新广告会用它，同一模板的其他版本不再推荐。"))
    return redirect("template", template_id)


@require_POST
@desk("produce")
def share(request: HttpRequest, actor: Actor, template_id: str) -> HttpResponse:
    by = actor.name
    try:
        made = sharing.share(actor.organization, template_id, request.POST.get("to", ""), by=by)
    except TemplateNotFound as missing:
        raise _not_here() from missing
    except SharingRefused as refusal:
        return _page(request, actor, template_id, refusal=refusal)
    messages.success(request, _("已发给「%(name)s」，对方接受后就能使用。") % {"name": made.to_organization.name})
    return redirect("template", template_id)


@require_POST
@desk("produce")
def accept(request: HttpRequest, actor: Actor, share_id: str) -> HttpResponse:
    try:
        taken = sharing.accept(actor.organization, share_id)
    except ShareNotFound as missing:
        raise NotFound("共享", "share") from missing
    messages.success(request, _("已接受「%(name)s」共享的模板，现在就能用。") % {"name": taken.organization.name})
    return redirect("templates")


@require_POST
@desk("produce")
def end(request: HttpRequest, actor: Actor, share_id: str) -> HttpResponse:
    try:
        sharing.end(actor.organization, share_id)
    except ShareNotFound as missing:
        raise NotFound("共享", "share") from missing
    messages.success(request, _("共享已结束。用它做好的广告都还在。"))
    return redirect("templates")


def _not_here() -> NotFound:
    return NotFound("模板", "template")
