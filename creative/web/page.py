"""The door of every studio page: who is here, for which organization, and may they do this?"""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from billing import notices
from billing.access import SESSION_KEY, Action, Actor, ChoiceGone, actor_for, choices_of, require
from billing.budgets import funds
from billing.errors import BillingError, NotAllowed
from billing.ledger import Balance
from billing.models import Organization
from billing.payers import payer_of
from creative.errors import CreativeError, NotFound
from creative.web.errors import forbidden, not_found, refused
from creative.web.refusals import explain
from creative.web.words import chosen
from templates_engine import versions

View = Callable[..., HttpResponse]
PER_PAGE = 24
STOP_POLLING = 286


def desk(action: Action = "read") -> Callable[[View], View]:
    """A page for members: gives the view its ``Actor``; 403 where the role may not, 404 where nothing is theirs."""

    def wrap(view: View) -> View:
        @login_required
        @wraps(view)
        def door(request: HttpRequest, *args: str | int, **kwargs: str | int) -> HttpResponse:
            try:
                actor = actor_of(request)
                require(actor, action)
                return view(request, actor, *args, **kwargs)
            except ChoiceGone:
                # Going on for another organization would surprise: nothing is done, and the page says for whom it is.
                del request.session[SESSION_KEY]
                messages.warning(request, _("你不能再代表刚才的店铺工作了，已回到你自己的工作室；刚才的操作没有执行。"))
                return redirect("home")
            except NotAllowed as refusal:
                return forbidden(request, refusal)
            except NotFound as missing:
                return not_found(request, missing)
            except (CreativeError, BillingError) as refusal:
                return refused(request, refusal.status, explain(refusal))

        return door

    return wrap


def actor_of(request: HttpRequest) -> Actor:
    """Who is signed in, for the organization that they have chosen. Raises NotAllowed and ChoiceGone."""
    return actor_for(cast(AbstractBaseUser, request.user), request.session.get(SESSION_KEY, ""))


def balance_of(organization: Organization) -> Balance:
    """What new work can take now, today's free credits included: of its own account, or of the agency that pays."""
    return funds(organization)


def show(
    request: HttpRequest,
    actor: Actor,
    template: str,
    context: Mapping[str, object],
    *,
    place: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a studio page: ``place`` marks the entry of the navigation, ``may`` holds the allowed actions."""
    balance = balance_of(actor.organization)
    frame = {
        "actor": actor,
        "place": place,
        "may": dict.fromkeys(actor.actions, True),
        "balance": balance,
        "low": SimpleLazyObject(partial(_low, actor.organization, balance)),
        "paid_by": SimpleLazyObject(partial(_paid_by, actor.organization)),
        "choices": SimpleLazyObject(partial(choices_of, cast(AbstractBaseUser, request.user))),
        "template_names": SimpleLazyObject(partial(_template_names, actor.organization)),
    }
    return render(request, f"creative/{template}", frame | dict(context), status=status)


def polled(
    request: HttpRequest, actor: Actor, template: str, context: Mapping[str, object], seen: object
) -> HttpResponse:
    """A part of a page that is asked for again and again: 304 while what there is to be ``seen`` is the same."""
    named = f"{seen} {request.LANGUAGE_CODE} {actor.role}"
    tag = f'"{hashlib.sha256(named.encode()).hexdigest()[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = show(request, actor, template, context)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def stop_polling() -> HttpResponse:
    """It has ended: htmx asks no more and loads the whole page anew."""
    return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})


def _low(organization: Organization, balance: Balance) -> notices.Low | None:
    """Whether its own credits run low; an agency that pays looks after them itself."""
    return None if payer_of(organization).link else notices.low(organization, balance.available)


def _paid_by(organization: Organization) -> str:
    """The name of the agency that pays for this organization's work; empty where it pays itself."""
    payer = payer_of(organization)
    return payer.account.name if payer.link else ""


def _template_names(organization: Organization) -> dict[str, str]:
    names = versions.names(organization)
    return {template_id: chosen(name.zh, name.en) for template_id, name in names.items()}


def page_of(request: HttpRequest, rows: "QuerySet", per_page: int = PER_PAGE) -> "Page":  # type: ignore[type-arg]
    """The page of ``rows`` that ``?page=`` asks for; a number out of range gives the nearest page."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
