"""`import_people FILE [--dry-run] [--json]`: people from a CSV of any length or an XLSX. Wrong rows are refused, the others are written."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.jobs.imports import import_long_file, in_words
from accounts.people.roster import LongRoster
from asn_lms.lib.commands import JsonCommand, existing_file


class Command(JsonCommand):
    help = "Import people from CSV or XLSX; running the same file again changes nothing."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")

    def run(self, **options: Any) -> dict[str, Any]:
        return import_long_file(existing_file(options["file"]), LongRoster, dry_run=options["dry_run"])

    def say(self, answer: dict[str, Any]) -> str:
        return in_words(answer)
