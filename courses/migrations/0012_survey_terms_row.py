"""Reference row: six months, thirty days open, one reminder after two weeks."""

from django.db import migrations


def seed(apps, schema_editor):
    terms = apps.get_model("courses", "SurveyTerms")
    terms.objects.get_or_create(
        pk=1, defaults={"legal_basis": "Praktik Evaluasi Pascapelatihan Nasional LAN; bukan ketentuan yang mengikat"}
    )


class Migration(migrations.Migration):
    dependencies = [("courses", "0011_survey_terms_and_tests")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
