"""The tallies, counted again from the rows themselves (JP from the ledger): slow, simple, and sharing no code with the counting."""

from typing import Any

from django.db import connection

_TRUTH = """
    WITH events AS (
        SELECT e.agency_id, v.course_id, e.enrolled_at AS at, 'enrolled' AS measure, 1::numeric AS value
        FROM enrollments_enrollment e JOIN courses_courseversion v ON v.id = e.version_id
        UNION ALL
        SELECT e.completion_agency_id, v.course_id, e.completed_at, 'completed', 1
        FROM enrollments_enrollment e JOIN courses_courseversion v ON v.id = e.version_id WHERE e.status = 'completed'
        UNION ALL
        SELECT e.agency_id, v.course_id, e.completed_at, 'ended', 1
        FROM enrollments_enrollment e JOIN courses_courseversion v ON v.id = e.version_id WHERE e.status = 'completed'
        UNION ALL
        SELECT e.agency_id, v.course_id, e.withdrawn_at, 'withdrawn', 1
        FROM enrollments_enrollment e JOIN courses_courseversion v ON v.id = e.version_id WHERE e.status = 'withdrawn'
    ), months AS (
        SELECT ev.agency_id, ev.course_id, date_trunc('month', ev.at AT TIME ZONE a.zone)::date AS month, ev.measure, ev.value
        FROM events ev JOIN accounts_agency a ON a.id = ev.agency_id
        UNION ALL
        SELECT c.agency_id, v.course_id, date_trunc('month', p."on")::date, 'jp', p.credit - p.debit
        FROM enrollments_ledgerposting p JOIN enrollments_ledgerentry l ON l.id = p.entry_id JOIN enrollments_credit c ON c.id = l.about_id
        LEFT JOIN enrollments_enrollment e ON e.id = c.enrollment_id LEFT JOIN courses_courseversion v ON v.id = e.version_id
        WHERE p.account = 'counted'
    ), truth AS (
        SELECT agency_id, coalesce(course_id, 0) AS course_id, month, measure, sum(value) AS value FROM months GROUP BY 1, 2, 3, 4
    )"""
_RECOUNT = f"""{_TRUTH}, counted AS (
        SELECT agency_id, coalesce(course_id, 0) AS course_id, month, measure, sum(value) AS value FROM (
            SELECT agency_id, course_id, month, measure, value FROM enrollments_tally
            UNION ALL SELECT agency_id, course_id, month, measure, value FROM enrollments_tallydelta) AS both_parts
        GROUP BY 1, 2, 3, 4
    )
    SELECT a.code, coalesce(k.code, ''), month, measure, coalesce(c.value, 0), coalesce(t.value, 0)
    FROM truth t FULL JOIN counted c USING (agency_id, course_id, month, measure)
    JOIN accounts_agency a ON a.id = agency_id LEFT JOIN courses_course k ON k.id = course_id
    WHERE coalesce(t.value, 0) <> coalesce(c.value, 0)
    ORDER BY 1, 2, 3, 4
"""  # noqa: S608 - fixed texts


def differences(limit: int = 100) -> list[dict[str, Any]]:
    """Where the tallies disagree with the rows: `tallied` is what they say, `counted` what there is."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_RECOUNT} LIMIT %s", [limit])
        return [
            {
                "agency": agency,
                "course": course,
                "month": month.isoformat(),
                "measure": measure,
                "tallied": tallied,
                "counted": counted,
            }
            for agency, course, month, measure, tallied, counted in cursor.fetchall()
        ]


def tally_anew() -> None:
    """Write the tallies of a database that was filled by another way than its actions. Call it in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM enrollments_tallydelta")
        cursor.execute("DELETE FROM enrollments_tally")
        cursor.execute(
            f"""INSERT INTO enrollments_tally (agency_id, course_id, month, measure, value)
            {_TRUTH} SELECT agency_id, nullif(course_id, 0), month, measure, value FROM truth WHERE value <> 0"""  # noqa: S608 - fixed texts
        )
