"""Reference row: Rp 10 for one MB, slow 3G, a warning above 20 MB."""

from django.db import migrations


def seed(apps, schema_editor):
    apps.get_model("courses", "MobileData").objects.get_or_create(
        pk=1,
        defaults={
            "basis": "Anggapan: ujung atas harga paket data seluler Rp 1.500–10.000 per GB (The Jakarta Post, 15-08-2024); bukan tarif"
        },
    )


class Migration(migrations.Migration):
    dependencies = [("courses", "0013_mobile_data_and_light_versions")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
