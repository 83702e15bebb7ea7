"""What each column of IP-ASN's competence dimension is worth: rows with their basis. An administrator may edit them."""

from datetime import date
from decimal import Decimal

from django.db import migrations

LAW = "PermenPANRB 38/2018; Peraturan BKN 8/2019"
UNREAD = "belum dicocokkan dengan naskah"
FROM = date(2019, 1, 1)
TECHNICAL, SEMINAR = ["3", "5", "6", "8"], ["4", "7", "9"]
# Posts whose functional training is held to be had: no such training is required of them.
NO_TRAINING_REQUIRED = ["Dokter", "Guru", "Apoteker", "Perawat", "Bidan", "Asesor", "Psikolog"]
# posts, column, points, months, least JP, kinds of training, exempt posts, what is known of the basis
ROWS = [
    ("structural", "duty", "15", None, "0", ["1"], [], LAW),
    ("structural", "technical", "15", 12, "20", TECHNICAL, [], f"{LAW}; angka dan jenis 5, 6, 8 {UNREAD}"),
    ("structural", "seminar", "10", 24, "0", SEMINAR, [], f"{LAW}; angka, jendela dua tahun, dan jenis 7 {UNREAD}"),
    ("functional", "duty", "15", None, "0", ["2"], NO_TRAINING_REQUIRED, LAW),
    ("functional", "technical", "15", 12, "20", TECHNICAL, [], f"{LAW}; angka dan jenis 5, 6, 8 {UNREAD}"),
    ("functional", "seminar", "10", 24, "0", SEMINAR, [], f"{LAW}; angka, jendela dua tahun, dan jenis 7 {UNREAD}"),
    ("staff", "technical", "22.5", 12, "20", TECHNICAL, [], f"{LAW}; jenis 5, 6, 8 {UNREAD}"),
    ("staff", "seminar", "17.5", 24, "0", SEMINAR, [], f"{LAW}; jendela dua tahun dan jenis 7 {UNREAD}"),
]


def seed(apps, schema_editor):
    point = apps.get_model("enrollments", "IndexPoint")
    point.objects.bulk_create(
        [
            point(
                posts=posts, column=column, points=Decimal(points), months=months, min_jp=Decimal(least), types=types,
                exempt_posts=exempt, legal_basis=basis, valid_from=FROM,
            )
            for posts, column, points, months, least, types, exempt, basis in ROWS
        ],
        ignore_conflicts=True,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0013_siasn_outbox")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
