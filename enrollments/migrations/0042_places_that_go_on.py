# ruff: noqa: S608 - fixed texts
"""A place that goes on in the same unit, with another post or golongan, leaves everybody's sums as they are: nobody becomes stale.

A standing asks of placements only who served where from when until when. So two changes cannot change it: another post, golongan or
status in a placement whose person, unit and days stay; and an open placement that ends on the day before the next one begins, of the same
person in the same unit, while that is the unit in which the person serves. The days served there are the same days, only in two rows.

That both were one change is told by the rows: one statement wrote them (`xmin` and `cmin`). Written one after the other, each marks the
person. The person's own row must have been written by the same transaction (for savepoints: in the same one), before: so nobody else moves
them, unseen, until it ends.
"""

from importlib import import_module

from django.db import migrations

before = import_module("enrollments.migrations.0033_standing_triggers")
told = import_module("enrollments.migrations.0039_absences_and_moves")
# `gone`: the row that ended; `next`: the one that goes on. LIMIT keeps it a question about one row: otherwise PostgreSQL joins all placements
# first.
GOES_ON = """
    SELECT true AS is_so FROM accounts_placement next JOIN accounts_placement gone ON gone.person_id = next.person_id
    JOIN accounts_user u ON u.id = next.person_id
    WHERE {which} AND next.agency_id = gone.agency_id AND next.from_on = gone.until_on + 1 AND next.until_on IS NULL
    AND next.xmin = gone.xmin AND next.cmin = gone.cmin AND u.xmin = next.xmin AND u.is_active AND u.agency_id = next.agency_id LIMIT 1
"""
WHERE = "({row}.person_id, {row}.agency_id, {row}.from_on, {row}.until_on)"
ENDED = f"""
    SELECT DISTINCT unnest(ARRAY[o.person_id, n.person_id]) FROM new_rows n JOIN old_rows o USING (id)
    LEFT JOIN LATERAL ({GOES_ON.format(which="gone.id = n.id")}) AS goes_on
    ON o.until_on IS NULL AND (o.person_id, o.agency_id, o.from_on) = (n.person_id, n.agency_id, n.from_on)
    WHERE goes_on.is_so IS NULL AND {WHERE.format(row="o")} IS DISTINCT FROM {WHERE.format(row="n")}
"""
BEGUN = f"""
    SELECT DISTINCT n.person_id FROM new_rows n LEFT JOIN LATERAL ({GOES_ON.format(which="next.id = n.id")}) AS goes_on ON true
    WHERE goes_on.is_so IS NULL
"""


def marking(name: str, select: str) -> str:
    return f"""CREATE OR REPLACE FUNCTION standing_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {before.STALE} {select}; RETURN NULL; END $$;"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0041_certificates_by_delivery")]

    operations = [
        migrations.RunSQL(marking(name, people), marking(name, told.TRIGGERS[name][2]))
        for name, people in {"placement_update": ENDED, "placement_insert": BEGUN}.items()
    ]
