"""Indexes for the search of people. Built beside the running house: nobody waits for them."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0008_privacy_notice_of_surveys")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("nip", name="gin_trgm_ops"), name="person_number_parts"
            ),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(django.db.models.functions.text.Upper("name"), models.F("id"), name="person_by_name"),
        ),
    ]
