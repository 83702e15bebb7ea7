"""The conversion table as rows, and credits of before as entries of the ledger."""

from datetime import date
from decimal import Decimal

from django.db import migrations

# As BPS applies it by its letter B-031/BPS/2600/02/2019, which follows the annex of Perlan 10/2018. The annex itself was not seen.
BASIS = "Lampiran Perlan 10/2018 sebagaimana diterapkan surat BPS B-031/BPS/2600/02/2019 (lampirannya belum diperiksa langsung)"
UPLIFT = f"{BASIS}; “20%” pada kolom internasional dibaca sebagai tambahan"
SINCE = date(2019, 1, 1)
# (paths, basis, JP national, JP international, uplift international, cap national, cap international, period); None: no row
TABLE = [
    ("PD01", "per_semester", 20, 20, 0, None, None, ""),
    ("KL01", "hours", 1, None, 0, None, None, ""),
    ("KL02 KL03 KL04 KL05", "hours", 1, 1, 20, None, None, ""),
    ("KL06 KL11", "per_day", 4, 6, 0, None, None, ""),
    ("KL07", "per_day", 5, 7, 0, None, None, ""),
    ("KL08 KL09 KL10", "hours", 1, 1, 20, None, None, ""),
    # Two sessions a month, of 2 and of 4 JP.
    ("NKL01 NKL02", "per_session", 2, 4, 0, 4, 8, "month"),
    ("NKL03", "hours", 1, 1, 0, 3, 4, "day"),
    ("NKL04 NKL06", "hours", 1, 1, 20, None, None, ""),
    ("NKL05 NKL08 NKL12", "per_event", 20, 24, 0, None, None, ""),
    ("NKL07", "per_event", 10, 20, 0, None, None, ""),
    # 20 % more of everything, of what counts in a day too.
    ("NKL09 NKL10", "hours", 1, 1, 20, 2, "2.4", "day"),
]

# What was credited before there were rules: all of it counted, on the day of completion.
OLD_CREDITS = """
    UPDATE enrollments_credit c SET gross_jp = c.jp, quantity = c.jp, path_id = v.path_id
    FROM enrollments_enrollment e JOIN courses_courseversion v ON v.id = e.version_id
    WHERE e.id = c.enrollment_id AND c.gross_jp IS NULL;
    INSERT INTO enrollments_creditday (credit_id, "on", gross_jp, jp)
    SELECT id, "on", jp, jp FROM enrollments_credit c
    WHERE jp > 0 AND NOT EXISTS (SELECT FROM enrollments_creditday d WHERE d.credit_id = c.id);
    WITH entries AS (
        INSERT INTO enrollments_ledgerentry (kind, key, book_id, about_id, reason, at)
        SELECT 'credit', 'credit ' || c.id, top.id, c.id, '', c.created_at FROM enrollments_credit c
        JOIN accounts_agency unit ON unit.id = c.agency_id JOIN accounts_agency top ON top.path = left(unit.path, %(step)s)
        WHERE c.jp > 0
        ON CONFLICT (key) DO NOTHING
        RETURNING id, about_id
    )
    INSERT INTO enrollments_ledgerposting (entry_id, account, learner_id, year, "on", debit, credit)
    SELECT e.id, side.account, c.learner_id, c.year, c."on", c.jp * side.debit, c.jp * side.credit
    FROM entries e JOIN enrollments_credit c ON c.id = e.about_id
    CROSS JOIN (VALUES ('activity', 1, 0), ('counted', 0, 1)) AS side(account, debit, credit)
"""


def seed(apps, schema_editor):
    rule, path = apps.get_model("enrollments", "ConversionRule"), apps.get_model("courses", "LearningPath")
    paths = {row.code: row for row in path.objects.all()}
    for codes, basis, national, international, uplift, cap, cap_abroad, period in TABLE:
        for code in codes.split():
            for scope, jp, more, most in (
                ("national", national, 0, cap),
                ("international", international, uplift, cap_abroad),
            ):
                if jp is None or code not in paths:
                    continue
                rule.objects.get_or_create(
                    path=paths[code],
                    scope=scope,
                    valid_from=SINCE,
                    defaults={
                        "basis": basis,
                        "jp": Decimal(jp),
                        "uplift": Decimal(more),
                        "cap": Decimal(most) if most is not None else None,
                        "cap_period": period,
                        "legal_basis": UPLIFT if more else BASIS,
                    },
                )


def book(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(OLD_CREDITS, {"step": 4})


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0016_conversion_and_ledger"), ("courses", "0010_formal_study_row")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunPython(book, migrations.RunPython.noop),
    ]
