"""The switch of the account menu: for which of their organizations and clients somebody works."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing.access import SESSION_KEY, ChoiceGone, actor_for
from billing.errors import NotAllowed
from creative.errors import NotFound
from creative.web.errors import forbidden, not_found


@require_POST
@login_required
def act_for(request: HttpRequest) -> HttpResponse:
    """From now on this session works for the chosen organization."""
    try:
        actor = actor_for(cast(AbstractBaseUser, request.user), request.POST.get("organization", ""))
    except ChoiceGone:
        return not_found(request, NotFound("店铺", "organization"))
    except NotAllowed as refusal:
        return forbidden(request, refusal)
    request.session[SESSION_KEY] = actor.organization.public_id
    messages.success(request, _("现在为「%(name)s」工作。") % {"name": actor.organization.name})
    return redirect("home")
