"""Our books beside the provider's: look, then bring ours to what it says."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from billing.desk import reconciling
from billing.desk.pages.door import ACT, door, require, show
from billing.desk.pages.forms import new_key
from billing.errors import BillingError
from billing.providers import names


class SinceForm(forms.Form):
    since = forms.DateField(label="自 Since", widget=forms.DateInput(attrs={"type": "date"}))


class ApplyForm(SinceForm):
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, label="原因 Reason")


@door()
def reconcile(request: HttpRequest) -> HttpResponse:
    """GET shows the differences since a day (default: a week); POST applies what can be, and shows what is left."""
    usual = timezone.localdate(reconciling.usual_since())
    if request.method == "POST":
        require(request, ACT)
        form: SinceForm = ApplyForm(request.POST)
        if form.is_valid():
            return _apply(request, form)
        return _page(request, form, form.cleaned_data.get("since", usual), status=400)
    form = SinceForm(request.GET if "since" in request.GET else {"since": usual})
    return _page(request, form, form.cleaned_data["since"] if form.is_valid() else usual)


def _apply(request: HttpRequest, form: SinceForm) -> HttpResponse:
    data = form.cleaned_data
    by = request.user.get_username()
    try:
        action = reconciling.reconcile(_moment(data["since"]), reason=data["reason"], by=by, key=data["key"])
    except BillingError as refusal:
        messages.error(request, f"没有完成，可以再试。Not finished, try again. {refusal.detail}")
        return _page(request, form, data["since"], status=refusal.status)
    left = len(action.after["differences"])
    messages.success(
        request, f"已对账，处理前 {len(action.before['differences'])} 项，剩 {left} 项。Reconciled, {left} left."
    )
    return redirect(f"{request.path}?since={data['since']}")


def _page(request: HttpRequest, form: SinceForm, since: object, *, status: int = 200) -> HttpResponse:
    error, found = "", None
    try:
        found = reconciling.differences(_moment(since))
    except BillingError as refusal:
        error, status = refusal.detail, refusal.status
    apply = form if isinstance(form, ApplyForm) else ApplyForm(initial={"since": since, "key": new_key()})
    context = {"form": form, "apply": apply, "since": since, "found": found, "error": error, "providers": names()}
    return show(request, "reconcile.html", "对账 Reconcile", context, status=status)


def _moment(day: object) -> datetime:
    """Midnight of a day on our clock."""
    return timezone.make_aware(datetime.fromisoformat(str(day)))
