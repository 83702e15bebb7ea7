"""Who may do what with certificates."""

from typing import Any

from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers
from enrollments.certificates.models import Certificate, CorrectionRequest
from enrollments.cohorts.models import Cohort


def may_try_again(user: Any, certificate: Certificate) -> bool:
    """Training officers of the organiser may let a certificate that was put aside be tried anew."""
    return covers(user, certificate.series.organiser, RoleGrant.Role.OFFICER)


def may_revoke(user: Any, certificate: Certificate) -> bool:
    """Training officers of the organiser, and nobody their own."""
    is_own = user.pk == certificate.enrollment.learner_id
    return not is_own and covers(user, certificate.series.organiser, RoleGrant.Role.OFFICER)


def may_register(user: Any, cohort: Cohort) -> bool:
    """Training officers of the organiser enter what LAN gave."""
    return covers(user, cohort.organiser, RoleGrant.Role.OFFICER)


def may_confirm(user: Any, certificate: Certificate) -> bool:
    """The learner alone says whether their own name is right."""
    return bool(user.pk == certificate.enrollment.learner_id)


def may_settle(user: Any, request: CorrectionRequest) -> bool:
    """Training officers of the organiser, or of the learner's unit; never the learner themselves."""
    learner = request.certificate.enrollment.learner
    if user.pk == learner.pk:
        return False
    units = [request.certificate.series.organiser, *([learner.agency] if learner.agency else [])]
    return any(covers(user, unit, RoleGrant.Role.OFFICER) for unit in units)
