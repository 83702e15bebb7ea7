"""The number is promised with the completion."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agencies.models import Agency
from accounts.audit.actions import entry_for, record, record_many
from accounts.notices.actions import tell
from accounts.notices.queries import officers_over
from asn_lms.lib.days import local_day
from courses.structure.models import CourseVersion
from courses.taxonomy.models import CertificateKind
from enrollments.certificates.actions.confirming import CONFIRM_WITHIN, ask_for_confirmation
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.certificates.queries import is_withheld, withheld_places
from enrollments.designs.numbers import DEFAULT_CODE, DEFAULT_FORMAT, number, series_template, written_unit
from enrollments.designs.paper import subjects_of
from enrollments.designs.queries import design_in_use
from enrollments.enrolling.actions import locked_enrollment
from enrollments.enrolling.models import Enrollment

Scores = Mapping[int, Decimal]
AT_ONCE = 500
# Key of the advisory lock under which new series are opened, so that two of them never bear the same unit.
OPENING_SERIES = 0x5E121E5


@transaction.atomic
def certify_completion(
    enrollment: Enrollment, *, on: date, now: datetime | None = None, scores: Scores | None = None
) -> Certificate | None:
    """The certificate that a completion gives; None when it must wait: no organiser gives an STTP without an accreditation for
    the family that is valid that day (domain reference §2.7). Officers are told, and the clock looks again.
    """
    if is_withheld(enrollment, on):
        record("certificate.withheld", enrollment, by=None)
        _tell_withheld(enrollment)
        return None
    return reserve_certificate(enrollment, on=on, now=now, scores=scores)


def certify_withheld(now: datetime) -> int:
    """Give those their certificate whose organiser's accreditation was recorded meanwhile; returns how many."""
    count = 0
    for place in withheld_places()[:AT_ONCE]:
        on = local_day(place.learner.zone, place.completed_at or now)
        if not is_withheld(place, on):
            with transaction.atomic():
                reserve_certificate(locked_enrollment(place), on=on, now=now)
            count += 1
    return count


@transaction.atomic
def reserve_certificate(
    enrollment: Enrollment,
    *,
    on: date,
    now: datetime | None = None,
    kind: str = "",
    scores: Scores | None = None,
    replaces: Certificate | None = None,
) -> Certificate:
    """Give a place its certificate with the next number of its organiser, year and kind.

    Runs in the completing transaction and under the series' row lock: a number is used up exactly when the completion is
    committed, so there is no gap and no double. Asked again, it answers with the certificate that there is.
    `on` is the day of completion in the learner's zone; its year names the series. The learner is asked whether name and
    titles are right; who says nothing within two days has said yes.

    `kind`: the version's, unless given. `scores`: of the graded modules, by module id. `replaces`: the revoked one in whose
    place this one comes; kind, subjects and registration are taken over from it. Who has a statement that they attended, and
    completes after all, gets the certificate in its place.
    """
    now = now or timezone.now()
    kind = kind or (replaces.kind if replaces else enrollment.version.certificate_kind)
    live = Certificate.objects.live().filter(enrollment=enrollment).select_for_update(of=("self",), no_key=True).first()
    if live and (live.kind != CertificateKind.STATEMENT or kind == CertificateKind.STATEMENT):
        return live
    if live:
        replaces = _supersede(live, now)
    like = replaces if replaces and replaces.kind == kind else None
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
        subjects=like.subjects if like else subjects_of(enrollment.version, scores),
        needs_registration=_needs_registration(enrollment.version, kind),
        registration_code=like.registration_code if like else "",
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
    by_series: dict[tuple[Agency, int, str], list[tuple[Enrollment, date]]] = {}
    for place, on in completions:
        key = (place.cohort.organiser, on.year, place.version.certificate_kind)
        by_series.setdefault(key, []).append((place, on))
    subjects: dict[int, list[dict[str, str]]] = {}
    reserved: list[Certificate] = []
    for (organiser, year, kind), places in by_series.items():
        series = _locked_series(organiser, year, kind)
        rows = []
        for sequence, (place, on) in enumerate(places, series.last + 1):
            if place.version_id not in subjects:
                subjects[place.version_id] = subjects_of(place.version)
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
                    subjects=subjects[place.version_id],
                    needs_registration=_needs_registration(place.version, kind),
                )
            )
        reserved += Certificate.objects.bulk_create(rows, batch_size=1000)
        series.last += len(rows)
        series.save(update_fields=["last"])
    record_many([entry_for("certificate.numbered", row, by=None, number=row.number) for row in reserved])
    return reserved


def _needs_registration(version: CourseVersion, kind: str) -> bool:
    """Certificates of Latsar, PKP, PKA and PKN bear a code of LAN (domain reference §3.4); a statement of attendance none."""
    family = version.family
    return kind != CertificateKind.STATEMENT and family is not None and family.is_registered_with_lan


def _supersede(statement: Certificate, now: datetime) -> Certificate:
    """Take back a statement in whose place the certificate of the completed course comes."""
    with translation.override("id"):  # read by whoever checks the paper
        reason = _("The course was completed since; its certificate takes the place of this statement.")
    statement.state, statement.revoked_at, statement.revoked_reason = Certificate.State.REVOKED, now, reason
    statement.is_stuck, statement.lease_until = False, None
    statement.save()
    record("certificate.superseded", statement, by=None)
    return statement


def _tell_withheld(place: Enrollment) -> None:
    """Once a day for each organiser and family, whatever the number of people."""
    organiser, family = place.cohort.organiser, place.version.family
    for officer in officers_over(organiser):
        tell(
            officer,
            "certificate.withheld",
            f"{family and family.code} {local_day(organiser.zone)}"[:80],
            gettext_lazy("STTP wait for an accreditation"),
            gettext_lazy(
                "Somebody completed a course that gives an STTP, but no accreditation of the organiser is valid. Have it "
                "recorded; the STTP are then issued by themselves."
            ),
            reverse("office-accreditations"),
        )


def _locked_series(organiser: Agency, year: int, kind: str) -> CertificateSeries:
    of_this = CertificateSeries.objects.select_for_update(of=("self",), no_key=True).filter(
        organiser=organiser, year=year, kind=kind
    )
    series = of_this.first()
    if series is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPENING_SERIES])
        series = of_this.first() or CertificateSeries.objects.create(
            organiser=organiser, year=year, kind=kind, template=_template_of(organiser, year, kind)
        )
    return series


def _template_of(organiser: Agency, year: int, kind: str) -> str:
    """By the design in use. Where another series of that year is written so already, the organiser stands there by its code,
    and the kind before it: no two certificates ever bear one number.
    """
    design = design_in_use(organiser, kind)
    form = design.number_format if design else DEFAULT_FORMAT
    code = design.number_code if design else DEFAULT_CODE
    units = (organiser.label, organiser.code, f"{kind}-{organiser.code}")
    templates = [series_template(form, written_unit(unit), code) for unit in units]
    taken = set(CertificateSeries.objects.filter(year=year, template__in=templates).values_list("template", flat=True))
    free = next((one for one in templates if one not in taken), None)
    return free or series_template(f"{kind}-{organiser.code}-{DEFAULT_FORMAT}", written_unit(organiser.code), code)
