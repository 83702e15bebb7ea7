"""The team of who heads a unit: those who serve directly in it, and whether they learn this week."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.reading import behind_the_wall
from enrollments.enrolling.models import Enrollment
from enrollments.reports.figures import PersonRow
from enrollments.reports.staff import Column, Order, StaffPage, Whom, staff_page

WEEK = timedelta(days=7)
# A team is looked at to speak with somebody: what is over is on the page of each.
COLUMNS = (Column.NAME, Column.JP, Column.MISSING, Column.IN_PROGRESS, Column.OVERDUE)


@dataclass(frozen=True)
class Member:
    person: PersonRow
    # They opened a lesson within the last seven days
    is_learning: bool


@dataclass(frozen=True)
class Team:
    units: list[Agency]
    year: int
    found: StaffPage
    members: list[Member]
    # Of the whole team, not only of this page
    learning: int


def team_of(head: User, units: list[Agency], now: datetime, *, order: Order | None, after: str) -> Team:
    """A page of the team; who misses most JP stands first unless another order is asked for. At most five queries."""
    whom = Whom(tuple(units), is_direct=True, but=head.pk)
    return behind_the_wall(whom.paths, lambda: _team(whom, now, order, after))


def _team(whom: Whom, now: datetime, order: Order | None, after: str) -> Team:
    units = list(whom.units)
    today = local_day(units[0].zone, now)
    found = staff_page(whom, today.year, today, order=order, after=after, is_bounded=True)
    recent = Enrollment.objects.filter(
        learner__in=whom.people.order_by().values("pk"), last_activity_at__gte=now - WEEK
    )
    learning = set(recent.order_by().values_list("learner", flat=True).distinct())
    members = [Member(row, row.id in learning) for row in found.rows]
    return Team(units, today.year, found, members, len(learning))
