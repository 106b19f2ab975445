"""The content security policy of every page: our own origin only, no inline script."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# Swagger's page and Django's admin carry inline styles (and Swagger an inline script) that we do not control.
RELAXED_PREFIXES = ("/api/v1/docs", "/admin/")
RELAXED = POLICY + "; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'"


class ContentSecurityPolicy:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = RELAXED if request.path.startswith(RELAXED_PREFIXES) else POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response
