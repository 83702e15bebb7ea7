"""`export_course CODE FILE`: write a course package."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from asn_lms.lib.commands import JsonCommand, Refused
from courses.packages.zipping import export_package
from courses.structure.models import CourseVersion


class Command(JsonCommand):
    help = "Write the published version of a course (or its newest one, when none is published) as a package."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("code")
        parser.add_argument("file", type=Path)

    def run(self, **options: Any) -> dict[str, Any]:
        versions = CourseVersion.objects.filter(course__code=options["code"]).select_related("course")
        version = versions.filter(state=CourseVersion.State.PUBLISHED).first() or versions.order_by("-number").first()
        if version is None:
            raise Refused({"errors": [f"No course has the code {options['code']}."]})
        target: Path = options["file"]
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("w+b") as file:
                export_package(version, file)
            os.replace(part, target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CommandError(f"{target}: {error.strerror}", returncode=1) from error
        return {"code": version.course.code, "version": version.number, "file": str(target)}
