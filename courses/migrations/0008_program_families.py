"""Reference rows: families of training, and which of them LAN registers."""

from django.db import migrations

# Source: domain reference §3.1; the code of registration is LAN's for these four (§3.4, field 22).
REGISTERED = [
    ("LATSAR", "Pelatihan Dasar CPNS"),
    ("PKP", "Pelatihan Kepemimpinan Pengawas"),
    ("PKA", "Pelatihan Kepemimpinan Administrator"),
    ("PKN2", "Pelatihan Kepemimpinan Nasional Tingkat II"),
    ("PKN1", "Pelatihan Kepemimpinan Nasional Tingkat I"),
]
OTHERS = [
    ("FUNGSIONAL", "Pelatihan Fungsional"),
    ("TEKNIS", "Pelatihan Teknis"),
    ("MANAJERIAL", "Pelatihan Manajerial"),
    ("SOSKUL", "Pelatihan Sosial Kultural"),
]


def seed(apps, schema_editor):
    family = apps.get_model("courses", "ProgramFamily")
    basis = "Perlan 1/2021 dan peraturan LAN tentang pelatihan struktural; perlu diperiksa"
    rows = [family(code=code, name=name, is_registered_with_lan=True, legal_basis=basis) for code, name in REGISTERED]
    rows += [family(code=code, name=name) for code, name in OTHERS]
    for position, row in enumerate(rows):
        row.position = position
    family.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("courses", "0007_certificate_kinds")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
