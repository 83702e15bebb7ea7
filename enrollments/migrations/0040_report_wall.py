"""The second wall: a role that may only read, and only rows of the units that it was told (docs/decisions/the-second-wall.md).

A function of the database, since a server on which we may not make roles gets the wall later: `asn_lms.prepare` asks for it at each start.
"""

from django.db import migrations

# One of the units whose ids `asn.units` holds; none when nothing was said. The setting is read once for a statement, and the index of units is used.
_UNITS = "ANY ((SELECT nullif(current_setting('asn.units', true), '')::bigint[])::bigint[])"
# A person's rows go with the person. The conditions inside are subject to the policies of the tables that they ask.
_PERSON = "EXISTS (SELECT FROM accounts_user u WHERE u.id = {})"
POLICIES = {
    "accounts_user": f"agency_id = {_UNITS}",
    "accounts_personnumber": _PERSON.format("person_id"),
    "accounts_placement": _PERSON.format("person_id"),
    "accounts_absence": _PERSON.format("person_id"),
    "enrollments_standing": f"agency_id = {_UNITS}",
    "enrollments_unitcount": f"agency_id = {_UNITS}",
    "enrollments_tally": f"agency_id = {_UNITS}",
    "enrollments_tallydelta": f"agency_id = {_UNITS}",
    "enrollments_snapshot": f"agency_id = {_UNITS}",
    # Places of the people who serve here, wherever they took them; and what was completed here by who serves elsewhere now.
    "enrollments_enrollment": f"{_PERSON.format('learner_id')} OR completion_agency_id = {_UNITS}",
    "enrollments_ledgerposting": _PERSON.format("learner_id"),
    "enrollments_ledgerentry": "EXISTS (SELECT FROM enrollments_ledgerposting p WHERE p.entry_id = enrollments_ledgerentry.id)",
    "enrollments_credit": _PERSON.format("learner_id"),
    "enrollments_certificate": "EXISTS (SELECT FROM enrollments_enrollment e WHERE e.id = enrollment_id)",
    "enrollments_invitation": "EXISTS (SELECT FROM enrollments_enrollment e WHERE e.id = enrollment_id)",
    "enrollments_bundle": f"unit_id = {_UNITS}",
    "enrollments_answer": "EXISTS (SELECT FROM enrollments_bundle b WHERE b.id = bundle_id)",
}
# Read by reports, and nobody's secret: the tree, courses, questions, rules, names of cohorts, and numbers of people to be counted anew.
OPEN = (
    "accounts_agency",
    "courses_competencykind",
    "courses_course",
    "courses_courseversion",
    "courses_learningpath",
    "enrollments_cohort",
    "enrollments_question",
    "enrollments_questionnaire",
    "enrollments_questionnaireversion",
    "enrollments_stale",
    "enrollments_yearlytarget",
)
_VALUES = ", ".join("('{}', '{}')".format(table, wall.replace("'", "''")) for table, wall in POLICIES.items())

# Every other role goes on as before: the permissive policy is for all, and true; the restrictive one is for the role of reports alone.
RAISE = f"""
CREATE FUNCTION raise_report_wall() RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '5s' AS $wall$
DECLARE
    member text;
    named text;
    wall record;
BEGIN
    FOREACH named IN ARRAY ARRAY['asn_lms_reports', 'asn_lms_reports_all'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = named) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', named);
        END IF;
        -- Who may become the role must not have its policies all the time: INHERIT FALSE.
        FOR member IN SELECT rolname FROM pg_roles WHERE rolname IN (current_user, 'asn_lms_web') LOOP
            IF NOT pg_has_role(member, named, 'SET') THEN
                EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', named, member);
            END IF;
        END LOOP;
        IF NOT has_table_privilege(named, 'accounts_user', 'SELECT') THEN
            EXECUTE format('GRANT SELECT ON {", ".join([*POLICIES, *OPEN])} TO %I', named);
        END IF;
    END LOOP;
    FOR wall IN SELECT * FROM (VALUES {_VALUES}) AS walls (tablename, condition)
                WHERE NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = current_schema() AND p.tablename = walls.tablename) LOOP
        EXECUTE format('CREATE POLICY everybody_as_granted ON %I USING (true) WITH CHECK (true)', wall.tablename);
        EXECUTE format('CREATE POLICY reports_of_their_units ON %I AS RESTRICTIVE TO asn_lms_reports USING (%s)', wall.tablename, wall.condition);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', wall.tablename);
    END LOOP;
    RETURN true;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN false;
END
$wall$;
REVOKE ALL ON FUNCTION raise_report_wall() FROM PUBLIC;
SELECT raise_report_wall();
"""  # noqa: S608 - fixed texts
LOWER = (
    "".join(
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY; "
        f"DROP POLICY IF EXISTS reports_of_their_units ON {table}; DROP POLICY IF EXISTS everybody_as_granted ON {table}; "
        for table in POLICIES
    )
    + "DROP FUNCTION raise_report_wall();"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_absences"),
        ("courses", "0014_mobile_data_row"),
        ("enrollments", "0039_absences_and_moves"),
    ]

    operations = [migrations.RunSQL(RAISE, LOWER)]
