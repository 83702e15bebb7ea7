"""GET /healthz: what watches us asks here."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while pages can be served, 503 when the database cannot answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = "ok"
    except DatabaseError:
        database = "down"
    return JsonResponse(
        {"status": "ok" if database == "ok" else "down", "database": database}, status=200 if database == "ok" else 503
    )
