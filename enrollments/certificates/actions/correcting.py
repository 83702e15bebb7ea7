"""What a learner finds wrong in their printed data goes to a training officer, who answers."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit.actions import record
from accounts.notices.actions import tell
from accounts.notices.queries import officers_over
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.certificates.actions.confirming import CONFIRM_WITHIN, ask_for_confirmation, locked_certificate
from enrollments.certificates.actions.revoking import reissue
from enrollments.certificates.models import Certificate, CorrectionRequest
from enrollments.certificates.rules import may_confirm, may_settle

State = CorrectionRequest.State


@transaction.atomic
def ask_for_correction(certificate: Certificate, *, part: str, wish: str, by: User) -> CorrectionRequest:
    """The learner says what is wrong and how it should read; until an officer answers, nothing is printed.

    Asked again while a request is open, the newer words take the place of the older ones.
    """
    if not may_confirm(by, certificate):
        raise NotYours(_("Only the person whose name it is can ask for a correction."))
    certificate = locked_certificate(certificate)
    if certificate.state == Certificate.State.REVOKED:
        raise Refusal(_("This certificate was revoked; nothing on it can be corrected any more."))
    wish = wish.strip()
    if not wish:
        raise Refusal(_("Write how it should read."), field="wish")
    request, is_new = CorrectionRequest.objects.update_or_create(
        certificate=certificate, state=State.OPEN, defaults={"part": part, "wish": wish}
    )
    if is_new:
        record("certificate.correction_asked", certificate, by=by, part=part)
        _tell_officers(request)
    return request


@transaction.atomic
def settle_correction(
    request: CorrectionRequest, *, is_mended: bool, answer: str, by: User, now: datetime | None = None
) -> CorrectionRequest:
    """The officer has put the person's data right, or says why they stay. Either way the learner is asked once more.

    A paper that stands already is revoked and issued anew when the data were put right: nothing on it is ever overwritten.
    """
    now = now or timezone.now()
    request = CorrectionRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if not may_settle(by, request):
        raise NotYours(_("Only training officers of the organiser or of this person's unit answer this."))
    if not request.is_open:
        raise Refusal(_("This request has been answered already."))
    answer = answer.strip()
    if not is_mended and not answer:
        raise Refusal(_("Write why it stays as it is; the learner reads it."), field="answer")
    request.state = State.MENDED if is_mended else State.REFUSED
    request.answer, request.settled_at, request.settled_by = answer, now, by
    request.save()
    certificate = locked_certificate(request.certificate)
    record("certificate.correction_settled", certificate, by=by, outcome=request.state)
    if certificate.state == Certificate.State.NUMBERED:
        certificate.confirm_until = now + CONFIRM_WITHIN
        certificate.save(update_fields=["confirm_until"])
        _tell_answer(request)
        ask_for_confirmation(certificate, round_=certificate.corrections.count() + 1)
    elif is_mended:
        reissue(
            certificate,
            reason=str(_("Correction of printed data: %(part)s") % {"part": request.get_part_display()}),
            by=by,
            now=now,
        )
    else:
        _tell_answer(request)
    return request


def _tell_answer(request: CorrectionRequest) -> None:
    certificate = request.certificate
    learner = certificate.enrollment.learner
    with translation.override(learner.language):
        if request.state == State.MENDED:
            title = _("Your data were put right")
            body = _("Look at the name on the certificate once more.")
        else:
            title = _("Your data on the certificate stay as they are")
            body = request.answer
    tell(
        learner,
        "certificate.correction",
        f"correction {request.pk}",
        title,
        body,
        reverse("certificate-name", args=[certificate.pk]),
    )


def _tell_officers(request: CorrectionRequest) -> None:
    certificate = request.certificate
    learner = certificate.enrollment.learner
    for officer in officers_over(learner.agency) or officers_over(certificate.series.organiser):
        if officer.pk == learner.pk:
            continue
        tell(
            officer,
            "certificate.correction_asked",
            f"correction {request.pk}",
            gettext_lazy("A correction of a certificate is asked for"),
            f"{learner.full_name}: {request.wish}",
            reverse("office-correction", args=[request.pk]),
            mail=False,
        )
