# ruff: noqa: S608 - fixed texts
"""Absences and placements change how a person stands, and a unit that is moved no longer takes along what belongs to just one unit."""

from importlib import import_module

from django.db import migrations

before = import_module("enrollments.migrations.0033_standing_triggers")
ALL_PNS = "SELECT id FROM accounts_user WHERE employment = 'pns' AND is_active AND agency_id IS NOT NULL"
TRIGGERS = {
    f"{name}_{event.lower()}": (table, event, f"SELECT DISTINCT person_id FROM {rows}")
    for name, table in (("absence", "accounts_absence"), ("placement", "accounts_placement"))
    for event, rows in {
        "INSERT": "new_rows",
        "DELETE": "old_rows",
        "UPDATE": "(SELECT * FROM new_rows UNION ALL SELECT * FROM old_rows) AS changed",
    }.items()
}
# Of a unit that is moved: those who served elsewhere too, joined since people's joining is told, or left. Of the others no sum changes.
MOVERS = f"""
        {before.STALE} SELECT DISTINCT p.person_id
            FROM new_rows n JOIN old_rows o USING (id) JOIN accounts_placement p ON p.agency_id = n.id JOIN accounts_user u ON u.id = p.person_id
            WHERE n.path <> o.path AND (NOT u.is_active OR p.from_on >= '2025-01-01'
            OR EXISTS (SELECT FROM accounts_placement q WHERE q.person_id = p.person_id AND q.agency_id <> p.agency_id));
"""
FOLLOW = (
    before.FOLLOW.partition("CREATE TRIGGER")[0]
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace(
        "WHERE c.value <> 0 GROUP BY 1, 2, 3, 4, 5",
        "WHERE c.value <> 0 AND c.measure NOT IN ('late', 'moved') GROUP BY 1, 2, 3, 4, 5",
    )
    .replace("        DROP TABLE moved_lines;", f"        DROP TABLE moved_lines;{MOVERS}")
)


def targeting(people: str) -> str:
    return "".join(
        f"""CREATE OR REPLACE FUNCTION standing_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {before.STALE} {people}; RETURN NULL; END $$;"""
        for name in ("target_set", "target_changed", "target_gone")
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_absences"), ("enrollments", "0038_told_apart")]

    operations = [
        *(migrations.RunSQL(before.marking(name, *of), before.dropping(name, of[0])) for name, of in TRIGGERS.items()),
        migrations.RunSQL(targeting(ALL_PNS), targeting(before.WITH_JP)),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
        migrations.RunSQL(before.EVERYBODY, migrations.RunSQL.noop),
    ]
