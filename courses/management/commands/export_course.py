"""`export_course CODE FILE`: write a course package. Exit 0 done, 1 refused with reasons."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from courses.packages.zipping import export_package
from courses.structure.models import CourseVersion


class Command(BaseCommand):
    help = "Write the published version of a course (or its newest draft, when none is published) as a package."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        versions = CourseVersion.objects.filter(course__code=options["code"]).select_related("course")
        version = versions.filter(state=CourseVersion.State.PUBLISHED).first() or versions.order_by("-number").first()
        if version is None:
            self._end(options, {"errors": [f"No course has the code {options['code']}."]}, 1)
        target: Path = options["file"]
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("w+b") as file:
                export_package(version, file)
            os.replace(part, target)
        except OSError as error:
            part.unlink(missing_ok=True)
            self._end(options, {"errors": [f"{target}: {error.strerror}"]}, 1)
        self._end(options, {"code": version.course.code, "version": version.number, "file": str(target)}, 0)

    def _end(self, options: dict[str, Any], answer: dict[str, Any], status: int) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for line in answer.get("errors") or [f"{answer['code']} v{answer['version']} → {answer['file']}"]:
                (self.stderr if status else self.stdout).write(line)
        if status:
            raise SystemExit(status)
