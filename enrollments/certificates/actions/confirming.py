"""Name and titles are shown to the learner first; a yes, or two days of silence, freezes what will be printed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit.actions import record
from accounts.notices.actions import tell
from accounts.notices.kinds import SEND, Verdict, before_sending
from accounts.notices.models import Notice
from accounts.notices.queries import officers_over
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.certificates.models import Certificate
from enrollments.certificates.printing import WITH_PRINTED, freeze
from enrollments.certificates.rules import may_confirm

CONFIRM_WITHIN = timedelta(days=2)
# Who finishes a course answers on the page that they see then. Only who left without answering gets a mail.
MAIL_AFTER = timedelta(hours=1)
AT_ONCE = 500


def ask_for_confirmation(certificate: Certificate, *, round_: int = 1) -> None:
    """Ask the learner whether name and titles are right. `round_` counts on when a correction makes it worth asking again."""
    about = f"certificate {certificate.pk}" + (f" ({round_})" if round_ > 1 else "")
    learner = certificate.enrollment.learner
    with translation.override(learner.language):
        title = _("Is your name printed correctly?")
        body = _("Look at how your name will stand on the certificate. If you say nothing, it is printed in two days.")
        data = {"verb": _("Check the name")}
    tell(
        learner,
        "certificate.confirm",
        about,
        title,
        body,
        reverse("certificate-name", args=[certificate.pk]),
        data=data,
        not_before=certificate.confirm_until - CONFIRM_WITHIN + MAIL_AFTER,
    )


@before_sending("certificate.confirm")
def _is_still_asked(notice: Notice, now: datetime) -> Verdict:
    number = notice.about.split()[1]
    waits = Certificate.objects.filter(pk=number, state=Certificate.State.NUMBERED).exists()
    return SEND if waits else Verdict(hold=_("The name was confirmed before the mail went out."))


@transaction.atomic
def confirm(certificate: Certificate, *, by: User, now: datetime | None = None) -> Certificate:
    """The learner says that the name is right: what is printed is frozen, and the paper drawn. Said twice, it is said once; of a revoked
    certificate it is refused.
    """
    if not may_confirm(by, certificate):
        raise NotYours(_("Only the person whose name it is can confirm it."))
    certificate = locked_certificate(certificate)
    if certificate.state == Certificate.State.REVOKED:
        raise Refusal(
            _(
                "This certificate was revoked meanwhile. If another takes its place, you are asked about your name again."
            )
        )
    if certificate.state != Certificate.State.NUMBERED:
        return certificate
    if certificate.corrections.open().exists():
        raise Refusal(_("You asked for a correction. A training officer answers it first, then you are asked again."))
    certificate.was_confirmed_by_learner = True
    return _confirm(certificate, by, now or timezone.now())


def confirm_silent(now: datetime, at: str | None = None) -> int:
    """Confirm those whose two days have passed without a word; returns how many."""
    count = 0
    for pk in Certificate.objects.silent(now).order_by("id").values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            waiting = Certificate.objects.silent(now).filter(pk=pk)
            certificate = (
                waiting.select_for_update(skip_locked=True, of=("self",), no_key=True)
                .select_related(*WITH_PRINTED)
                .first()
            )
            if certificate is not None:
                _confirm(certificate, None, now)
                count += 1
    if count:
        later("certificates.issue_waiting", at)
    return count


def locked_certificate(certificate: Certificate) -> Certificate:
    """The same certificate, locked, with everything that is printed from."""
    return (
        Certificate.objects.select_for_update(of=("self",), no_key=True)
        .select_related(*WITH_PRINTED)
        .get(pk=certificate.pk)
    )


def _confirm(certificate: Certificate, by: User | None, now: datetime) -> Certificate:
    freeze(certificate, now)
    certificate.state = Certificate.State.CONFIRMED
    certificate.save()
    record("certificate.confirmed", certificate, by=by)
    if certificate.lacks_code:
        _tell_code_missing(certificate, now)
    if by is not None:
        later("certificates.issue", certificate.pk)
    return certificate


def _tell_code_missing(certificate: Certificate, now: datetime) -> None:
    """Once a day for each cohort, whatever the number of people."""
    organiser, cohort = certificate.series.organiser, certificate.enrollment.cohort
    for officer in officers_over(organiser):
        tell(
            officer,
            "certificate.code_missing",
            f"cohort {cohort.pk} {local_day(organiser.zone, now)}",
            gettext_lazy("Certificates wait for the registration code of LAN"),
            gettext_lazy("Names are confirmed, but without the code nothing is drawn. Enter the codes that LAN gave."),
            reverse("office-codes", args=[cohort.pk]),
        )
