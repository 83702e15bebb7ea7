"""Reports by mail: asked for by who reads them, written at the start of a month within working hours, each period once.

The clock promises the period (a row with its file's job), a worker writes the file, the clock tells the reader once it is there. The
mail holds a link and no file: whoever opens it must be allowed to at that moment.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.notices.actions import tell
from accounts.notices.hours import is_open, next_opening
from accounts.notices.kinds import SEND, Verdict, before_sending
from accounts.notices.models import Notice
from accounts.people.models import User
from asn_lms.lib import words
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.reports.actions import ask_for_export, keep_report
from enrollments.reports.canonical import read
from enrollments.reports.files import Form
from enrollments.reports.models import Snapshot
from enrollments.reports.rules import may_read_report_of
from enrollments.subscriptions.models import Dispatch, Subscription
from enrollments.subscriptions.periods import Rhythm, last_ended
from enrollments.subscriptions.queries import due, to_be_told

logger = logging.getLogger(__name__)
KIND = "report.scheduled"
# So many in one run of the clock; the next run goes on.
BATCH = 25


@transaction.atomic
def subscribe(agency: Agency, rhythm: str, *, by: User) -> Subscription:
    """Mail this person the report of the unit from the next period on. Asked again, only the rhythm changes."""
    if not may_read_report_of(by, agency):
        raise NotYours(gettext_lazy("This unit is not in your report."))
    if rhythm not in Rhythm.values:
        raise Refusal(gettext_lazy("Choose how often."), field="rhythm")
    # Two clicks at once: one writes the row, the other waits for it.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    found, is_new = Subscription.objects.running().get_or_create(
        person=by, agency=agency, defaults={"rhythm": rhythm, "since_on": local_day(by.zone)}
    )
    if is_new or found.rhythm != rhythm:
        found.rhythm = rhythm
        found.save(update_fields=["rhythm"])
        record("report.subscribed", agency, by=by, agency=agency, rhythm=rhythm)
    return found


@transaction.atomic
def end(subscription: Subscription, *, by: User, now: datetime | None = None) -> None:
    """Nothing more is sent. Ending twice changes nothing."""
    row = (
        Subscription.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agency")
        .get(pk=subscription.pk)
    )
    if row.person_id != by.pk:
        raise NotYours(gettext_lazy("Only the person who gets these mails can end them."))
    if row.ended_at is None:
        _end(row, Subscription.End.HAND, now or timezone.now(), by=by)


def _end(row: Subscription, why: str, now: datetime, *, by: User | None) -> None:
    row.ended_at, row.ended_by = now, why
    row.save(update_fields=["ended_at", "ended_by"])
    record("report.unsubscribed", row.agency, by=by, agency=row.agency, why=why)


def send_due(now: datetime) -> int:
    """Promise the reports of periods that have ended, where it is working time now; returns how many.

    Run twice or by two at once, each is promised once. What the clock slept through is made good for the last period only.
    """
    count = 0
    for zone in Agency.Zone.values:
        if not is_open(now, zone):
            continue
        today = local_day(zone, now)
        for rhythm in Rhythm:
            for pk in list(due(zone, rhythm, today).values_list("pk", flat=True)[: BATCH - count]):
                count += _unless_it_breaks(partial(_promise, pk, now), pk)
    return count


def _unless_it_breaks(act: Callable[[], bool], pk: int) -> bool:
    """One that breaks is told to the log and tried at the next run; the others go on."""
    try:
        return act()
    except Exception:
        logger.exception("Report by mail %s broke", pk)
        return False


@transaction.atomic
def _promise(pk: int, now: datetime) -> bool:
    rows = Subscription.objects.running().select_related("person__agency", "agency")
    row = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk=pk).first()
    if row is None:
        return False
    until = last_ended(Rhythm(row.rhythm), local_day(row.person.zone, now))
    if row.dispatches.filter(until_on=until).exists():
        return False
    if not _may_still_read(row.person, row.agency):
        _end(row, Subscription.End.GRANT, now, by=None)
        return False
    month = Snapshot.objects.filter(agency=row.agency, month=until.replace(day=1)).first()
    known = month or keep_report(row.agency, until.year, now)
    with translation.override(row.person.language):
        job = ask_for_export(row.agency, until.year, by=row.person, form=Form.PDF, known=known, tells=False)
    Dispatch.objects.create(subscription=row, until_on=until, job=job, made_at=now)
    return True


def _may_still_read(person: User, agency: Agency) -> bool:
    return person.is_active and agency.is_active and may_read_report_of(person, agency)


def tell_of_written(now: datetime, at: str | None = None) -> int:
    """Tell the readers whose file is written; returns how many."""
    count = 0
    for pk in list(to_be_told().values_list("pk", flat=True)[:BATCH]):
        count += _unless_it_breaks(partial(_tell, pk, now, at), pk)
    return count


@transaction.atomic
def _tell(pk: int, now: datetime, at: str | None) -> bool:
    rows = to_be_told().select_related("subscription__person__agency", "subscription__agency", "job")
    row = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk=pk).first()
    if row is None:
        return False
    person = row.subscription.person
    known = Snapshot.objects.get(pk=row.job.payload["known"])
    with translation.override(person.language):
        title, body = _words(row, known)
        data = {"verb": _("Open the report"), "agency": row.subscription.agency_id}
    link = f"{reverse('report')}?agency={known.agency_id}&year={known.year}&known={known.pk}#export"
    opens = None if is_open(now, person.zone) else next_opening(now, person.zone)
    about = f"subscription {row.subscription_id} {row.until_on:%Y-%m-%d}"
    tell(person, KIND, about, title, body, link, data=data, not_before=opens, at=at)
    row.told_at = now
    row.save(update_fields=["told_at"])
    return True


def _words(row: Dispatch, known: Snapshot) -> tuple[str, str]:
    """Title and body: the share with its denominator, and how to end these mails."""
    report, rhythm = read(known.figures).report, Rhythm(row.subscription.rhythm)
    # A quarter is named by its last month.
    period = format_date(row.until_on, "F Y")
    title = _("Report of %(unit)s up to %(period)s") % {"unit": row.subscription.agency.label, "period": period}
    share = _("%(share)s: %(reached)s of %(pns)s PNS have %(floor)s JP or more.") % {
        "share": words.share(report.staff.reached, report.staff.pns),
        "reached": words.number(report.staff.reached),
        "pns": words.number(report.staff.pns),
        "floor": words.jp(report.floor or 0),
    }
    lines = [
        share if report.staff.pns else _("No active PNS serves in this unit."),
        _("Data as of %(at)s") % {"at": format_date(known.known_on, "j F Y")} + ".",
        _("The page has the figures and the PDF. You get this mail %(rhythm)s; end it under Report, Scheduled mail.")
        % {"rhythm": rhythm.label},
    ]
    return title, "\n".join(lines)


@before_sending(KIND)
def still_theirs(notice: Notice, now: datetime) -> Verdict:
    """In the moment of sending: only within hours, and only to who still reads the unit."""
    agency = Agency.objects.filter(pk=notice.data.get("agency")).first()
    if agency is None or not _may_still_read(notice.person, agency):
        return Verdict(hold=str(Subscription.End.GRANT.label))
    return SEND if is_open(now, notice.person.zone) else Verdict(not_before=next_opening(now, notice.person.zone))
