"""One person's learning as their head sees it: places and JP, never answers."""

from dataclasses import dataclass
from datetime import date

from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.reading import behind_the_wall
from enrollments.certificates.models import Certificate
from enrollments.credits.queries import YearOfCredit, year_of_credit
from enrollments.enrolling.models import Enrollment


@dataclass(frozen=True)
class PlaceRow:
    enrollment: Enrollment
    is_overdue: bool
    certificate: Certificate | None


@dataclass(frozen=True)
class Record:
    person: User
    credit: YearOfCredit
    places: list[PlaceRow]
    today: date


def record_of(person: User, year: int) -> Record:
    """All places of the person, wherever they took them, newest first; four queries."""
    return behind_the_wall([person.agency.path] if person.agency else [], lambda: _record(person, year))


def _record(person: User, year: int) -> Record:
    today = local_day(person.zone)
    places = list(
        Enrollment.objects.filter(learner=person)
        .select_related("version__course", "cohort", "agency", "completion_agency")
        .order_by("-enrolled_at", "-pk")
    )
    papers = {paper.enrollment_id: paper for paper in Certificate.objects.live().filter(enrollment__in=places)}
    rows = [
        PlaceRow(
            place,
            place.status == Enrollment.Status.ACTIVE and place.due_on is not None and place.due_on < today,
            papers.get(place.pk),
        )
        for place in places
    ]
    return Record(person, year_of_credit(person, year), rows, today)
