"""Who the session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.people.models import User
from accounts.signin.queries import person_of_session


class SessionBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's, reading the person with what every page asks about them."""

    def get_user(self, user_id: int) -> User | None:
        person = person_of_session(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None
