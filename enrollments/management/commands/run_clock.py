"""`run_clock --at ISO-TIME`: every periodic job once, as if it were that time. For tests and drills."""

import logging
from typing import Any

from celery import current_app
from django.core.management.base import CommandError, CommandParser

from asn_lms.clock import JOBS
from asn_lms.lib.commands import USAGE, JsonCommand, Refused
from asn_lms.lib.days import instant

logger = logging.getLogger(__name__)


class Command(JsonCommand):
    help = "Runs every periodic job once as if it were the given time, and passes that time on to what they queue."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--at", required=True, metavar="ISO-TIME", help="e.g. 2026-11-25T08:00:00+07:00")

    def run(self, **options: Any) -> dict[str, Any]:
        try:
            moment = instant(options["at"]).isoformat()
        except ValueError as error:
            raise CommandError(f"--at: {error}", returncode=USAGE) from error
        done: list[str] = []
        failed: list[dict[str, str]] = []
        for job in JOBS:
            try:
                current_app.tasks[job.task](at=moment)
            except Exception as error:
                logger.exception("%s failed as of %s", job.task, moment)
                failed.append({"task": job.task, "reason": f"{type(error).__name__}: {error}"})
            else:
                done.append(job.task)
        answer = {"at": moment, "done": done, "failed": failed}
        if failed:
            raise Refused(answer)
        return answer
