"""What somebody adds to the sums of their unit, worked out from the rows themselves: the one place that says so.

SQL texts; `{people}` is an array of person ids. Days and years are those of the person's own unit.
"""

from collections.abc import Iterable

from accounts.absences.models import LEAVE
from accounts.agencies.models import Agency
from enrollments.credits.queries import COUNTED_SQL
from enrollments.standings.models import DIRECT, FIRST_YEAR

# (learner_id, home_id, agency_id, measure, year, item, day, value) of all these people: to be added to the sums of `agency_id`. Who is not
# active, or nowhere, has rows only of where they served.
_FRESH = """
    WITH everybody AS MATERIALIZED (
        SELECT u.id, u.agency_id, u.employment, u.is_active AND u.agency_id IS NOT NULL AS serves, u.deactivated_on,
               coalesce(u.agency_id, (SELECT p.agency_id FROM accounts_placement p WHERE p.person_id = u.id ORDER BY p.from_on DESC LIMIT 1)) AS home_id
        FROM unnest({people}) AS wanted (id) JOIN accounts_user u ON u.id = wanted.id
    ), people AS MATERIALIZED (
        SELECT e.id, e.agency_id, e.employment, a.zone, a.path FROM everybody e JOIN accounts_agency a ON a.id = e.agency_id WHERE e.serves
    ), months AS (
        SELECT w.id, w.employment, p.year, extract(month FROM p."on")::int AS month, sum(p.credit - p.debit) AS jp
        FROM people w JOIN enrollments_ledgerposting p ON p.learner_id = w.id AND p.{counted} GROUP BY 1, 2, 3, 4
    ), kinds AS (
        SELECT w.id, p.year, coalesce(c.path_id, 0) AS path, coalesce(v.competency_id, 0) AS kind, sum(p.credit - p.debit) AS jp
        FROM people w JOIN enrollments_ledgerposting p ON p.learner_id = w.id AND p.{counted}
        JOIN enrollments_ledgerentry l ON l.id = p.entry_id LEFT JOIN enrollments_credit c ON c.id = l.about_id
        LEFT JOIN enrollments_enrollment e ON e.id = c.enrollment_id LEFT JOIN courses_courseversion v ON v.id = e.version_id GROUP BY 1, 2, 3, 4
    ), away AS (
        SELECT w.id, year, sum(d.days) AS days, coalesce(sum(d.days) FILTER (WHERE b.kind NOT IN ({leave})), 0) AS exempt
        FROM people w JOIN accounts_absence b ON b.person_id = w.id
        CROSS JOIN LATERAL generate_series(extract(year FROM b.from_on)::int, extract(year FROM b.until_on)::int) AS year
        CROSS JOIN LATERAL (SELECT least(b.until_on, make_date(year, 12, 31)) - greatest(b.from_on, make_date(year, 1, 1)) + 1 AS days) AS d
        WHERE w.employment = 'pns' GROUP BY 1, 2
    ), since AS (
        SELECT w.id, p.from_on FROM people w JOIN accounts_placement p ON p.person_id = w.id AND p.until_on IS NULL AND p.agency_id = w.agency_id
        WHERE w.employment = 'pns'
    ), joined AS (
        SELECT s.id, year FROM since s CROSS JOIN LATERAL generate_series({first_year}, extract(year FROM s.from_on)::int) AS year
    ), rules AS MATERIALIZED (
        SELECT y.year, CASE t.kind WHEN 'floor' THEN t.jp END AS least, coalesce(t.absence_days, 183) AS absence_days,
               make_date(y.year, coalesce(t.late_from_month, 10), 1) AS late_from
        FROM (SELECT year FROM months UNION SELECT year FROM away UNION SELECT year FROM joined) AS y
        LEFT JOIN LATERAL (SELECT t.kind, t.jp, t.absence_days, t.late_from_month FROM enrollments_yearlytarget t
                           WHERE t.employment = 'pns' AND t.from_year <= y.year AND coalesce(t.until_year, y.year) >= y.year
                           ORDER BY t.from_year DESC LIMIT 1) AS t ON true
    ), so_far AS (
        SELECT id, employment, year, month, sum(jp) OVER (PARTITION BY id, year ORDER BY month) AS jp,
               sum(jp) OVER (PARTITION BY id, year) AS whole FROM months
    ), years AS (
        SELECT s.id, s.employment, s.year, r.least, max(s.whole) AS jp, min(s.month) FILTER (WHERE s.jp >= r.least) AS first
        FROM so_far s JOIN rules r ON r.year = s.year GROUP BY 1, 2, 3, 4
    ), states AS MATERIALIZED (
        SELECT * FROM (
            SELECT id, year, CASE WHEN y.jp >= y.least THEN 0 WHEN a.days >= r.absence_days THEN CASE WHEN a.exempt * 2 >= a.days THEN 1 ELSE 2 END
                                  WHEN y.jp > 0 THEN 3 END AS item
            FROM (SELECT * FROM years WHERE employment = 'pns') AS y FULL JOIN away a USING (id, year) JOIN rules r USING (year)) AS s
        WHERE item IS NOT NULL
    ), places AS (
        SELECT w.id, v.course_id, e.due_on, e.status = 'active' AS is_active,
               extract(year FROM e.enrolled_at AT TIME ZONE w.zone)::int AS enrolled,
               extract(year FROM e.completed_at AT TIME ZONE w.zone)::int AS completed,
               (e.last_activity_at AT TIME ZONE w.zone)::date AS studied
        FROM people w JOIN enrollments_enrollment e ON e.learner_id = w.id JOIN courses_courseversion v ON v.id = e.version_id
    ), flags AS MATERIALIZED (
        SELECT w.id, CASE WHEN w.id IN (SELECT id FROM places WHERE is_active) THEN 1 ELSE 0 END
                   + CASE WHEN w.id IN (SELECT id FROM since) THEN 0 ELSE 2 END AS item
        FROM people w WHERE w.employment = 'pns'
    ), late AS (
        SELECT j.id, j.year, above.id AS agency_id, coalesce(s.item, f.item) AS item
        FROM joined j JOIN rules r ON r.year = j.year JOIN people w ON w.id = j.id JOIN flags f ON f.id = j.id
        LEFT JOIN states s ON s.id = j.id AND s.year = j.year
        CROSS JOIN LATERAL generate_series({step}, length(w.path), {step}) AS width
        JOIN accounts_agency above ON above.path = left(w.path, width)
        WHERE coalesce(s.item, 3) = 3 AND NOT EXISTS (
            SELECT FROM accounts_placement p JOIN accounts_agency a ON a.id = p.agency_id
            WHERE p.person_id = j.id AND a.path LIKE above.path || '%%' AND p.from_on < r.late_from
            AND coalesce(p.until_on, 'infinity') >= make_date(j.year, 1, 1))
    ), moved AS (
        SELECT DISTINCT e.id, year, above.id AS agency_id
        FROM everybody e JOIN accounts_placement p ON p.person_id = e.id
        CROSS JOIN LATERAL (SELECT coalesce(p.until_on, CASE WHEN NOT e.serves THEN e.deactivated_on END) AS until_on) AS l
        JOIN accounts_agency a ON a.id = p.agency_id LEFT JOIN people w ON w.id = e.id
        CROSS JOIN LATERAL generate_series(greatest({first_year}, extract(year FROM p.from_on)::int), extract(year FROM l.until_on)::int) AS year
        CROSS JOIN LATERAL generate_series({step}, length(a.path), {step}) AS width
        JOIN accounts_agency above ON above.path = left(a.path, width)
        WHERE l.until_on >= p.from_on AND (w.id IS NULL OR w.path NOT LIKE above.path || '%%')
    ), counts AS (
        SELECT id, employment AS measure, 0 AS year, 0::bigint AS item, NULL::date AS day, 1::numeric AS value FROM people
        UNION ALL SELECT id, 'jp_' || employment, year, 0, NULL, jp FROM years
        UNION ALL SELECT id, 'jp_path', year, path, NULL, sum(jp) FROM kinds GROUP BY 1, 3, 4
        UNION ALL SELECT id, 'jp_kind', year, kind, NULL, sum(jp) FROM kinds GROUP BY 1, 3, 4
        UNION ALL SELECT id, 'reached', year, 0, NULL, 1 FROM years WHERE employment = 'pns' AND jp >= least
        UNION ALL SELECT id, 'first', year, first, NULL, 1 FROM years WHERE employment = 'pns' AND first IS NOT NULL
        UNION ALL SELECT id, 'step', year, floor(least(jp, least) / 5)::bigint, NULL, 1
                  FROM years WHERE employment = 'pns' AND jp >= 5 AND least IS NOT NULL
        UNION ALL SELECT id, 'state', year, item, NULL, 1 FROM states WHERE item > 0
        UNION ALL SELECT id, 'open', 0, item, NULL, 1 FROM flags WHERE item > 0
        UNION ALL SELECT s.id, 'open', s.year, f.item, NULL, 1 FROM states s JOIN flags f ON f.id = s.id WHERE f.item > 0
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
    SELECT w.id AS learner_id, w.agency_id AS home_id, w.agency_id, c.measure, c.year, c.item, c.day, c.value
    FROM counts c JOIN people w ON w.id = c.id WHERE c.value <> 0
    UNION ALL SELECT l.id, w.agency_id, l.agency_id, 'late', l.year, l.item, NULL, 1 FROM late l JOIN people w ON w.id = l.id
    UNION ALL SELECT m.id, e.home_id, m.agency_id, 'moved', m.year, 0, NULL, 1 FROM moved m JOIN everybody e ON e.id = m.id
"""
# The same of what was added to the sums already.
_KEPT = """
    SELECT s.learner_id, s.agency_id AS home_id, coalesce((c ->> 5)::bigint, s.agency_id) AS agency_id, c ->> 0 AS measure, (c ->> 1)::int AS year,
           (c ->> 2)::bigint AS item, (c ->> 3)::date AS day, (c ->> 4)::numeric AS value
    FROM enrollments_standing s CROSS JOIN LATERAL jsonb_array_elements(s.counts) AS c WHERE s.learner_id = ANY({people})
"""
# From rows of a unit to rows of that unit and all above it, where they go up; `{rows}` has agency_id, measure, year, item, day, value.
_ROLLED = """
    SELECT above.id AS agency_id, r.measure, r.year, r.item, r.day, sum(r.value) AS value
    FROM {rows} AS r JOIN accounts_agency a ON a.id = r.agency_id
    CROSS JOIN LATERAL generate_series(CASE WHEN r.measure IN ({direct}) THEN length(a.path) ELSE {step} END, length(a.path), {step}) AS width
    JOIN accounts_agency above ON above.path = left(a.path, width)
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(r.value) <> 0
"""


def listed(codes: Iterable[str]) -> str:
    """Codes of ours as SQL texts."""
    return ", ".join(f"'{code}'" for code in sorted(codes))


def fresh(people: str) -> str:
    leave = listed(LEAVE)
    return _FRESH.format(people=people, counted=COUNTED_SQL, leave=leave, first_year=FIRST_YEAR, step=Agency.steplen)


def kept(people: str) -> str:
    return _KEPT.format(people=people)


def rolled_up(rows: str) -> str:
    return _ROLLED.format(rows=rows, step=Agency.steplen, direct=listed(DIRECT))


def changed(fresh_rows: str, kept_rows: str) -> str:
    """What the sums of each person's own unit lack: fresh rows less kept ones."""
    columns = "agency_id, measure, year, item, day"
    return f"""
        SELECT {columns}, sum(value) AS value FROM (
            SELECT {columns}, value FROM {fresh_rows} UNION ALL SELECT {columns}, -value FROM {kept_rows}) AS both_sides
        GROUP BY {columns} HAVING sum(value) <> 0
    """  # noqa: S608 - fixed texts
