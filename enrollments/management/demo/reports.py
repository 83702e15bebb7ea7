"""What the heads of the demo city find beside their report: how it stood when the demo was loaded, a mail that will come, a report of their own."""

from datetime import datetime

from asn_lms.lib.days import local_day
from enrollments.builder.actions import save_report
from enrollments.builder.wish import Rows, Wish
from enrollments.management.demo.people import Crowd
from enrollments.reports.actions import keep_report
from enrollments.reports.rules import top_agency
from enrollments.subscriptions.actions import subscribe
from enrollments.subscriptions.periods import Rhythm


def write_reports(crowd: Crowd, now: datetime) -> None:
    """By the product's own actions."""
    for role in ("head", "other_head", "officer"):
        unit = top_agency(crowd.accounts[role])
        keep_report(unit, local_day(unit.zone, now).year, now)
    head = crowd.accounts["head"]
    unit = top_agency(head)
    subscribe(unit, Rhythm.MONTHLY, by=head)
    furthest = Wish(Rows.UNITS, ("pns", "reached", "share"), sort="share")
    save_report(unit, furthest, "Seksi yang paling perlu dibantu", by=head, is_shared=True)
