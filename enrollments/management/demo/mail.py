"""The mail that the demo city has had already, so that a first start writes to nobody about old things."""

from datetime import datetime

from django.urls import reverse

from accounts.notices.models import Notice
from asn_lms.lib import words
from asn_lms.lib.days import local_day
from enrollments.certificates.models import Certificate
from enrollments.enrolling.models import Enrollment
from enrollments.management.demo.people import Crowd
from enrollments.reminders.models import Reminder
from enrollments.reminders.steps import past_steps


def write_mail(places: list[Enrollment], crowd: Crowd, now: datetime) -> None:
    """Sent notices of certificates, and every reminder step that lies behind a place."""
    _certificates(now)
    _reminders(places, now)
    _welcome(crowd, now)


def _certificates(now: datetime) -> None:
    rows = Certificate.objects.filter(enrollment__learner__is_demo=True).select_related(
        "enrollment__learner", "enrollment__version"
    )
    notices = []
    for certificate in rows:
        place = certificate.enrollment
        has_mail = bool(place.learner.email)
        notices.append(
            Notice(
                person=place.learner,
                kind="certificate.ready",
                about=f"certificate {certificate.pk}",
                title=f"Sertifikat “{place.version.title}” sudah siap"[:200],
                body=f"Nomor {certificate.number}, {words.jp(place.version.jp)} JP. Unduh, atau tunjukkan cara memeriksanya.",
                link=reverse("certificates"),
                mail_state=Notice.Mail.SENT if has_mail else Notice.Mail.HELD,
                mail_reason="" if has_mail else Notice.Hold.NO_ADDRESS,
                sent_at=place.completed_at if has_mail else None,
                read_at=place.completed_at
                if local_day("Asia/Jakarta", place.completed_at) < local_day("Asia/Jakarta", now)
                else None,
            )
        )
    Notice.objects.bulk_create(notices, batch_size=1000)
    _date_back(notices, {notice.about: notice.sent_at for notice in notices})


def _date_back(notices: list[Notice], when: dict[str, datetime | None]) -> None:
    for notice in notices:
        notice.created_at = when.get(notice.about) or notice.created_at
    Notice.objects.bulk_update(notices, ["created_at"], batch_size=1000)


def _reminders(places: list[Enrollment], now: datetime) -> None:
    today = local_day("Asia/Jakarta", now)
    rows = []
    for place in places:
        enrolled_on = local_day("Asia/Jakarta", place.enrolled_at)
        starts = place.cohort.starts_on or enrolled_on
        for step, day in past_steps(place.due_on, max(enrolled_on, starts), today):
            due_on = None if step == Reminder.Step.START else place.due_on
            rows.append(Reminder(enrollment=place, step=step, due_on=due_on, told_on=day))
    Reminder.objects.bulk_create(rows, batch_size=2000)


def _welcome(crowd: Crowd, now: datetime) -> None:
    Notice.objects.create(
        person=crowd.accounts["learner"],
        kind="welcome",
        about="demo",
        title="Selamat datang di ASN LMS",
        body="Satu kursus Anda hampir sampai batas waktunya. Lanjutkan dari halaman Beranda; tempat terakhir Anda sudah dibuka.",
        link=reverse("home"),
        mail_state=Notice.Mail.NONE,
    )
