"""What somebody adds to the sums of their unit, worked out from the rows themselves: the one place that says so.

SQL texts; `{people}` is an array of person ids. Days and years are those of the person's own unit.
"""

from accounts.agencies.models import Agency
from enrollments.credits.queries import COUNTED_SQL

# (learner_id, agency_id, measure, year, item, day, value) of all these people. Who is not active, or nowhere, has no row.
_FRESH = """
    WITH people AS MATERIALIZED (
        SELECT u.id, u.agency_id, u.employment, a.zone
        FROM unnest({people}) AS wanted (id) JOIN accounts_user u ON u.id = wanted.id
        JOIN accounts_agency a ON a.id = u.agency_id WHERE u.is_active
    ), months AS (
        SELECT w.id, w.employment, p.year, extract(month FROM p."on")::int AS month, sum(p.credit - p.debit) AS jp
        FROM people w JOIN enrollments_ledgerposting p ON p.learner_id = w.id AND p.{counted} GROUP BY 1, 2, 3, 4
    ), floors AS (
        SELECT y.year, (SELECT CASE t.kind WHEN 'floor' THEN t.jp END FROM enrollments_yearlytarget t
                        WHERE t.employment = 'pns' AND t.from_year <= y.year AND coalesce(t.until_year, y.year) >= y.year
                        ORDER BY t.from_year DESC LIMIT 1) AS least
        FROM (SELECT DISTINCT year FROM months) AS y
    ), so_far AS (
        SELECT id, employment, year, month, sum(jp) OVER (PARTITION BY id, year ORDER BY month) AS jp,
               sum(jp) OVER (PARTITION BY id, year) AS whole FROM months
    ), years AS (
        SELECT s.id, s.employment, s.year, f.least, max(s.whole) AS jp, min(s.month) FILTER (WHERE s.jp >= f.least) AS first
        FROM so_far s JOIN floors f ON f.year = s.year GROUP BY 1, 2, 3, 4
    ), places AS (
        SELECT w.id, v.course_id, e.due_on, e.status = 'active' AS is_active,
               extract(year FROM e.enrolled_at AT TIME ZONE w.zone)::int AS enrolled,
               extract(year FROM e.completed_at AT TIME ZONE w.zone)::int AS completed,
               (e.last_activity_at AT TIME ZONE w.zone)::date AS studied
        FROM people w JOIN enrollments_enrollment e ON e.learner_id = w.id JOIN courses_courseversion v ON v.id = e.version_id
    ), counts AS (
        SELECT id, employment AS measure, 0 AS year, 0::bigint AS item, NULL::date AS day, 1::numeric AS value FROM people
        UNION ALL SELECT id, 'jp_' || employment, year, 0, NULL, jp FROM years
        UNION ALL SELECT id, 'reached', year, 0, NULL, 1 FROM years WHERE employment = 'pns' AND jp >= least
        UNION ALL SELECT id, 'first', year, first, NULL, 1 FROM years WHERE employment = 'pns' AND first IS NOT NULL
        UNION ALL SELECT id, 'step', year, floor(least(jp, least) / 5)::bigint, NULL, 1
                  FROM years WHERE employment = 'pns' AND jp >= 5 AND least IS NOT NULL
        UNION ALL SELECT id, 'c_enrolled', enrolled, course_id, NULL, count(*) FROM places GROUP BY 1, 3, 4
        UNION ALL SELECT id, 'c_completed', completed, course_id, NULL, count(*) FROM places WHERE completed IS NOT NULL GROUP BY 1, 3, 4
        UNION ALL SELECT id, 'c_active', 0, course_id, NULL, count(*) FROM places WHERE is_active GROUP BY 1, 4
        UNION ALL SELECT id, 'c_due', 0, course_id, due_on, count(*) FROM places WHERE is_active AND due_on IS NOT NULL GROUP BY 1, 4, 5
        UNION ALL SELECT id, 'enrolled', enrolled, 0, NULL, count(*) FROM places GROUP BY 1, 3
        UNION ALL SELECT id, 'completed', completed, 0, NULL, count(*) FROM places WHERE completed IS NOT NULL GROUP BY 1, 3
        UNION ALL SELECT id, 'active', 0, 0, NULL, count(*) FROM places WHERE is_active GROUP BY 1
        UNION ALL SELECT id, 'due', 0, 0, due_on, count(*) FROM places WHERE is_active AND due_on IS NOT NULL GROUP BY 1, 5
        UNION ALL SELECT id, 'studied', 0, 0, max(studied), 1 FROM places GROUP BY 1 HAVING max(studied) IS NOT NULL
    )
    SELECT w.id AS learner_id, w.agency_id, c.measure, c.year, c.item, c.day, c.value
    FROM counts c JOIN people w ON w.id = c.id WHERE c.value <> 0
"""
# The same of what was added to the sums already.
_KEPT = """
    SELECT s.learner_id, s.agency_id, c ->> 0 AS measure, (c ->> 1)::int AS year, (c ->> 2)::bigint AS item, (c ->> 3)::date AS day,
           (c ->> 4)::numeric AS value
    FROM enrollments_standing s CROSS JOIN LATERAL jsonb_array_elements(s.counts) AS c WHERE s.learner_id = ANY({people})
"""
# From rows of a unit to rows of that unit and all above it; `{rows}` has agency_id, measure, year, item, day, value.
_ROLLED = """
    SELECT above.id AS agency_id, r.measure, r.year, r.item, r.day, sum(r.value) AS value
    FROM {rows} AS r JOIN accounts_agency a ON a.id = r.agency_id
    CROSS JOIN LATERAL generate_series({step}, length(a.path), {step}) AS width
    JOIN accounts_agency above ON above.path = left(a.path, width)
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(r.value) <> 0
"""


def fresh(people: str) -> str:
    return _FRESH.format(people=people, counted=COUNTED_SQL)


def kept(people: str) -> str:
    return _KEPT.format(people=people)


def rolled_up(rows: str) -> str:
    return _ROLLED.format(rows=rows, step=Agency.steplen)


def changed(fresh_rows: str, kept_rows: str) -> str:
    """What the sums of each person's own unit lack: fresh rows less kept ones."""
    columns = "agency_id, measure, year, item, day"
    return f"""
        SELECT {columns}, sum(value) AS value FROM (
            SELECT {columns}, value FROM {fresh_rows} UNION ALL SELECT {columns}, -value FROM {kept_rows}) AS both_sides
        GROUP BY {columns} HAVING sum(value) <> 0
    """  # noqa: S608 - fixed texts
