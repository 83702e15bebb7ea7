"""Reference rows: ranks (BKN codes; PPPK golongan I–XVII have no rank name) and Indonesian holidays."""

import holidays
from django.db import migrations

PNS = [
    ("11", "I/a", "Juru Muda"), ("12", "I/b", "Juru Muda Tingkat I"), ("13", "I/c", "Juru"), ("14", "I/d", "Juru Tingkat I"),
    ("21", "II/a", "Pengatur Muda"), ("22", "II/b", "Pengatur Muda Tingkat I"), ("23", "II/c", "Pengatur"), ("24", "II/d", "Pengatur Tingkat I"),
    ("31", "III/a", "Penata Muda"), ("32", "III/b", "Penata Muda Tingkat I"), ("33", "III/c", "Penata"), ("34", "III/d", "Penata Tingkat I"),
    ("41", "IV/a", "Pembina"), ("42", "IV/b", "Pembina Tingkat I"), ("43", "IV/c", "Pembina Utama Muda"), ("44", "IV/d", "Pembina Utama Madya"),
    ("45", "IV/e", "Pembina Utama"),
]  # fmt: skip
PPPK = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"]


def seed(apps, schema_editor):
    rank = apps.get_model("accounts", "Rank")
    rows = [
        rank(code=code, scheme="pns", golongan=golongan, name=name, position=i)
        for i, (code, golongan, name) in enumerate(PNS)
    ]
    rows += [
        rank(code=f"P{i + 1}", scheme="pppk", golongan=golongan, position=100 + i) for i, golongan in enumerate(PPPK)
    ]
    rank.objects.bulk_create(rows, ignore_conflicts=True)
    holiday = apps.get_model("accounts", "Holiday")
    years = range(2025, 2029)
    public = holidays.country_holidays("ID", years=years, categories="public", language="id")
    joint = holidays.country_holidays("ID", years=years, categories="government", language="id")
    rows = [holiday(on=day, name=name[:200], is_joint_leave=False) for day, name in public.items()]
    rows += [holiday(on=day, name=name[:200], is_joint_leave=True) for day, name in joint.items() if day not in public]
    holiday.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
