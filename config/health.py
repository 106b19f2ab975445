"""``/healthz``: is the database there, and how long does the oldest job wait?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from generation.metrics import queue_depth


def healthz(request: HttpRequest) -> JsonResponse:
    """200 with the depth of the queue, 503 when the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return JsonResponse({"status": "ok", "queue": queue_depth()})
    except DatabaseError:
        return JsonResponse({"status": "database does not answer"}, status=503)
