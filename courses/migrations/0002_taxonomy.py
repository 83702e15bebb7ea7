"""Reference rows: kinds of competency, paths (jalur) and SIASN training types."""

from django.db import migrations

COMPETENCIES = [("teknis", "Teknis"), ("manajerial", "Manajerial"), ("sosial-kultural", "Sosial kultural")]
IN_CLASS = [
    "Pelatihan struktural kepemimpinan", "Pelatihan manajerial", "Pelatihan teknis", "Pelatihan fungsional", "Pelatihan sosial kultural",
    "Seminar / konferensi / sarasehan", "Workshop / lokakarya", "Kursus", "Penataran", "Bimbingan teknis", "Sosialisasi", "Klasikal lainnya",
]  # fmt: skip
OUT_OF_CLASS = [
    "Coaching", "Mentoring", "E-learning", "Pelatihan jarak jauh", "Detasering", "Pembelajaran alam terbuka", "Patok banding",
    "Pertukaran PNS dengan swasta/BUMN/BUMD", "Belajar mandiri", "Komunitas belajar", "Bimbingan di tempat kerja", "Magang / praktik kerja",
    "Nonklasikal lainnya",
]  # fmt: skip
TYPES = [
    ("1", "Diklat struktural", ""), ("2", "Diklat fungsional", "F"), ("3", "Diklat teknis", "T"), ("4", "Workshop", "P"),
    ("5", "Pelatihan manajerial", ""), ("6", "Pelatihan sosial kultural", ""), ("7", "Sosialisasi", "P"), ("8", "Bimbingan teknis", "P"),
    ("9", "Seminar", "P"), ("10", "Magang", "P"),
]  # fmt: skip


def seed(apps, schema_editor):
    competency = apps.get_model("courses", "CompetencyKind")
    path = apps.get_model("courses", "LearningPath")
    training = apps.get_model("courses", "TrainingType")
    perlan = "Perlan 10/2018"
    competency.objects.bulk_create(
        [
            competency(code=code, name=name, position=i, legal_basis=perlan)
            for i, (code, name) in enumerate(COMPETENCIES)
        ],
        ignore_conflicts=True,
    )
    rows = [
        path(code=f"KL{i:02d}", name=name, form="klasikal", position=i, legal_basis=perlan)
        for i, name in enumerate(IN_CLASS, 1)
    ]
    rows += [
        path(code=f"NKL{i:02d}", name=name, form="nonklasikal", position=100 + i, legal_basis=perlan)
        for i, name in enumerate(OUT_OF_CLASS, 1)
    ]
    path.objects.bulk_create(rows, ignore_conflicts=True)
    training.objects.bulk_create(
        [
            training(code=code, name=name, letter=letter, position=i, legal_basis="SIASN: jenisDiklatId")
            for i, (code, name, letter) in enumerate(TYPES)
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
