"""The enrollments app: people meeting content."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentsConfig(AppConfig):
    name = "enrollments"
    verbose_name = _("Enrolments")

    def ready(self) -> None:
        from enrollments import tasks  # noqa: F401 - so that later("…") knows every name
