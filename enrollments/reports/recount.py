"""The sums of units, counted again from the rows themselves (JP from the ledger): slow, simple, and sharing no code with the counting."""

from typing import Any

from django.db import connection, transaction

from accounts.agencies.models import Agency
from enrollments.standings.actions import ROOMY, count_anew

# Each unit with itself and every unit above it.
_LINES = f"""lines AS MATERIALIZED (
        SELECT a.id, above.id AS above FROM accounts_agency a
        CROSS JOIN LATERAL generate_series(1, a.depth) AS level JOIN accounts_agency above ON above.path = left(a.path, level * {Agency.steplen})
    )"""  # noqa: S608 - fixed texts
_TRUTH = f"""
    WITH {_LINES}, events AS (
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
    ), own AS (
        SELECT agency_id, month, measure, sum(value) AS value FROM months GROUP BY 1, 2, 3
    ), truth AS (
        SELECT l.above AS agency_id, o.month, o.measure, sum(o.value) AS value FROM own o JOIN lines l ON l.id = o.agency_id GROUP BY 1, 2, 3
    )"""  # noqa: S608 - fixed texts
_RECOUNT = f"""{_TRUTH}, counted AS (
        SELECT agency_id, month, measure, sum(value) AS value FROM (
            SELECT agency_id, month, measure, value FROM enrollments_tally
            UNION ALL
            SELECT l.above, d.month, d.measure, d.value FROM enrollments_tallydelta d JOIN lines l ON l.id = d.agency_id) AS both_parts
        GROUP BY 1, 2, 3
    )
    SELECT a.code, to_char(month, 'YYYY-MM'), measure, coalesce(c.value, 0), coalesce(t.value, 0)
    FROM truth t FULL JOIN counted c USING (agency_id, month, measure) JOIN accounts_agency a ON a.id = agency_id
    WHERE coalesce(t.value, 0) <> coalesce(c.value, 0)
    ORDER BY 1, 2, 3
"""  # noqa: S608 - fixed texts
# People whose standing is to be worked out anew are left out on both sides.
_STANDINGS = f"""
    WITH {_LINES}, settled AS (
        SELECT u.id, u.agency_id, u.employment, a.zone, (now() AT TIME ZONE a.zone)::date AS today
        FROM accounts_user u JOIN accounts_agency a ON a.id = u.agency_id
        WHERE u.is_active AND u.id NOT IN (SELECT learner_id FROM enrollments_stale)
    ), place AS (
        SELECT s.*, e.status, v.course_id, e.due_on, timezone(s.zone, e.enrolled_at) AS enrolled, timezone(s.zone, e.completed_at) AS completed,
               timezone(s.zone, e.last_activity_at) AS active_at
        FROM settled s, enrollments_enrollment e, courses_courseversion v WHERE e.learner_id = s.id AND v.id = e.version_id
    ), balance AS (
        SELECT s.id, s.agency_id, s.employment, p.year, sum(p.credit) - sum(p.debit) AS jp
        FROM settled s, enrollments_ledgerposting p WHERE p.learner_id = s.id AND p.account <> 'activity' AND p.account <> 'capped' GROUP BY 1, 2, 3, 4
    ), day_away AS (
        SELECT s.id, date_part('year', day)::int AS year, b.kind IN ('tugas_belajar', 'sementara', 'mpp', 'dibebaskan') AS is_exempt
        FROM settled s JOIN accounts_absence b ON b.person_id = s.id, generate_series(b.from_on, b.until_on, interval '1 day') AS day
    ), year AS (
        SELECT year FROM balance UNION SELECT year FROM day_away UNION SELECT generate_series(2025, date_part('year', now())::int)
    ), target AS (
        SELECT DISTINCT ON (b.year) b.year, t.kind, t.jp, t.absence_days, t.late_from_month FROM year b, enrollments_yearlytarget t
        WHERE t.employment = 'pns' AND b.year BETWEEN t.from_year AND coalesce(t.until_year, 9999) ORDER BY b.year, t.from_year DESC
    ), pns AS MATERIALIZED (
        SELECT s.id, s.agency_id, (SELECT min(p.from_on) FROM accounts_placement p WHERE (p.person_id, p.agency_id) = (s.id, s.agency_id) AND p.until_on IS NULL) AS since,
               EXISTS (SELECT FROM place WHERE place.id = s.id AND status = 'active') AS is_learning
        FROM settled s WHERE s.employment = 'pns'
    ), told_apart AS (
        SELECT s.*, y.year, CASE WHEN b.jp >= t.jp AND t.kind = 'floor' THEN 'reached' WHEN d.away >= coalesce(t.absence_days, 183) AND d.exempt >= d.away - d.exempt THEN 'exempt'
                            WHEN d.away >= coalesce(t.absence_days, 183) THEN 'leave' WHEN b.jp > 0 THEN 'some' END AS state
        FROM pns s JOIN (SELECT id, year FROM balance UNION SELECT id, year FROM day_away) y USING (id) LEFT JOIN target t USING (year)
        LEFT JOIN balance b USING (id, year)
        LEFT JOIN (SELECT id, year, count(*) AS away, count(*) FILTER (WHERE is_exempt) AS exempt FROM day_away GROUP BY 1, 2) d USING (id, year)
    ), just_here AS (
        SELECT l.above AS agency_id, 'late' AS measure, y.year,
               CASE WHEN a.state = 'some' THEN 3 WHEN s.is_learning THEN 1 ELSE 0 END AS item
        FROM pns s JOIN lines l ON l.id = s.agency_id JOIN year y ON y.year BETWEEN 2025 AND date_part('year', s.since)
        LEFT JOIN target t USING (year) LEFT JOIN told_apart a ON (a.id, a.year) = (s.id, y.year)
        WHERE coalesce(a.state, 'some') = 'some' AND NOT EXISTS (
            SELECT FROM accounts_placement p JOIN lines o ON o.id = p.agency_id WHERE p.person_id = s.id AND o.above = l.above
            AND daterange(p.from_on, p.until_on, '[]') && daterange(make_date(y.year, 1, 1), make_date(y.year, coalesce(t.late_from_month, 10), 1)))
        UNION ALL SELECT * FROM (
            SELECT DISTINCT ON (l.above, y.year, u.id) l.above, 'moved', y.year, 0
            FROM accounts_user u JOIN accounts_placement p ON p.person_id = u.id JOIN lines l ON l.id = p.agency_id
            JOIN year y ON y.year BETWEEN 2025 AND date_part('year', CASE WHEN u.is_active AND u.agency_id IS NOT NULL THEN p.until_on
                                                                     ELSE coalesce(p.until_on, u.deactivated_on) END)
            WHERE date_part('year', p.from_on) <= y.year AND coalesce(p.until_on, u.deactivated_on) >= p.from_on
            AND u.id NOT IN (SELECT learner_id FROM enrollments_stale)
            AND NOT EXISTS (SELECT FROM lines o WHERE u.is_active AND o.id = u.agency_id AND o.above = l.above)) AS gone
    ), each AS (
        SELECT agency_id, employment AS measure, 0 AS year, 0 AS item, '' AS month, 1::numeric AS value FROM settled
        UNION ALL SELECT agency_id, concat('jp_', employment), year, 0, '', jp FROM balance
        UNION ALL SELECT s.agency_id, 'jp_path', p.year, coalesce(c.path_id, 0), '', p.credit - p.debit FROM settled s
                  JOIN (enrollments_ledgerposting p JOIN enrollments_ledgerentry l ON l.id = p.entry_id LEFT JOIN enrollments_credit c ON c.id = l.about_id)
                  ON p.learner_id = s.id AND p.account <> 'activity' AND p.account <> 'capped'
        UNION ALL SELECT s.agency_id, 'jp_kind', p.year, coalesce((SELECT v.competency_id FROM enrollments_enrollment e, courses_courseversion v
                         WHERE e.id = c.enrollment_id AND v.id = e.version_id), 0), '', p.credit - p.debit FROM settled s
                  JOIN (enrollments_ledgerposting p JOIN enrollments_ledgerentry l ON l.id = p.entry_id LEFT JOIN enrollments_credit c ON c.id = l.about_id)
                  ON p.learner_id = s.id AND p.account <> 'activity' AND p.account <> 'capped'
        UNION ALL SELECT b.agency_id, 'reached', b.year, 0, '', 1 FROM balance b NATURAL JOIN (SELECT year, jp AS floor FROM target WHERE kind = 'floor') t
                  WHERE b.employment = 'pns' AND b.jp >= t.floor
        UNION ALL SELECT b.agency_id, 'step', b.year, div(least(b.jp, t.floor), 5)::int, '', 1
                  FROM balance b NATURAL JOIN (SELECT year, jp AS floor FROM target WHERE kind = 'floor') t WHERE b.employment = 'pns' AND b.jp >= 5
        UNION ALL SELECT agency_id, 'state', year, CASE state WHEN 'exempt' THEN 1 WHEN 'leave' THEN 2 ELSE 3 END, '', 1 FROM told_apart WHERE state <> 'reached'
        UNION ALL SELECT p.agency_id, 'open', y.year, CASE WHEN p.is_learning AND p.since IS NULL THEN 3 WHEN p.is_learning THEN 1 ELSE 2 END, '', 1
                  FROM pns p JOIN (SELECT id, year FROM told_apart WHERE state IS NOT NULL UNION ALL SELECT id, 0 FROM pns) y USING (id)
                  WHERE p.is_learning OR p.since IS NULL
        UNION ALL SELECT agency_id, 'enrolled', date_part('year', enrolled)::int, 0, '', 1 FROM place
        UNION ALL SELECT agency_id, 'completed', date_part('year', completed)::int, 0, '', 1 FROM place WHERE completed IS NOT NULL
        UNION ALL SELECT agency_id, 'active', 0, 0, '', 1 FROM place WHERE status = 'active'
        UNION ALL SELECT agency_id, 'due', 0, 0, to_char(due_on, 'YYYY-MM'), 1 FROM place WHERE status = 'active' AND due_on IS NOT NULL
        UNION ALL SELECT agency_id, 'c_enrolled', date_part('year', enrolled)::int, course_id, '', 1 FROM place
        UNION ALL SELECT agency_id, 'c_completed', date_part('year', completed)::int, course_id, '', 1 FROM place WHERE completed IS NOT NULL
        UNION ALL SELECT agency_id, 'c_active', 0, course_id, '', 1 FROM place WHERE status = 'active'
        UNION ALL SELECT agency_id, 'c_due', 0, course_id, '', 1 FROM place WHERE status = 'active' AND due_on IS NOT NULL
        UNION ALL SELECT agency_id, 'studied', 0, 0, '', count(DISTINCT id) FROM place WHERE active_at >= today - 6 GROUP BY 1
    ), own AS (
        SELECT agency_id, measure, year, item, month, sum(value) AS value FROM each GROUP BY 1, 2, 3, 4, 5
    ), truth AS (
        SELECT l.above AS agency_id, o.measure, o.year, o.item, o.month, sum(o.value) AS value
        FROM own o JOIN lines l ON l.id = o.agency_id GROUP BY 1, 2, 3, 4, 5
        UNION ALL SELECT agency_id, measure, year, item, '', count(*) FROM just_here GROUP BY 1, 2, 3, 4
    ), unsettled AS (
        SELECT l.above AS agency_id, c ->> 0 AS measure, (c ->> 1)::int AS year, (c ->> 2)::bigint AS item, (c ->> 3)::date AS day, -(c ->> 4)::numeric AS value
        FROM enrollments_standing s CROSS JOIN jsonb_array_elements(s.counts) c
        JOIN lines l ON l.id = coalesce((c ->> 5)::bigint, s.agency_id) AND (c ->> 5 IS NULL OR l.above = l.id)
        WHERE s.learner_id IN (SELECT learner_id FROM enrollments_stale)
    ), counted AS (
        SELECT k.agency_id, k.measure, k.year, k.item, CASE k.measure WHEN 'due' THEN to_char(k.day, 'YYYY-MM') ELSE '' END AS month, sum(k.value) AS value
        FROM (SELECT agency_id, measure, year, item, day, value FROM enrollments_unitcount UNION ALL SELECT * FROM unsettled) AS k
        JOIN accounts_agency a ON a.id = k.agency_id
        WHERE k.measure <> 'first' AND (k.measure <> 'studied' OR k.day >= (now() AT TIME ZONE a.zone)::date - 6) GROUP BY 1, 2, 3, 4, 5
    )
    SELECT a.code, concat_ws(' ', nullif(month, ''), nullif(year, 0), nullif(item, 0)), measure, coalesce(c.value, 0), coalesce(t.value, 0)
    FROM truth t FULL JOIN counted c USING (agency_id, measure, year, item, month) JOIN accounts_agency a ON a.id = agency_id
    WHERE coalesce(t.value, 0) <> coalesce(c.value, 0)
    ORDER BY 1, 2, 3
"""  # noqa: S608 - fixed texts


