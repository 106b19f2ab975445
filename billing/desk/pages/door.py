"""The door of every page of the desk: Django's own sign-in for staff, then one permission. Without it: 403."""

from collections.abc import Callable, Mapping
from functools import wraps

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

View = Callable[..., HttpResponse]
VIEW, ACT, APPROVE = "desk_view", "desk_act", "desk_approve"


def door(permission: str = VIEW) -> Callable[[View], View]:
    """A page for signed-in staff who have this permission of the desk (superusers have all)."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, *args: str | int, **kwargs: str | int) -> HttpResponse:
            require(request, permission)
            return view(request, *args, **kwargs)

        guarded: View = admin.site.admin_view(inside)
        return guarded

    return wrap


def require(request: HttpRequest, permission: str) -> None:
    """Raises PermissionDenied."""
    if not may(request, permission):
        raise PermissionDenied


def may(request: HttpRequest, permission: str) -> bool:
    return bool(request.user.has_perm(f"billing.{permission}"))


def show(
    request: HttpRequest, template: str, title: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """A page of the desk inside Django's admin."""
    frame = {
        **admin.site.each_context(request),
        "is_nav_sidebar_enabled": False,
        "title": title,
        "may_act": may(request, ACT),
        "may_approve": may(request, APPROVE),
    }
    return TemplateResponse(request, f"admin/desk/{template}", frame | dict(context), status=status)
