"""Who keeps questionnaires, and who may answer."""

from typing import Any

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers, has_role
from enrollments.enrolling.models import Enrollment
from enrollments.surveys.models import Invitation


def may_keep(user: Any, organiser: Agency | None) -> bool:
    """Training officers those of their organisers; the national ones, which have none, administrators alone."""
    if organiser is None:
        return has_role(user, RoleGrant.Role.ADMIN)
    return covers(user, organiser, RoleGrant.Role.OFFICER)


def may_set_terms(user: Any) -> bool:
    """Months and days are the same for everybody: administrators set them."""
    return has_role(user, RoleGrant.Role.ADMIN)


def may_judge(user: Any, place: Enrollment) -> bool:
    """Who has completed the course, and nobody for them."""
    return bool(user.pk == place.learner_id) and place.status == Enrollment.Status.COMPLETED


def may_answer(user: Any, invitation: Invitation) -> bool:
    """Who was asked, and nobody for them."""
    return bool(user.pk == invitation.person_id)
