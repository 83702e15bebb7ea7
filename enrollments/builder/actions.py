"""Keeping a report under a name, and letting a worker write it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.jobs.actions import start_job
from accounts.jobs.models import Job
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.builder.models import SavedReport
from enrollments.builder.wish import Rows, Wish
from enrollments.reports.rules import may_read_report_of

TASK = "builder.export"
FORMS = ("xlsx", "csv")
# So many under one person's name; a list of more is no help.
MOST = 50


@transaction.atomic
def save_report(agency: Agency, wish: Wish, name: str, *, by: User, is_shared: bool = False) -> SavedReport:
    """Keep the wish. Under a name that this person used for the unit already, it takes the old one's place."""
    if not may_read_report_of(by, agency):
        raise NotYours(gettext_lazy("This unit is not in your report."))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    mine = SavedReport.objects.held_by(by)
    name = " ".join(name.split())
    if not mine.filter(agency=agency, name=name).exists() and mine.count() >= MOST:
        raise Refusal(gettext_lazy("You keep 50 reports already. Remove one first."), field="name")
    values: dict[str, Any] = {**wish.as_kept(), "is_shared": is_shared}
    row, _made = SavedReport.objects.update_or_create(owner=by, agency=agency, name=name, defaults=values)
    record("report.saved", agency, by=by, agency=agency, name=name, rows=wish.rows, shared=is_shared)
    return row


@transaction.atomic
def remove_report(row: SavedReport, *, by: User) -> None:
    if row.owner_id != by.pk:
        raise NotYours(gettext_lazy("Only who saved this report can remove it."))
    record("report.removed", row.agency, by=by, agency=row.agency, name=row.name)
    SavedReport.objects.filter(pk=row.pk).delete()


def ask_for_file(agency: Agency, year: int, wish: Wish, *, by: User, form: str) -> Job:
    """Let a worker write all rows of the wish. The file waits with the job, for the person who asked only."""
    if not may_read_report_of(by, agency):
        raise NotYours(gettext_lazy("This unit is not in your report."))
    if form not in FORMS:
        raise Refusal(gettext_lazy("Choose one of the formats."))
    said = {"rows": Rows(wish.rows).label, "unit": agency.label, "year": year, "form": form.upper()}
    payload = {"agency": agency.pk, "year": year, "form": form, "wish": wish.as_payload(), "language": by.language}
    job = start_job(TASK, _("%(rows)s, %(unit)s, %(year)s (%(form)s)") % said, owner=by, payload=payload)
    record("report.exported", agency, by=by, agency=agency, year=year, form=form, rows=wish.rows)
    return job
