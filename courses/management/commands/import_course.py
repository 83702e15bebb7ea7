"""`import_course FILE [--publish] [--organiser CODE]`: bring a course package in. Exit 0 done, 1 refused with reasons."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from accounts.agencies.models import Agency
from asn_lms.lib.refusals import Refusal
from courses.packages.actions import import_package
from courses.packages.manifest import BadPackage
from courses.publishing.actions import NotReady
from courses.structure.models import CourseVersion


class Command(BaseCommand):
    help = "Import a course package (ZIP or folder) as a new course, or as the next draft of the course with its code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--publish", action="store_true", help="put it into the catalogue without review")
        parser.add_argument("--organiser", default="", help="unit code; default: the top unit, when there is only one")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("id"):
            status, answer = self._import(options)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for line in answer.get("errors") or [f"{answer['code']} v{answer['version']}: {answer['state']}"]:
                (self.stderr if status else self.stdout).write(line)
        if status:
            raise SystemExit(status)

    def _import(self, options: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not options["file"].exists():
            return 1, {"errors": [f"{options['file']}: no such file."]}
        organiser = self._organiser(options["organiser"])
        if organiser is None:
            return 1, {"errors": ["Name the organising unit: --organiser CODE."]}
        before = CourseVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            version = import_package(options["file"], by=None, organiser=organiser, publish=options["publish"])
        except BadPackage as refusal:
            return 1, {"errors": refusal.reasons}
        except NotReady as refusal:
            return 1, {"errors": [f"{one.about}: {one.sentence}" if one.about else one.sentence for one in refusal.problems]}
        except Refusal as refusal:
            return 1, {"errors": [str(refusal.sentence)]}
        return 0, {
            "code": version.course.code,
            "version": version.number,
            "state": version.state,
            "created": version.pk > before,
        }

    def _organiser(self, code: str) -> Agency | None:
        if code:
            found: Agency | None = Agency.objects.filter(code=code).first()
            return found
        roots = list(Agency.objects.filter(depth=1)[:2])
        return roots[0] if len(roots) == 1 else None
