"""``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header-07): a repeated POST makes nothing twice.

First the key is claimed, in a transaction of its own, so that a second request with it sees that the first is at work.
Then the work and its answer are written in *one* transaction: a process that dies in between leaves neither, and after
``ABANDONED`` the key can be claimed again. Only answers that changed something are kept; a refusal frees the key.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from billing.models import Organization
from creative.api.base import DeskView
from creative.errors import KeyConflict
from creative.models import IdempotentRequest

ABANDONED = timedelta(minutes=2)  # longer than any request is allowed to take
MAX_KEY = 200

Handler = TypeVar("Handler", bound=Callable[..., Response])


class Overtaken(Exception):
    """Another request took this key over while this one was at work: everything is rolled back."""


def once(default_key: Callable[..., str] | None = None) -> Callable[[Handler], Handler]:
    """Decorates a POST handler. Without the header ``default_key`` (of the path's arguments) counts, or nothing."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def answer(view: DeskView, request: Request, **route: Any) -> Response:
            key = request.headers.get("Idempotency-Key", "")
            if not key and default_key is not None:
                key = default_key(**route)
            if not key:
                return handler(view, request, **route)
            row = _claim(view.organization, _checked(key), request)
            if row.status is not None:
                return _stored(row)
            return _run(row, lambda: handler(view, request, **route))

        return cast(Handler, answer)

    return decorate


def _checked(key: str) -> str:
    if len(key) > MAX_KEY or not key.isprintable():
        raise KeyConflict(
            "idempotency_key_invalid",
            400,
            f"Idempotency-Key 最多 {MAX_KEY} 个可见字符。",
            f"an Idempotency-Key has at most {MAX_KEY} printable characters.",
        )
    return key


def _claim(organization: Organization, key: str, request: Request) -> IdempotentRequest:
    """The row of this key: fresh (``status`` None, ours), or answered. Raises ``KeyConflict``."""
    body = _fingerprint(request)
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(
                organization=organization, key=key, route=request.path[:120], body_sha256=body
            )
    except IntegrityError:
        row = IdempotentRequest.objects.of(organization).filter(key=key).first()
    if row is None:  # it was freed a moment ago
        return _claim(organization, key, request)
    if (row.route, row.body_sha256) != (request.path[:120], body):
        raise KeyConflict(
            "idempotency_key_reused",
            409,
            "这个 Idempotency-Key 已用于另一个请求，请换一个。",
            "this Idempotency-Key was used for another request: take a new one.",
        )
    return row if row.status is not None else _take_over(row)


def _take_over(row: IdempotentRequest) -> IdempotentRequest:
    """A key whose request died; while it may still be alive, 409."""
    now = timezone.now()
    dead = IdempotentRequest.objects.filter(pk=row.pk, status=None, created_at=row.created_at)
    if row.created_at > now - ABANDONED or not dead.update(created_at=now):
        raise KeyConflict(
            "idempotency_key_in_flight",
            409,
            "同一个 Idempotency-Key 的请求正在处理，请稍后重试。",
            "a request with this Idempotency-Key is still at work: try again in a moment.",
        )
    row.created_at = now
    return row


def _fingerprint(request: Request) -> str:
    """Of method, query and body as they came over the wire."""
    raw = request._request
    content = b"\0".join([(raw.method or "").encode(), raw.META.get("QUERY_STRING", "").encode(), raw.body])
    return hashlib.sha256(content).hexdigest()


def _run(row: IdempotentRequest, work: Callable[[], Response]) -> Response:
    mine = IdempotentRequest.objects.filter(pk=row.pk, status=None, created_at=row.created_at)
    try:
        with transaction.atomic():
            response = work()
            response.data = _plain(response.data)
            location = response.headers.get("Location", "")
            if not mine.update(status=response.status_code, response=response.data, location=location):
                raise Overtaken(row.key)
    except BaseException:
        mine.delete()
        raise
    return response


def _plain(data: object) -> object:
    """Numbers, texts, lists and objects only, exactly as the first caller is sent them."""
    return json.loads(json.dumps(data, cls=JSONEncoder))


def _stored(row: IdempotentRequest) -> Response:
    headers = {"Location": row.location} if row.location else None
    return Response(row.response, status=row.status, headers=headers)
