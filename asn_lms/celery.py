"""The Celery application: workers and the clock."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asn_lms.settings")
app = Celery("asn_lms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
