from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Validity in days that may not overlap needs an index over ranges."""

    dependencies = [("enrollments", "0014_index_points")]

    operations = [BtreeGistExtension()]
