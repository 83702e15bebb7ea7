"""The Celery application: workers and the clock."""

import gc
import os
import signal
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_process_init

from asn_lms.clock import beat_schedule
from asn_lms.keeper import die_with_parent

POLITE = 5  # of 19: of a core that the web wants too, a worker gets a quarter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asn_lms.settings")
app = Celery("asn_lms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = beat_schedule()
app.autodiscover_tasks()


@worker_init.connect
def _pages_come_first(**_: Any) -> None:
    """Where pages and workers share the cores, somebody who looks at a page waits for no certificate that could be drawn a moment later."""
    os.nice(POLITE)


@worker_process_init.connect
def _end_with_worker(**_: Any) -> None:
    """A worker that is killed takes the processes of its pool along: they would go on with work that somebody else has by then."""
    die_with_parent(signal.SIGKILL, of=os.getppid())()


@worker_process_init.connect
def _spare_what_stays(**_: Any) -> None:
    """What is loaded lives as long as the process: looking through it for garbage cost a tenth of each certificate."""
    gc.freeze()
