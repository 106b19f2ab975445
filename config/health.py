"""``/healthz``: is the database there, and how long does the oldest job wait?"""

from dataclasses import asdict

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse

from generation.metrics import queue_states


def healthz(request: HttpRequest) -> JsonResponse:
    """200 with the state of the queue, 503 when the database does not answer."""
    try:
        queue = {kind: asdict(state) for kind, state in queue_states().items()}
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok", "queue": queue})
