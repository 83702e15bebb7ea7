# ruff: noqa: S608 - fixed texts
"""Whatever changes how a person stands leaves a row that says so, in the same transaction and whoever wrote it."""

from django.db import migrations

# What of a place, a person or a target matters for the sums; the hour, because days end on the hour in each zone.
PLACE = "({row}.learner_id, {row}.version_id, {row}.status, {row}.due_on, {row}.enrolled_at, {row}.completed_at, date_trunc('hour', {row}.last_activity_at))"
PERSON = "({row}.agency_id, {row}.is_active, {row}.employment)"
STALE = "INSERT INTO enrollments_stale (learner_id)"
STEP = 4


def marking(name: str, table: str, event: str, select: str) -> str:
    """A trigger that runs once for each statement, whatever the number of its rows."""
    seen = {
        "INSERT": "NEW TABLE AS new_rows",
        "DELETE": "OLD TABLE AS old_rows",
        "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    }[event]
    return f"""
        CREATE FUNCTION standing_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {STALE} {select}; RETURN NULL; END $$;
        CREATE TRIGGER standing_{name} AFTER {event} ON {table} REFERENCING {seen}
        FOR EACH STATEMENT EXECUTE FUNCTION standing_{name}();
    """


def differing(values: str) -> str:
    old, new = values.format(row="o"), values.format(row="n")
    return f"FROM new_rows n JOIN old_rows o USING (id) WHERE {old} IS DISTINCT FROM {new}"


WITH_JP = "SELECT u.id FROM accounts_user u WHERE u.employment = 'pns' AND EXISTS (SELECT FROM enrollments_ledgerposting p WHERE p.learner_id = u.id)"
TRIGGERS = {
    "place_taken": ("enrollments_enrollment", "INSERT", "SELECT DISTINCT learner_id FROM new_rows"),
    "place_changed": (
        "enrollments_enrollment",
        "UPDATE",
        f"SELECT DISTINCT unnest(ARRAY[o.learner_id, n.learner_id]) {differing(PLACE)}",
    ),
    "place_gone": ("enrollments_enrollment", "DELETE", "SELECT DISTINCT learner_id FROM old_rows"),
    "jp_posted": ("enrollments_ledgerposting", "INSERT", "SELECT DISTINCT learner_id FROM new_rows"),
    "person_came": ("accounts_user", "INSERT", "SELECT id FROM new_rows WHERE is_active AND agency_id IS NOT NULL"),
    "person_changed": ("accounts_user", "UPDATE", f"SELECT n.id {differing(PERSON)}"),
    "person_gone": ("accounts_user", "DELETE", "SELECT id FROM old_rows"),
    "zone_changed": (
        "accounts_agency",
        "UPDATE",
        "SELECT u.id FROM accounts_user u JOIN new_rows n ON n.id = u.agency_id JOIN old_rows o ON o.id = n.id WHERE o.zone <> n.zone",
    ),
    # A new rule of how many JP a year wants: whoever has any may have reached it, or no more.
    "target_set": ("enrollments_yearlytarget", "INSERT", WITH_JP),
    "target_changed": ("enrollments_yearlytarget", "UPDATE", WITH_JP),
    "target_gone": ("enrollments_yearlytarget", "DELETE", WITH_JP),
}

# Who moves a unit waits for who folds before its rows are locked: folding looks at these rows for its foreign keys.
WAIT = f"""
    CREATE FUNCTION standing_sums_wait() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock({0x5355_4D53}); RETURN NULL; END $$;
    CREATE TRIGGER standing_sums_wait BEFORE UPDATE OF path ON accounts_agency
    FOR EACH STATEMENT EXECUTE FUNCTION standing_sums_wait();
"""

# A unit that is moved takes its sums along: away from those that were above it, to those that are now.
FOLLOW = f"""
    CREATE FUNCTION standing_sums_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM new_rows n JOIN old_rows o USING (id) WHERE n.path <> o.path) THEN
            RETURN NULL;
        END IF;
        CREATE TEMP TABLE moved_lines ON COMMIT DROP AS
            WITH moved AS (
                SELECT n.id, o.path AS was, n.path AS now FROM new_rows n JOIN old_rows o USING (id) WHERE n.path <> o.path
            ), tops AS (
                SELECT m.* FROM moved m WHERE NOT EXISTS (SELECT FROM moved p WHERE p.was = left(m.was, length(m.was) - {STEP}))
            )
            SELECT t.id AS top, above.id AS above, sum(side.sign) AS sign
            FROM tops t CROSS JOIN LATERAL (VALUES (t.was, -1), (t.now, 1)) AS side (path, sign)
            CROSS JOIN LATERAL generate_series({STEP}, length(side.path) - {STEP}, {STEP}) AS width
            JOIN accounts_agency above ON above.path = left(side.path, width)
            GROUP BY 1, 2 HAVING sum(side.sign) <> 0;
        INSERT INTO enrollments_unitcount AS u (agency_id, measure, year, item, day, value)
            SELECT l.above, c.measure, c.year, c.item, c.day, sum(l.sign * c.value)
            FROM moved_lines l JOIN enrollments_unitcount c ON c.agency_id = l.top WHERE c.value <> 0 GROUP BY 1, 2, 3, 4, 5
            ON CONFLICT (agency_id, measure, year, item, day) DO UPDATE SET value = u.value + EXCLUDED.value;
        INSERT INTO enrollments_tally AS t (agency_id, month, measure, value)
            SELECT l.above, c.month, c.measure, sum(l.sign * c.value)
            FROM moved_lines l JOIN enrollments_tally c ON c.agency_id = l.top WHERE c.value <> 0 GROUP BY 1, 2, 3
            ON CONFLICT (agency_id, month, measure) DO UPDATE SET value = t.value + EXCLUDED.value;
        DROP TABLE moved_lines;
        RETURN NULL;
    END $$;
    CREATE TRIGGER standing_sums_follow AFTER UPDATE ON accounts_agency REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION standing_sums_follow();
"""
EVERYBODY = f"{STALE} SELECT id FROM accounts_user WHERE is_active AND agency_id IS NOT NULL"


def dropping(name: str, table: str) -> str:
    return f"DROP TRIGGER standing_{name} ON {table}; DROP FUNCTION standing_{name}();"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_privacy_notice_of_surveys"), ("enrollments", "0032_standings")]

    operations = [
        *(migrations.RunSQL(marking(name, *of), dropping(name, of[0])) for name, of in TRIGGERS.items()),
        migrations.RunSQL(WAIT, dropping("sums_wait", "accounts_agency")),
        migrations.RunSQL(FOLLOW, dropping("sums_follow", "accounts_agency")),
        migrations.RunSQL(EVERYBODY, migrations.RunSQL.noop),
    ]
