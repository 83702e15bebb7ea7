"""Series that have begun keep their form, in the words of the new formats."""

from django.db import migrations

FORTH = """
UPDATE enrollments_certificateseries SET template =
    replace(replace(replace(replace(replace(template, '{seq:04d}', '{urut}'), '{month}', '{bulan}'), '{year}', '{tahun}'),
            '{{', U&'\\E000'), '}}', U&'\\E001')
"""
BACK = """
UPDATE enrollments_certificateseries SET template =
    replace(replace(replace(replace(replace(template, '{urut}', '{seq:04d}'), '{bulan}', '{month}'), '{tahun}', '{year}'),
            U&'\\E000', '{{'), U&'\\E001', '}}')
"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0011_certificate_designs")]
    operations = [migrations.RunSQL(FORTH, BACK)]
