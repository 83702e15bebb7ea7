"""`run_clock --at ISO-TIME`: every periodic job once, as if it were that time. For tests and drills."""

import json
import traceback
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError, CommandParser

from asn_lms.clock import JOBS
from asn_lms.lib.days import instant


class Command(BaseCommand):
    help = "Runs every periodic job once as if it were the given time, and passes that time on to what they queue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", required=True, metavar="ISO-TIME", help="e.g. 2026-11-25T08:00:00+07:00")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            at = instant(options["at"]).isoformat()
        except ValueError as error:
            raise CommandError(f"--at: {error}", returncode=2) from error
        done: list[str] = []
        failed: list[dict[str, str]] = []
        for job in JOBS:
            try:
                current_app.tasks[job.task](at=at)
            except Exception as error:
                failed.append({"task": job.task, "reason": f"{type(error).__name__}: {error}"})
                if not options["json"]:
                    self.stderr.write(traceback.format_exc())
            else:
                done.append(job.task)
        if options["json"]:
            self.stdout.write(json.dumps({"at": at, "done": done, "failed": failed}))
        else:
            for task in done:
                self.stdout.write(f"{task}: done as of {at}")
        if failed:
            if options["json"]:
                raise SystemExit(1)
            raise CommandError("Failed: " + ", ".join(one["task"] for one in failed))
