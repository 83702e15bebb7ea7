"""Reference rows: PNS at least 20 JP a year (PP 11/2017), PPPK at most 24 (PP 49/2018, Perlan 15/2020)."""

from decimal import Decimal

from django.db import migrations


def seed(apps, schema_editor):
    target = apps.get_model("enrollments", "YearlyTarget")
    target.objects.bulk_create(
        [
            target(
                employment="pns", kind="floor", jp=Decimal(20), legal_basis="PP 11/2017 jo PP 17/2020", from_year=2018
            ),
            target(
                employment="pppk",
                kind="ceiling",
                jp=Decimal(24),
                legal_basis="PP 49/2018, Perlan 15/2020",
                from_year=2020,
            ),
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
