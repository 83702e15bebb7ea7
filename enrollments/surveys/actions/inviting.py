"""Asking alumnus and superior by the clock: who is due is asked once, told within hours, and reminded once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.agencies.models import Agency
from accounts.notices.hours import is_open, next_opening
from accounts.notices.kinds import SEND, Verdict, before_sending
from accounts.notices.models import Notice
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.later import later
from courses.taxonomy.terms import survey_terms
from enrollments.enrolling.models import Enrollment
from enrollments.surveys.models import AFTERWARDS, Invitation, Kind
from enrollments.surveys.queries import InUse, due_for_survey, invitations_of, superior_of

NOTICE = "survey"
BATCH = 200


def invite(now: datetime, at: str | None = None) -> int:
    """Ask whom it is time to ask, and tell them; returns how many messages were written.

    Twice at once or after an outage it asks everybody once: (completion, kind) is unique, and so is (person, day) of the message.
    """
    told = 0
    for zone in Agency.Zone.values:
        if not is_open(now, zone):
            continue
        today = local_day(zone, now)
        last: int | None = 0
        while last is not None:
            last = _ask_batch(zone, today, after=last)
        for person in _to_be_told(zone, today):
            told += _tell(person, today)
    if told:
        later("notices.send_waiting", at)
    return told


@transaction.atomic
def _ask_batch(zone: str, today: date, *, after: int) -> int | None:
    """Write the invitations of the next places that are due, in the order of their ids; returns the last id, None at the end."""
    places = list(
        due_for_survey(today, zone)
        .filter(pk__gt=after)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("learner__agency", "cohort__organiser")[:BATCH]
    )
    if not places:
        return None
    terms, used = survey_terms(), InUse(*AFTERWARDS)
    until = today + timedelta(days=terms.open_days)
    rows = []
    for place in places:
        organiser = place.cohort.organiser
        superior = superior_of(place.learner, today)
        asked = {Kind.ALUMNUS: place.learner, Kind.SUPERIOR: superior}
        rows += [
            Invitation(enrollment=place, kind=kind, person=person, asked_on=today, open_until=until)
            for kind, person in asked.items()
            if person is not None and used.of(kind, organiser) is not None
        ]
    Invitation.objects.bulk_create(rows, ignore_conflicts=True)
    return places[-1].pk


def _to_be_told(zone: str, today: date) -> Iterator[User]:
    """People with an open survey that they were not told of, or for whom the day of the one reminder has come."""
    remind_before = today - timedelta(days=survey_terms().remind_after_days)
    due = Q(told_on__isnull=True) | Q(reminded_on__isnull=True, told_on__lte=remind_before)
    waiting = Invitation.objects.open_on(today).filter(due, person__is_active=True)
    ids = waiting.values("person")
    yield from User.objects.filter(pk__in=ids, agency__zone=zone).select_related("agency").order_by("pk")


@transaction.atomic
def _tell(person: User, today: date) -> bool:
    """One message a day, about everything that waits for the person; the invitations note the day."""
    notice = Notice(person=person, kind=NOTICE, about=today.isoformat(), mail_state=Notice.Mail.DUE)
    if not _fill(notice, today):
        return False
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    if not Notice.objects.filter(message_id=notice.message_id).exists():
        return False  # today's went out before these were asked; tomorrow's tells them
    waiting = Invitation.objects.held_by(person).open_on(today)
    waiting.filter(told_on__isnull=False, reminded_on__isnull=True).update(reminded_on=today)
    waiting.filter(told_on__isnull=True).update(told_on=today)
    return True


def _fill(notice: Notice, today: date) -> bool:
    """Write what waits for the person today; False when nothing does."""
    rows = invitations_of(notice.person, today)
    if not rows:
        return False
    with translation.override(notice.person.language):
        title = ngettext("%(count)d short survey waits for you", "%(count)d short surveys wait for you", len(rows))
        notice.title = title % {"count": len(rows)}
        lead = _("What has the training changed at work? It takes 3–5 minutes. Your answers are confidential.")
        items = [_item(row) for row in rows[:20]]
        notice.body = "\n".join([lead, *(f"{item['title']}: {item['text']}" for item in items)])
        data: dict[str, Any] = {"lead": lead, "items": items, "verb": _("Answer now")}
        notice.link, notice.data = reverse("surveys"), data
    return True


def _item(row: Invitation) -> dict[str, str]:
    place: Enrollment = row.enrollment
    closes = _("open until %(day)s") % {"day": format_date(row.open_until or row.asked_on, "j F Y")}
    about = place.version.title
    if row.kind == Kind.SUPERIOR:
        about = _("%(course)s, about %(name)s") % {"course": about, "name": place.learner.full_name}
    return {"title": about, "text": closes, "link": reverse("survey", args=[row.pk]), "verb": _("Answer it")}


@before_sending(NOTICE)
def _is_still_asked(notice: Notice, now: datetime) -> Verdict:
    """Within hours, and only about what is still open: what was answered meanwhile is left out."""
    zone = notice.person.zone
    if not is_open(now, zone):
        return Verdict(not_before=next_opening(now, zone))
    return SEND if _fill(notice, local_day(zone, now)) else Verdict(hold=Notice.Hold.OVER)
