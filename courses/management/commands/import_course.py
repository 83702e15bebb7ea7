"""`import_course FILE [--publish] [--organiser CODE]`: bring a course package in."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.agencies.models import Agency
from asn_lms.lib.commands import USAGE, JsonCommand, Refused
from courses.packages.actions import import_package
from courses.packages.manifest import BadPackage
from courses.publishing.actions import NotReady
from courses.structure.models import CourseVersion


class Command(JsonCommand):
    help = "Import a course package (ZIP or folder) as a new course, or as the next draft of the course with its code."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--publish", action="store_true", help="put it into the catalogue without review")
        parser.add_argument("--organiser", default="", help="unit code; default: the top unit, when there is only one")

    def run(self, **options: Any) -> dict[str, Any]:
        if not options["file"].exists():
            raise CommandError(f"There is no file {options['file']}", returncode=USAGE)
        before = CourseVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            version = import_package(
                options["file"], by=None, organiser=self._organiser(options["organiser"]), publish=options["publish"]
            )
        except BadPackage as refusal:
            raise Refused({"errors": refusal.reasons}) from refusal
        except NotReady as refusal:
            reasons = [f"{one.about}: {one.sentence}" if one.about else one.sentence for one in refusal.problems]
            raise Refused({"errors": reasons}) from refusal
        return {
            "code": version.course.code,
            "version": version.number,
            "state": version.state,
            "result": "imported" if version.pk > before else "unchanged",
        }

    def _organiser(self, code: str) -> Agency:
        units = list(Agency.objects.filter(code=code) if code else Agency.objects.filter(depth=1)[:2])
        if len(units) != 1:
            raise CommandError("Name the organising unit by its code: --organiser CODE", returncode=USAGE)
        unit: Agency = units[0]
        return unit
