"""Exports of a report, asked for here and written by a worker; and keeping what a report says: for each file that is asked for, and by
the clock at the end of each month.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.jobs.actions import start_job
from accounts.jobs.models import Job
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.reports.canonical import Kept, fingerprint_of, letterhead_of, text_of
from enrollments.reports.files import Form
from enrollments.reports.models import Snapshot
from enrollments.reports.queries import agency_report
from enrollments.reports.rules import may_read_report_of
from enrollments.reports.staff import Show

TASK = "reports.export"
# So many units in one run of the clock; the next run goes on.
BATCH = 25
# Days of the new month within which the end of the old one may still be kept: later the figures would say something else.
LATE_BY = 7


def ask_for_export(
    agency: Agency,
    year: int,
    *,
    by: User,
    form: str = Form.XLSX,
    show: str = Show.ALL,
    known: Snapshot | None = None,
    tells: bool = True,
) -> Job:
    """Let a worker write the report of a unit: as it is now, or as it was `known`. The file waits with the job, for the person who
    asked only; they are told when it is ready, unless the caller does that (`tells`).
    """
    if not may_read_report_of(by, agency):
        raise NotYours(gettext_lazy("This unit is not in your report."))
    if form not in Form.values or show not in Show.values:
        raise Refusal(gettext_lazy("Choose one of the formats."), field="form")
    if known and known.agency_id != agency.pk:
        raise NotYours(gettext_lazy("This unit is not in your report."))
    if known and Form(form).is_of_people:
        raise Refusal(gettext_lazy("People are not kept with a report. Choose another format, or the data of today."))
    title = _("%(unit)s, %(year)s (%(form)s)") % {"unit": agency.label, "year": year, "form": Form(form).short}
    payload: dict[str, Any] = {"agency": agency.pk, "year": year, "form": form, "show": show, "language": by.language}
    if known:
        payload["known"] = known.pk
    if not tells:
        payload["tells"] = False
    job = start_job(TASK, title, owner=by, payload=payload)
    record("report.exported", agency, by=by, agency=agency, year=year, form=form, people=show)
    return job


def keep_report(agency: Agency, year: int, now: datetime, *, origin: UUID | None = None) -> Snapshot:
    """Count the report now and keep it. With an `origin` that kept one already, that one."""
    known = Snapshot.objects.filter(origin=origin).first() if origin else None
    if known:
        return known
    row = counted_report(agency, year, now)
    row.cause, row.origin = Snapshot.Cause.ASKED, origin
    Snapshot.objects.bulk_create([row], ignore_conflicts=origin is not None)
    return Snapshot.objects.get(origin=origin) if origin else row


def keep_months(now: datetime) -> int:
    """Keep the month that has ended for units that a head reads, a batch at a time; returns how many.

    Run twice or by two at once, it keeps each once: (unit, month) is unique.
    """
    kept = 0
    for zone in Agency.Zone.values:
        today = local_day(zone, now)
        if today.day > LATE_BY:
            continue
        month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        for agency in _without(month, zone, today)[: BATCH - kept]:
            row = counted_report(agency, month.year, now)
            row.cause, row.month = Snapshot.Cause.MONTH, month
            Snapshot.objects.bulk_create([row], ignore_conflicts=True)
            kept += 1
    return kept


def _without(month: date, zone: str, today: date) -> list[Agency]:
    """Units of the zone that somebody heads today and whose month is not kept yet, from the top down."""
    heads = RoleGrant.objects.effective(today).filter(
        role=RoleGrant.Role.HEAD, person__is_active=True, agency=OuterRef("pk")
    )
    there = Snapshot.objects.filter(agency=OuterRef("pk"), month=month)
    return list(
        Agency.objects.active().filter(Exists(heads), ~Exists(there), zone=zone).order_by("depth", "path")[:BATCH]
    )


def counted_report(agency: Agency, year: int, now: datetime) -> Snapshot:
    """What the report says now, not kept yet."""
    text = text_of(Kept(letterhead_of(agency), agency_report(agency, year, now)))
    return Snapshot(
        agency=agency,
        year=year,
        known_at=now,
        known_on=local_day(agency.zone, now),
        figures=text,
        fingerprint=fingerprint_of(text),
    )
