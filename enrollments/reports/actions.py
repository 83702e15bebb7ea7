"""Exports of a report: asked for here, written by a worker."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.jobs.actions import start_job
from accounts.jobs.models import Job
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.reports.rules import may_read_report_of
from enrollments.reports.staff import Show

TASK = "reports.export"
FORMATS = ("xlsx", "csv")


def ask_for_export(agency: Agency, year: int, *, by: User, form: str = "xlsx", show: str = Show.ALL) -> Job:
    """Let a worker write the report of a unit. The file waits with the job, for the person who asked only."""
    if not may_read_report_of(by, agency):
        raise NotYours(gettext_lazy("This unit is not in your report."))
    if form not in FORMATS or show not in Show.values:
        raise Refusal(gettext_lazy("Choose XLSX or CSV."), field="form")
    title = _("%(unit)s, %(year)s (%(form)s)") % {"unit": agency.label, "year": year, "form": form.upper()}
    payload: dict[str, Any] = {"agency": agency.pk, "year": year, "form": form, "show": show, "language": by.language}
    job = start_job(TASK, title, owner=by, payload=payload)
    record("report.exported", agency, by=by, agency=agency, year=year, form=form, people=show)
    return job