def differences(limit: int = 100) -> list[dict[str, Any]]:
    """Where sums disagree with the rows: `tallied` is what they say, `counted` what there is; `of`: month, year or course."""
    return [*_found(_RECOUNT, limit), *standing_differences(limit)][:limit]


def standing_differences(limit: int = 100) -> list[dict[str, Any]]:
    """The same for how people stand today, without what happened in which month."""
    return _found(_STANDINGS, limit)


def _found(sql: str, limit: int) -> list[dict[str, Any]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROOMY)
        cursor.execute(f"{sql} LIMIT %s", [limit])
        return [
            {"agency": agency, "of": of, "measure": measure, "tallied": tallied, "counted": counted}
            for agency, of, measure, tallied, counted in cursor.fetchall()
        ]


def tally_anew() -> None:
    """Write the sums of a database that was filled by another way than its actions. Call it in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(ROOMY)
        cursor.execute("DELETE FROM enrollments_tallydelta")
        cursor.execute("DELETE FROM enrollments_tally")
        cursor.execute(
            f"""INSERT INTO enrollments_tally (agency_id, month, measure, value)
            {_TRUTH} SELECT agency_id, month, measure, value FROM truth WHERE value <> 0"""  # noqa: S608 - fixed texts
        )
    count_anew()
