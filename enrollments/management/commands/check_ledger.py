"""`check_ledger`: work every credit out again and compare. Exit 1 and the differences when the books disagree."""

from dataclasses import asdict
from decimal import Decimal
from itertools import islice
from typing import Any

from django.core.management.base import CommandError, CommandParser

from asn_lms.lib.commands import USAGE, JsonCommand, Refused
from enrollments.conversion.models import ConversionRule
from enrollments.credits.recount import faults, recount

MOST_SHOWN = 100


class Command(JsonCommand):
    help = "Recounts caps and sums of the JP ledger. With --under: tells what a conversion rule would have changed."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--under", type=int, metavar="RULE", help="number of a conversion rule, as if it had held")

    def run(self, *, under: int | None = None, **options: Any) -> dict[str, Any]:
        if under is not None:
            return self._under(under)
        found, differences = faults(MOST_SHOWN), [asdict(one) for one in islice(recount(), MOST_SHOWN)]
        answer = {"ok": not (found or differences), "faults": found, "differences": differences}
        if found or differences:
            raise Refused(answer)
        return answer

    def _under(self, number: int) -> dict[str, Any]:
        rule = ConversionRule.objects.filter(pk=number).first()
        if rule is None:
            raise CommandError(f"There is no conversion rule {number}", returncode=USAGE)
        people, credits, jp = set(), 0, Decimal(0)
        for one in recount(under=rule):
            people.add(one.learner)
            credits += 1
            jp += one.recounted - one.recorded
        return {"rule": str(rule), "people": len(people), "credits": credits, "jp": jp}
