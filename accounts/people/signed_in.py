"""The request of somebody who signed in."""

from django.http import HttpRequest

from accounts.people.models import User


class SignedIn(HttpRequest):
    """What a view behind `login_required` gets: its `user` is a person. For annotations only; nobody makes one."""

    user: User
