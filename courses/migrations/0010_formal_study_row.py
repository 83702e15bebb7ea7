"""Reference row: tugas belajar and izin belajar, which are formal study and no training."""

from django.db import migrations


def seed(apps, schema_editor):
    path = apps.get_model("courses", "LearningPath")
    path.objects.bulk_create(
        [
            path(
                code="PD01",
                name="Tugas belajar / izin belajar",
                form="pendidikan",
                position=200,
                legal_basis="Perlan 10/2018",
            )
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("courses", "0009_formal_study")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
