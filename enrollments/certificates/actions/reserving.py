"""The number is promised with the completion."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.agencies.models import Agency
from accounts.audit.actions import entry_for, record, record_many
from enrollments.certificates.actions.confirming import CONFIRM_WITHIN, ask_for_confirmation
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.certificates.numbering import number, series_template, written_unit
from enrollments.enrolling.models import Enrollment

# Key of the advisory lock under which new series are opened, so that two of them never bear the same unit.
OPENING_SERIES = 0x5E121E5


@transaction.atomic
def reserve_certificate(
    enrollment: Enrollment, *, on: date, now: datetime | None = None, replaces: Certificate | None = None
) -> Certificate:
    """Give a completed place its certificate with the next number of its organiser, year and kind.

    Runs in the completing transaction and under the series' row lock: a number is used up exactly when the completion is
    committed, so there is no gap and no double. Asked again, it answers with the certificate that there is.
    `on` is the day of completion in the learner's zone; its year names the series. The learner is asked whether name and
    titles are right; who says nothing within two days has said yes. `replaces`: the revoked one in
    whose place this one comes.
    """
    now = now or timezone.now()
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
        confirm_until=now + CONFIRM_WITHIN,
        replaces=replaces,
    )
    record("certificate.numbered", certificate, by=None, number=certificate.number)
    ask_for_confirmation(certificate)
    return certificate


@transaction.atomic
def reserve_certificates(completions: Sequence[tuple[Enrollment, date]]) -> list[Certificate]:
    """Reserve the certificates of many places that were completed before now and have none, in the order given.

    The same numbers as `reserve_certificate` would give one by one, in a handful of statements per organiser and year. Nobody
    is asked: what was completed more than two days ago counts as confirmed, and the sweeper has it drawn.
    """
    now = timezone.now()
    kind = Certificate.Kind.CERTIFICATE
    by_series: dict[tuple[Agency, int], list[tuple[Enrollment, date]]] = {}
    for place, on in completions:
        by_series.setdefault((place.cohort.organiser, on.year), []).append((place, on))
    reserved: list[Certificate] = []
    for (organiser, year), places in by_series.items():
        series = _locked_series(organiser, year, kind)
        rows = []
        for sequence, (place, on) in enumerate(places, series.last + 1):
            until = (place.completed_at or now) + CONFIRM_WITHIN
            rows.append(
                Certificate(
                    enrollment=place,
                    series=series,
                    kind=kind,
                    state=Certificate.State.CONFIRMED if until <= now else Certificate.State.NUMBERED,
                    year=year,
                    sequence=sequence,
                    number=number(series.template, sequence, on),
                    issued_on=on,
                    confirm_until=until,
                )
            )
        reserved += Certificate.objects.bulk_create(rows, batch_size=1000)
        series.last += len(rows)
        series.save(update_fields=["last"])
    record_many([entry_for("certificate.numbered", row, by=None, number=row.number) for row in reserved])
    return reserved


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
