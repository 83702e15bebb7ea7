from django.db import migrations

# What is missing to the truth, so that a second run adds nothing and what was counted meanwhile counts once.
COUNT = """
    INSERT INTO enrollments_tallydelta (agency_id, course_id, month, measure, value, at)
    SELECT agency_id, course_id, month, 'ended', sum(value), now() FROM (
        SELECT e.agency_id, v.course_id, date_trunc('month', e.completed_at AT TIME ZONE a.zone)::date AS month, 1 AS value
        FROM enrollments_enrollment e
        JOIN courses_courseversion v ON v.id = e.version_id JOIN accounts_agency a ON a.id = e.agency_id
        WHERE e.status = 'completed'
        UNION ALL
        SELECT agency_id, course_id, month, -value FROM enrollments_tally WHERE measure = 'ended'
        UNION ALL
        SELECT agency_id, course_id, month, -value FROM enrollments_tallydelta WHERE measure = 'ended') AS missing
    GROUP BY agency_id, course_id, month HAVING sum(value) <> 0
"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0006_ended_places")]

    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
