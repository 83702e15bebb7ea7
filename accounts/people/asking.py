"""Who is asking."""

from django.http import HttpRequest

from accounts.people.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person of a request; for views behind `login_required` and API routes behind `signed_in`."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("nobody is signed in: the view lacks login_required")
    return user
