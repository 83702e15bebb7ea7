import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_privacy_notice_of_surveys"),
        ("enrollments", "0031_unfolded_tallies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("learner_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "stale standing",
                "verbose_name_plural": "stale standings",
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("learner_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("counts", models.JSONField()),
            ],
            options={
                "verbose_name": "standing",
                "verbose_name_plural": "standings",
            },
        ),
        migrations.CreateModel(
            name="UnitCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("pns", "PNS"),
                            ("cpns", "CPNS"),
                            ("pppk", "PPPK"),
                            ("other", "others"),
                            ("jp_pns", "JP of the PNS"),
                            ("jp_cpns", "JP of the CPNS"),
                            ("jp_pppk", "JP of the PPPK"),
                            ("jp_other", "JP of others"),
                            ("reached", "reached the target"),
                            ("first", "first reached the target"),
                            ("step", "step of five JP"),
                            ("enrolled", "enrolled"),
                            ("completed", "completed"),
                            ("active", "in progress"),
                            ("due", "deadline"),
                            ("studied", "last learned"),
                            ("c_enrolled", "enrolled, by course"),
                            ("c_completed", "completed, by course"),
                            ("c_active", "in progress, by course"),
                            ("c_due", "deadline, by course"),
                        ],
                        max_length=11,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("item", models.BigIntegerField()),
                ("day", models.DateField(null=True)),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
            ],
            options={
                "verbose_name": "count of a unit",
                "verbose_name_plural": "counts of units",
            },
        ),
        migrations.RemoveConstraint(
            model_name="tally",
            name="one_tally_per_agency_course_month_and_measure",
        ),
        migrations.RemoveIndex(
            model_name="tally",
            name="tally_by_month",
        ),
        migrations.RemoveField(
            model_name="tally",
            name="course",
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(
                fields=("agency", "month", "measure"), name="one_tally_per_agency_month_and_measure"
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.agency"
            ),
        ),
        migrations.AddField(
            model_name="unitcount",
            name="agency",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.agency"
            ),
        ),
        migrations.AddConstraint(
            model_name="unitcount",
            constraint=models.UniqueConstraint(
                fields=("agency", "measure", "year", "item", "day"),
                name="one_count_per_unit_measure_year_item_and_day",
                nulls_distinct=False,
            ),
        ),
    ]
