"""Tallies become sums of a unit and everything below it: what was folded is unfolded, and folded anew by the clock."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0030_national_questionnaires")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO enrollments_tallydelta (agency_id, course_id, month, measure, value, at)
            SELECT agency_id, course_id, month, measure, value, now() FROM enrollments_tally WHERE value <> 0;
            DELETE FROM enrollments_tally;
            """,
            migrations.RunSQL.noop,
        )
    ]
