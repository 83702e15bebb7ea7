"""What waits for a training officer: counted, with the page where it is done."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, OuterRef, Q

from accounts.agencies.models import below
from accounts.notices.models import Notice
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from courses.structure.models import Course, CourseVersion, ReviewComment
from enrollments.claims.queries import waiting_for
from enrollments.rosters.queries import CohortRow, list_cohorts

COHORTS_SHOWN = 5


@dataclass(frozen=True)
class Desk:
    """Counts of what needs a hand; a zero is not shown."""

    # Approved by the reviewer, not yet published
    ready: int
    # Sent back with comments
    returned: int
    drafts: int
    in_review: int
    cohorts: list[CohortRow]
    cohorts_total: int
    # Mail that could not go out
    mail: int
    # Learning outside that waits to be verified
    claims: int
    # People who never signed in
    inactive: int

    @property
    def is_clear(self) -> bool:
        return not (self.ready or self.returned or self.cohorts or self.mail or self.claims)


def desk_of(officer: User) -> Desk:
    """Seven queries, whatever there is."""
    state = CourseVersion.State
    talk = ReviewComment.objects.open().filter(version=OuterRef("pk"))
    counts: dict[str, Any] = (
        CourseVersion.objects.filter(course__in=Course.objects.managed_by(officer))
        .annotate(has_talk=Exists(talk))
        .aggregate(
            ready=Count("pk", filter=Q(state=state.APPROVED, publish_at__isnull=True)),
            returned=Count("pk", filter=Q(state=state.DRAFT, has_talk=True)),
            drafts=Count("pk", filter=Q(state=state.DRAFT, has_talk=False)),
            in_review=Count("pk", filter=Q(state=state.IN_REVIEW)),
        )
    )
    cohorts = list_cohorts(officer, phase="hand")
    paths = paths_of(officer, RoleGrant.Role.OFFICER)
    waiting = User.objects.filter(
        below(paths, "agency__"), is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    stuck = Notice.objects.seen_by_office(officer).filter(mail_state__in=[Notice.Mail.FAILED, Notice.Mail.HELD])
    return Desk(
        **counts,
        cohorts=cohorts.rows[:COHORTS_SHOWN],
        cohorts_total=cohorts.counts["hand"],
        mail=stuck.count(),
        claims=waiting_for(officer),
        inactive=waiting.count(),
    )
