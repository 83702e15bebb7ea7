"""Certificates: the number is promised with the completion, the paper is drawn after."""

from datetime import date

from django.db import connection, transaction

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from asn_lms.lib.later import later
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.certificates.numbering import number, series_template, written_unit
from enrollments.enrolling.models import Enrollment

# Key of the advisory lock under which new series are opened, so that two of them never bear the same unit.
OPENING_SERIES = 0x5E121E5


@transaction.atomic
def reserve_certificate(enrollment: Enrollment, *, on: date) -> Certificate:
    """Give a completed place its certificate with the next number of its organiser, year and kind.

    Runs in the completing transaction and under the series' row lock: a number is used up exactly when the completion is
    committed, so there is no gap and no double. Asked again, it answers with the certificate that there is.
    `on` is the day of completion in the learner's zone; its year names the series.
    """
    live = Certificate.objects.live().filter(enrollment=enrollment).first()
    if live:
        return live
    kind = Certificate.Kind.CERTIFICATE
    series = _locked_series(enrollment.cohort.organiser, on.year, kind)
    series.last += 1
    series.save(update_fields=["last"])
    certificate = Certificate.objects.create(
        enrollment=enrollment,
        series=series,
        kind=kind,
        year=on.year,
        sequence=series.last,
        number=number(series.template, series.last, on),
        issued_on=on,
    )
    record("certificate.numbered", certificate, by=None, number=certificate.number)
    later("certificates.draw", certificate.pk)
    return certificate


def _locked_series(organiser: Agency, year: int, kind: str) -> CertificateSeries:
    of_this = CertificateSeries.objects.select_for_update(of=("self",)).filter(
        organiser=organiser, year=year, kind=kind
    )
    series = of_this.first()
    if series is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPENING_SERIES])
        series = of_this.first() or CertificateSeries.objects.create(
            organiser=organiser, year=year, kind=kind, template=series_template(_unit_of(organiser, year, kind))
        )
    return series


def _unit_of(organiser: Agency, year: int, kind: str) -> str:
    """How the organiser is written in its numbers; by its code when another organiser is already written so."""
    unit = written_unit(organiser.label)
    taken = CertificateSeries.objects.filter(year=year, kind=kind, template=series_template(unit)).exists()
    return written_unit(organiser.code) if taken else unit
