"""Whether the product can serve."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and its schema is there;

    503 with the reason's name otherwise. No secrets, no versions.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM creations_creation LIMIT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "reason": "database"}, status=503)
    return JsonResponse({"status": "ok"})
