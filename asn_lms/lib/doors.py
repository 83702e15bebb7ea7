"""Doors of rooms: a page that belongs to a role is served to nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def for_roles(*roles: str) -> Callable[[View], View]:
    """Serve the view to signed-in people who bear one of the roles anywhere; to others it answers 403.

    What they see behind the door is narrowed by the view's gate.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not getattr(request.user, "reach", lambda *_roles: [])(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard
