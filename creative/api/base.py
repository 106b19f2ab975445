"""What all views of the API share: who calls, pages of a list, and addresses."""

from collections.abc import Callable
from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from billing.access import Actor
from billing.models import Organization


class Pages(CursorPagination):
    """Newest first. ``next`` holds the address of the following page, or null."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "limit"
    ordering = "-id"


class DeskView(APIView):
    """A view of one tenant's rows."""

    parser_classes = [JSONParser]

    @property
    def actor(self) -> Actor:
        """Set by ``billing.authentication``; ``HasOrganization`` lets nobody in without one."""
        return cast(Actor, self.request.auth)

    @property
    def organization(self) -> Organization:
        return self.actor.organization

    def page(self, request: Request, rows: "QuerySet", shape: Callable[..., BaseSerializer]) -> Response:  # type: ignore[type-arg]
        pages = Pages()
        found = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(shape(found, many=True, context={"request": request}).data)


def absolute(request: HttpRequest | Request | None, path: str) -> str:
    return path if request is None else request.build_absolute_uri(path)
