"""A report's numbers, counted a second time: from enrolments and people alone, in SQL that shares nothing with the product's.

Units are named by their ids, JP come from what was completed and not from the credits, months from the instants themselves.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

ZONE = "Asia/Jakarta"


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"zone": ZONE, **values})
        return list(cursor.fetchall())


def one(sql: str, **values: Any) -> Any:
    return rows(sql, **values)[0][0]


@dataclass(frozen=True)
class People:
    """Who serves in some units today, and what JP each has in the year."""

    units: list[int]
    year: int

    def of(self, employment: str) -> int:
        sql = (
            "SELECT count(*) FROM accounts_user WHERE is_active AND agency_id = ANY(%(units)s) AND employment = %(as)s"
        )
        return int(one(sql, units=self.units, **{"as": employment}))

    def jp(self) -> dict[int, int]:
        """JP of each active PNS by id; who has none has 0."""
        sql = """
            SELECT u.id, (SELECT coalesce(sum(v.jp), 0) FROM enrollments_enrollment e JOIN courses_courseversion v ON v.id = e.version_id
                          WHERE e.learner_id = u.id AND e.status = 'completed'
                          AND to_char(e.completed_at AT TIME ZONE %(zone)s, 'YYYY') = %(year)s)
            FROM accounts_user u WHERE u.is_active AND u.employment = 'pns' AND u.agency_id = ANY(%(units)s)
        """
        return {pk: int(jp) for pk, jp in rows(sql, units=self.units, year=str(self.year))}

    def reached(self, floor: int) -> int:
        return sum(jp >= floor for jp in self.jp().values())

    def reached_by(self, month: date, floor: int) -> int:
        """Today's PNS who had the floor when that month ended."""
        sql = """
            SELECT count(*) FROM (
                SELECT e.learner_id FROM enrollments_enrollment e
                JOIN courses_courseversion v ON v.id = e.version_id JOIN accounts_user u ON u.id = e.learner_id
                WHERE u.is_active AND u.employment = 'pns' AND u.agency_id = ANY(%(units)s) AND e.status = 'completed'
                AND to_char(e.completed_at AT TIME ZONE %(zone)s, 'YYYY-MM') BETWEEN %(first)s AND %(last)s
                GROUP BY 1 HAVING sum(v.jp) >= %(floor)s) AS enough
        """
        first, last = f"{month.year}-01", f"{month:%Y-%m}"
        return int(one(sql, units=self.units, first=first, last=last, floor=floor))

    def places(self, today: date, course: int | None = None, cohort: int | None = None) -> tuple[int, int, int, int]:
        """Enrolled in the year, in progress, completed in the year, overdue."""
        sql = """
            SELECT count(*) FILTER (WHERE to_char(e.enrolled_at AT TIME ZONE %(zone)s, 'YYYY') = %(year)s),
                   count(*) FILTER (WHERE e.status = 'active'),
                   count(*) FILTER (WHERE to_char(e.completed_at AT TIME ZONE %(zone)s, 'YYYY') = %(year)s),
                   count(*) FILTER (WHERE e.status = 'active' AND e.due_on < %(today)s)
            FROM enrollments_enrollment e
            WHERE e.learner_id IN (SELECT id FROM accounts_user WHERE is_active AND agency_id = ANY(%(units)s))
            AND (%(course)s IS NULL OR e.version_id IN (SELECT id FROM courses_courseversion WHERE course_id = %(course)s))
        """
        return rows(sql, units=self.units, year=str(self.year), today=today, course=course)[0]

    def studied(self, now: datetime) -> int:
        """People who did something in a course on one of the last seven days, today included."""
        sql = """
            SELECT count(*) FROM accounts_user u WHERE u.is_active AND u.agency_id = ANY(%(units)s) AND EXISTS (
                SELECT 1 FROM enrollments_enrollment e WHERE e.learner_id = u.id
                AND (%(now)s AT TIME ZONE %(zone)s)::date - (e.last_activity_at AT TIME ZONE %(zone)s)::date < 7)
        """
        return int(one(sql, units=self.units, now=now))

    def month(self, month: date, today: date) -> tuple[int, int, int, int, int]:
        """Enrolled, in progress when it ended, completed, overdue, JP. All but overdue stay with the unit where they happened."""
        sql = """
            SELECT count(*) FILTER (WHERE e.agency_id = ANY(%(units)s) AND to_char(e.enrolled_at AT TIME ZONE %(zone)s, 'YYYY-MM') = %(month)s),
                   count(*) FILTER (WHERE e.agency_id = ANY(%(units)s) AND to_char(e.enrolled_at AT TIME ZONE %(zone)s, 'YYYY-MM') <= %(month)s
                                    AND coalesce(to_char(coalesce(e.completed_at, e.withdrawn_at) AT TIME ZONE %(zone)s, 'YYYY-MM'), '9') > %(month)s),
                   count(*) FILTER (WHERE e.completion_agency_id = ANY(%(units)s)
                                    AND to_char(e.completed_at AT TIME ZONE %(zone)s, 'YYYY-MM') = %(month)s),
                   count(*) FILTER (WHERE u.is_active AND u.agency_id = ANY(%(units)s) AND e.status = 'active' AND e.due_on < %(today)s
                                    AND to_char(e.due_on, 'YYYY-MM') = %(month)s),
                   coalesce(sum(v.jp) FILTER (WHERE e.completion_agency_id = ANY(%(units)s)
                                              AND to_char(e.completed_at AT TIME ZONE %(zone)s, 'YYYY-MM') = %(month)s), 0)::int
            FROM enrollments_enrollment e
            JOIN accounts_user u ON u.id = e.learner_id JOIN courses_courseversion v ON v.id = e.version_id
        """
        return rows(sql, units=self.units, month=f"{month:%Y-%m}", today=today)[0]


def percent(part: int, whole: int) -> str:
    """`63,4%`: halves upwards, and never all before all are counted. In whole numbers only."""
    if not whole:
        return "–"
    tenths = min((part * 2000 + whole) // (2 * whole), 1000 if part == whole else 999)
    return f"{tenths // 10}{f',{tenths % 10}' if tenths % 10 else ''}%"


def cohort_counts(cohort: int, today: date) -> dict[str, int]:
    """What a training officer sees of a cohort: seats taken, and people by how they stand."""
    sql = """
        SELECT count(*) FILTER (WHERE status <> 'withdrawn'), count(*) FILTER (WHERE status = 'active'),
               count(*) FILTER (WHERE status = 'active' AND started_at IS NULL), count(*) FILTER (WHERE status = 'active' AND due_on < %(today)s),
               count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'withdrawn')
        FROM enrollments_enrollment WHERE cohort_id = %(cohort)s
    """
    names = ("", "active", "waiting", "overdue", "completed", "withdrawn")
    return dict(zip(names, rows(sql, cohort=cohort, today=today)[0], strict=True))
