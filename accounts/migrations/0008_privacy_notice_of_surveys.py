"""The second privacy notice: surveys, and what is kept of them. Everybody reads it once."""

from datetime import UTC, datetime

from django.db import migrations

ADDED = {
    "text_id": (
        "| Kapan Anda masuk,",
        "| Survei pelatihan: bahwa Anda ditanya dan sudah menjawab; isi jawaban disimpan terpisah, tanpa nama dan waktu, dan hanya dijumlahkan "
        "bersama sedikitnya lima jawaban lain | memperbaiki pelatihan |\n| Kapan Anda masuk,",
    ),
    "text_en": (
        "| When you signed in,",
        "| Surveys of training: that you were asked and have answered; what you answered is kept apart, without name and time, and only summed up "
        "with at least five others | to make training better |\n| When you signed in,",
    ),
}


def seed(apps, schema_editor):
    notice = apps.get_model("accounts", "PrivacyNotice")
    first = notice.objects.filter(version=1).first()
    if first is None or notice.objects.filter(version=2).exists():
        return  # an administrator has written the next one already
    texts = {name: getattr(first, name).replace(*change, 1) for name, change in ADDED.items()}
    notice.objects.create(version=2, valid_from=datetime(2026, 11, 30, tzinfo=UTC), **texts)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_portraits")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
