"""Who the session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.people.models import User


class SessionBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's, reading the person with their unit: every page needs the zone in which their days are counted."""

    def get_user(self, user_id: int) -> User | None:
        person = User.objects.select_related("agency").filter(pk=user_id).first()
        return person if person is not None and self.user_can_authenticate(person) else None
