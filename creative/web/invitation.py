"""The page behind an invitation: who invites, as what, and the way in, with an account or without one yet."""

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from billing import members
from billing.access import SESSION_KEY
from billing.errors import InvitationGone, SeatsTaken
from billing.models import Invitation, Member
from creative.web.account import BACKEND, TAKEN, SignUpForm
from creative.web.errors import refused
from creative.web.refusals import explain


class JoinForm(SignUpForm):
    """A new account that opens no studio of its own."""

    organization = None  # type: ignore[assignment]  # Django's way to take a field off

    @transaction.atomic
    def join(self, invitation: Invitation) -> User:
        """Both or neither: no account is left behind where the invitation is gone."""
        given = self.cleaned_data
        user = User.objects.create_user(given["email"], given["email"], given["password"])
        members.accept(invitation, user)
        return user


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; the POST takes the place and goes to work there."""
    try:
        invited = members.invitation_of(token)
        if request.method == "POST":
            return _join(request, invited)
    except (InvitationGone, SeatsTaken) as refusal:
        return refused(request, refusal.status, explain(refusal))
    return _page(request, invited, JoinForm())


def _join(request: HttpRequest, invited: Invitation) -> HttpResponse:
    if isinstance(request.user, User):
        members.accept(invited, request.user)
    else:
        form = JoinForm(request.POST)
        if not form.is_valid():
            return _page(request, invited, form)
        try:
            login(request, form.join(invited), backend=BACKEND)
        except IntegrityError:  # sent twice at the same moment
            form.add_error("email", TAKEN)
            return _page(request, invited, form)
    request.session[SESSION_KEY] = invited.organization.public_id
    return redirect("home")


def _page(request: HttpRequest, invited: Invitation, form: JoinForm) -> HttpResponse:
    present = (
        request.user.is_authenticated
        and Member.objects.filter(organization=invited.organization, user_id=request.user.pk).exists()
    )
    context = {"invited": invited, "form": form, "present": present}
    return render(request, "creative/members/invitation.html", context)
