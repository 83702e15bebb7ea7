"""The mail that the demo city has had already, so that a first start writes to nobody about old things."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.urls import reverse

from accounts.notices.hours import is_working_day
from accounts.notices.models import Notice
from asn_lms.lib import words
from asn_lms.lib.days import at_local, local_day
from enrollments.certificates.models import Certificate
from enrollments.designs.pdf import written
from enrollments.enrolling.models import Enrollment
from enrollments.management.demo.people import Crowd
from enrollments.reminders.models import Reminder
from enrollments.reminders.queries import DIGEST
from enrollments.reminders.steps import Step, past_steps

ZONE = "Asia/Jakarta"
# How many weeks back the office still sees single reminders.
WEEKS_TOLD = 5
SAID = {
    Step.H7: "7 hari lagi",
    Step.H3: "3 hari lagi",
    Step.H1: "Besok batas waktunya",
    Step.OVER1: "Batas waktu lewat",
    Step.OVER2: "Batas waktu lewat",
    Step.OVER3: "Batas waktu lewat",
    Step.START: "Belum dimulai",
}


@dataclass
class Told:
    """A message of the past: when it came, and the reminders that it held."""

    notice: Notice
    at: datetime
    reminders: list[Reminder] = field(default_factory=list)


def write_mail(places: list[Enrollment], crowd: Crowd, now: datetime) -> None:
    """Sent notices of certificates and reminders, and every reminder step that lies behind a place."""
    reminders = _reminders(places, local_day(ZONE, now))
    told = [*_certificates(now), *_summaries(reminders, local_day(ZONE, now))]
    told.sort(key=lambda one: one.at)  # messages are read newest first, by their number
    notices = [one.notice for one in told]
    Notice.objects.bulk_create(notices, batch_size=1000)
    for one in told:
        one.notice.created_at = one.at
        for reminder in one.reminders:
            reminder.notice = one.notice
    Notice.objects.bulk_update(notices, ["created_at"], batch_size=1000)
    Reminder.objects.bulk_create(reminders, batch_size=2000)
    _welcome(crowd)


def _certificates(now: datetime) -> Iterator[Told]:
    rows = Certificate.objects.filter(enrollment__learner__is_demo=True, confirm_until__lte=now)
    for certificate in rows.select_related("enrollment__learner", "enrollment__version"):
        place = certificate.enrollment
        at = place.completed_at or now
        notice = _past_notice(place, at, is_read=local_day(ZONE, at) < local_day(ZONE, now))
        notice.kind, notice.about = "certificate.ready", f"certificate {certificate.pk}"
        notice.title = f"Sertifikat Anda siap: {place.version.title}"[:200]
        notice.body = (
            f"Nomor {certificate.number}, {words.jp(place.version.jp)} JP. "
            "Unduh, atau tunjukkan kepada orang lain cara memeriksanya."
        )
        notice.link = reverse("certificates")
        notice.data = {"verb": "Buka sertifikat", "certificate": certificate.pk}
        yield Told(notice, at)


def _past_notice(place: Enrollment, at: datetime, *, is_read: bool) -> Notice:
    has_mail = bool(place.learner.email)
    return Notice(
        person=place.learner,
        mail_state=Notice.Mail.SENT if has_mail else Notice.Mail.HELD,
        mail_reason="" if has_mail else Notice.Hold.NO_ADDRESS,
        sent_at=at if has_mail else None,
        read_at=at + timedelta(hours=1) if is_read else None,
    )


def _reminders(places: list[Enrollment], today: date) -> list[Reminder]:
    """Every step that lies behind a place, unsaved, in the order of days."""
    rows = []
    for place in places:
        enrolled_on = local_day(ZONE, place.enrolled_at)
        starts = place.cohort.starts_on or enrolled_on
        for step, day in past_steps(place.due_on, max(enrolled_on, starts), today):
            due_on = None if step == Reminder.Step.START else place.due_on
            rows.append(Reminder(enrollment=place, step=step, due_on=due_on, told_on=day))
    return sorted(rows, key=lambda row: row.told_on)


def _summaries(reminders: list[Reminder], today: date) -> Iterator[Told]:
    """One digest for each learner and working day of the last weeks on which a step fell."""
    days = (today - timedelta(days=back) for back in range(1, WEEKS_TOLD * 7 + 1))
    open_days = {day for day in days if is_working_day(day)}
    by_day: dict[tuple[date, int], list[Reminder]] = {}
    for row in reminders:
        if row.told_on in open_days and _was_due(row):
            by_day.setdefault((row.told_on, row.enrollment.learner_id), []).append(row)
    for (day, _learner), rows in by_day.items():
        place, at = rows[0].enrollment, at_local(day, time(7, 5), ZONE)
        notice = _past_notice(place, at, is_read=True)
        notice.kind, notice.about = DIGEST, day.isoformat()
        notice.title = f"{SAID[Step(rows[0].step)]}: {place.version.title}"[:200]
        notice.body = "\n".join(_line(row) for row in rows)
        notice.link = reverse("learn", args=[place.pk])
        notice.data = {"verb": "Lanjutkan belajar"}
        yield Told(notice, at, rows)


def _line(row: Reminder) -> str:
    due_on = row.enrollment.due_on
    until = f"batas waktu {written(due_on)}" if due_on else "tanpa batas waktu"
    return f"{row.enrollment.version.title}: {until}."


def _was_due(row: Reminder) -> bool:
    """Whether the place was still open on the day of the step, and for "not started" still untouched."""
    place, day = row.enrollment, row.told_on
    if place.withdrawn_at or day < local_day(ZONE, place.enrolled_at):
        return False
    ended = place.started_at if row.step == Step.START else place.completed_at
    return ended is None or local_day(ZONE, ended) > day


def _welcome(crowd: Crowd) -> None:
    Notice.objects.create(
        person=crowd.accounts["learner"],
        kind="welcome",
        about="demo",
        title="Selamat datang di ASN LMS",
        body="Satu kursus Anda hampir sampai batas waktunya. Lanjutkan dari halaman Beranda; tempat terakhir Anda sudah dibuka.",
        link=reverse("home"),
        mail_state=Notice.Mail.NONE,
    )
