"""The learner's own way to the file leads past the survey, where the course says so.

Which doors are the learner's own, and which the office's or anybody's: docs/decisions/answers-before-the-download.md.
"""

from typing import Any

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal
from enrollments.certificates.models import Certificate
from enrollments.surveys.queries import left_before_download

# What `refuse_unanswered` reads beside the certificate, for `select_related`.
WITH_SURVEY = ("enrollment__version", "enrollment__cohort__organiser")


class AnswersFirst(Refusal):
    """Some questions stand before the download."""

    def __init__(self) -> None:
        super().__init__(
            _("A short survey stands before the download, about a minute. Answer it in the application, then download.")
        )


def refuse_unanswered(certificate: Certificate, user: Any) -> None:
    """Raises AnswersFirst for the learner themselves while questions are left; an officer's download is the office's."""
    if certificate.enrollment.learner_id == user.pk and left_before_download(certificate.enrollment):
        raise AnswersFirst
