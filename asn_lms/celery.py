"""The Celery application: workers and the clock."""

import os

from celery import Celery

from asn_lms.clock import beat_schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asn_lms.settings")
app = Celery("asn_lms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = beat_schedule()
app.autodiscover_tasks()
