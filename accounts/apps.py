"""The accounts app: people, agencies, roles, audit, notices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and agencies")

    def ready(self) -> None:
        from accounts import tasks  # noqa: F401 - so that later("…") knows every name
