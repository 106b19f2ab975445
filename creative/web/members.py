"""The people of an organization: who they are, what their role may do, and links that let others in."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from billing import members
from billing.access import ALLOWED, Actor
from billing.errors import BillingError
from billing.models import Member
from creative.errors import NotFound
from creative.web.page import desk, show
from creative.web.refusals import explain
from creative.web.team_words import ACTIONS
from creative.web.words import ROLES


class InviteForm(forms.Form):
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), initial=Member.Role.PRODUCER, choices=[(code, ROLES[code]) for code in ALLOWED]
    )
    note = forms.CharField(
        label=gettext_lazy("给谁（备注）"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("例如：小林")}),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=[(code, ROLES[code]) for code in ALLOWED])


@never_cache
@desk("manage")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All members and open invitations; a POST makes another invitation."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            members.invite(actor.organization, given["role"], note=given["note"], by=actor.name)
        except BillingError as refusal:
            return _page(request, actor, form, refusal)
        messages.success(request, _("邀请已建好：把下面的链接发给对方，7 天内有效，只能用一次。"))
        return redirect("members")
    return _page(request, actor, form)


def _page(request: HttpRequest, actor: Actor, form: forms.Form, refusal: BillingError | None = None) -> HttpResponse:
    organization = actor.organization
    people = Member.objects.filter(organization=organization).select_related("user").order_by("id")
    waiting = members.waiting(organization)
    context = {
        "form": form,
        "people": people,
        "seats": members.seats_of(organization),
        "taken": len(people) + len(waiting),
        "invitations": [(one, _address(request, members.token_of(one))) for one in waiting],
        "roles": [(code, ROLES[code]) for code in ALLOWED],
        "table": [(word, [(code, action in ALLOWED[code]) for code in ALLOWED]) for action, word in ACTIONS.items()],
        "refusal": explain(refusal) if refusal else "",
    }
    return show(request, actor, "members/index.html", context, status=refusal.status if refusal else 200)


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation", args=[token]))


@require_POST
@desk("manage")
def change_role(request: HttpRequest, actor: Actor, member_id: int) -> HttpResponse:
    member = _member(actor, member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有这个角色，什么都没有改动。"))
        return redirect("members")
    try:
        members.change_role(member, form.cleaned_data["role"])
    except BillingError as refusal:
        return _page(request, actor, InviteForm(), refusal)
    messages.success(request, _("角色已改，马上生效。"))
    return redirect("members" if member.user_id != getattr(actor.user, "pk", None) else "home")


@require_POST
@desk("manage")
def remove(request: HttpRequest, actor: Actor, member_id: int) -> HttpResponse:
    member = _member(actor, member_id)
    try:
        members.remove(member)
    except BillingError as refusal:
        return _page(request, actor, InviteForm(), refusal)
    messages.success(request, _("已移除，对方再也看不到这里的内容；做过的东西都还在。"))
    return redirect("members")


@require_POST
@desk("manage")
def revoke(request: HttpRequest, actor: Actor, invitation_id: str) -> HttpResponse:
    if not members.revoke(actor.organization, invitation_id):
        raise NotFound("邀请", "invitation")
    messages.success(request, _("邀请已撤回，链接打不开了。"))
    return redirect("members")


def _member(actor: Actor, member_id: int) -> Member:
    rows = Member.objects.filter(organization=actor.organization, pk=member_id)
    member = rows.select_related("organization").first()
    if member is None:
        raise NotFound("成员", "member")
    return member
