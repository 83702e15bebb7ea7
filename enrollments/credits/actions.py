"""Crediting JP."""

from datetime import date

from enrollments.credits.models import Credit
from enrollments.enrolling.models import Enrollment


def credit_completion(enrollment: Enrollment, *, on: date) -> Credit:
    """Credit the version's JP for a completed place, once: a second call gives the first row again.

    `on` is the day of completion in the learner's zone; its year is the year in which the JP count.
    """
    agency = enrollment.completion_agency
    if agency is None:
        raise ValueError("only a completed place is credited")
    credit, _made = Credit.objects.get_or_create(
        enrollment=enrollment,
        defaults={
            "learner": enrollment.learner,
            "agency": agency,
            "jp": enrollment.version.jp,
            "on": on,
            "year": on.year,
        },
    )
    return credit
