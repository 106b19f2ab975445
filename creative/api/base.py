"""What all views of the API share: who calls, pages of a list, and the parameters that the schema names."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from billing.access import Actor
from billing.models import Organization

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Any text of up to 200 characters. The same key with the same body gives the same answer again.",
)


class Pages(CursorPagination):
    """Newest first. ``next`` holds the address of the following page, or null."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "limit"
    ordering = "-id"


class DeskView(APIView):
    """A view of one tenant's rows."""

    @property
    def actor(self) -> Actor:
        """Set by ``billing.authentication``; ``HasOrganization`` lets nobody in without one."""
        return self.request.auth

    @property
    def organization(self) -> Organization:
        return self.actor.organization

    def page(self, request: Request, rows: "QuerySet", shape: Callable[..., BaseSerializer]) -> Response:  # type: ignore[type-arg]
        pages = Pages()
        found = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(shape(found, many=True, context={"request": request}).data)


def absolute(request: HttpRequest | Request | None, path: str) -> str:
    return path if request is None else request.build_absolute_uri(path)
