"""Who may judge a version, and from which state a version may leave."""

from typing import Any

from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers
from courses.structure.models import CourseVersion


def may_be_reviewer(person: Any, version: CourseVersion) -> bool:
    """A reviewer of the organiser, active, and never an author of this version: nobody judges their own work."""
    return (
        person.is_active
        and covers(person, version.course.organiser, RoleGrant.Role.REVIEWER)
        and not version.authors.filter(pk=person.pk).exists()
    )


def may_review(user: Any, version: CourseVersion) -> bool:
    """The one named reviewer, as long as they still may be it."""
    return version.reviewer_id == user.pk and may_be_reviewer(user, version)
