"""`check_tallies`: recount what the tallies count, and compare. Exit 1 and the differences when they disagree."""

from typing import Any

from asn_lms.lib.commands import JsonCommand, Refused
from enrollments.reports.recount import differences


class Command(JsonCommand):
    help = "Recounts enrolments, completions, withdrawals and JP, and compares them with the tallies."

    def run(self, **options: Any) -> dict[str, Any]:
        found = differences()
        answer = {"ok": not found, "differences": found}
        if found:
            raise Refused(answer)
        return answer
