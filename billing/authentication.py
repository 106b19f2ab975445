"""How the API knows who calls. Both ways put an ``Actor`` into ``request.auth``; views ask nothing else."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from billing.access import SESSION_KEY, Actor, actor_for
from billing.errors import NotAllowed
from billing.models import ApiKey
from billing.organizations import digest

if TYPE_CHECKING:
    from rest_framework.views import APIView

USED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer hsk_...`` or ``X-Api-Key: hsk_...``."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Actor] | None:
        text = _key_text(request)
        if text is None:
            return None
        key = ApiKey.objects.filter(digest=digest(text), revoked_at=None).select_related("organization").first()
        if key is None:
            raise AuthenticationFailed("This API key does not exist or was revoked. Make a new one in the settings.")
        _note_use(key)
        return AnonymousUser(), Actor(key.organization, key.role)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="hitsmith"'


class SessionActorAuthentication(SessionAuthentication):
    """The signed-in user of the pages (with Django's CSRF check), for the organization chosen there."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, Actor] | None:
        signed_in = super().authenticate(request)
        if signed_in is None:
            return None
        user: AbstractBaseUser = signed_in[0]
        try:
            return user, actor_for(user, getattr(request, "session", {}).get(SESSION_KEY, ""))
        except NotAllowed as error:
            raise PermissionDenied(error.detail, code=error.code) from error


class HasOrganization(BasePermission):
    """Lets in whose role may do it: "read" for safe methods, "produce" for others, or the action in ``view.needs``."""

    message = "Your role may not do this. Ask the owner of your organization."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, Actor):
            return False
        needs: Any = getattr(view, "needs", None) or ("read" if request.method in SAFE_METHODS else "produce")
        return request.auth.may(needs)


def _key_text(request: Request) -> str | None:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return bearer.strip()
    return request.headers.get("X-Api-Key")


def _note_use(key: ApiKey) -> None:
    # At most one write a minute: a busy client must not turn every read into a write.
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
    if key.last_used_at is None or key.last_used_at < now - USED_EVERY:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
