"""Reading certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.prepared import Prepared, Slot
from asn_lms.lib.words import mask_nip
from courses.taxonomy.models import Accreditation, CertificateKind
from enrollments.certificates.models import Certificate, CorrectionRequest
from enrollments.certificates.printing import WITH_PRINTED, freeze
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.gain import Gain, gain_of
from enrollments.enrolling.models import Enrollment, EnrollmentQuerySet
from enrollments.signing.identities import nik_of
from enrollments.signing.signers import SIGNERS, Signer, for_people
from enrollments.surveys.queries import before_download

PAGE = 30
State = Certificate.State


_WALLET = Prepared(
    lambda: (
        Certificate.objects.held_by(Slot("person"))
        .with_corrections()
        .select_related("enrollment__version", "enrollment__cohort__organiser", "replaced_by")
        .order_by("-issued_on", "-id")
    )
)


def wallet(person: User) -> list[Certificate]:
    """The person's certificates, newest first; of one that was replaced its successor is named."""
    return _WALLET.rows(person=person.pk)


def places_with_survey(certificates: Sequence[Certificate]) -> set[int]:
    """The places of those whose download waits for answers. Three queries, none where no course asks."""
    return set(before_download([one.enrollment for one in certificates if one.is_ready]))


@dataclass(frozen=True)
class NameCheck:
    """A certificate with what is, or would be, printed on it, and what was asked and answered about it."""

    certificate: Certificate
    requests: list[CorrectionRequest]

    @property
    def open_request(self) -> CorrectionRequest | None:
        return next((one for one in self.requests if one.is_open), None)

    @property
    def may_be_confirmed(self) -> bool:
        return self.certificate.is_asked and self.open_request is None


def name_check(certificate: Certificate) -> NameCheck:
    """As it would be printed today; once confirmed, as it was frozen then. Nothing is written."""
    row = Certificate.objects.select_related(*WITH_PRINTED).get(pk=certificate.pk)
    freeze(row, timezone.now(), keeps=False)
    return NameCheck(row, list(row.corrections.order_by("-id")))


def is_withheld(place: Enrollment, on: date) -> bool:
    """Whether the place gives an STTP that may not be given that day: no accreditation of its organiser for the family."""
    version = place.version
    if version.certificate_kind != CertificateKind.GRADUATION:
        return False
    if version.family is None:
        return True
    return not Accreditation.objects.covering(place.cohort.organiser, version.family).valid_on(on).exists()


def withheld_places() -> EnrollmentQuerySet:
    """Completed places that give an STTP and have no certificate of any state, oldest first. A statement is none."""
    given = Certificate.objects.of_completion().filter(enrollment=OuterRef("pk"))
    rows = Enrollment.objects.filter(
        ~Exists(given), status=Enrollment.Status.COMPLETED, version__certificate_kind=CertificateKind.GRADUATION
    )
    related = ("learner__agency", "version__family", "cohort__organiser")
    return rows.select_related(*related).order_by("completed_at", "id")


# What an officer looks for, by name of the filter; "" is what needs a hand.
SHOWN: dict[str, Promise] = {
    "": _("To be done"),
    "asked": _("Name being confirmed"),
    "code": _("Awaiting the code of LAN"),
    "making": _("Being made"),
    "unsigned": _("Awaiting signature"),
    "ready": _("Issued"),
    "revoked": _("Revoked"),
    "all": _("All"),
}


@dataclass(frozen=True)
class OfficeCertificates:
    rows: list[Certificate]
    corrections: list[CorrectionRequest]
    counts: dict[str, int]
    cohort: Cohort | None
    next_before: int | None


def office_certificates(
    user: User, *, show: str, text: str, cohort: int | None, before: int | None
) -> OfficeCertificates:
    """What the officer's units issue, newest first, `PAGE` at a time. `text`: words of the name, or a part of the number."""
    mine = Certificate.objects.issued_by(user)
    corrections = CorrectionRequest.objects.open().settled_by(user).exclude(certificate__enrollment__learner=user)
    of = Cohort.objects.run_by(user).select_related("version__family").filter(pk=cohort).first() if cohort else None
    if of is not None:
        mine = mine.filter(enrollment__cohort=of)
        corrections = corrections.filter(certificate__enrollment__cohort=of)
    for word in text.split()[:6]:
        mine = mine.filter(Q(enrollment__learner__name__icontains=word) | Q(number__icontains=word))
    counts = mine.aggregate(**{f"n_{name}": Count("pk", filter=_shown(name)) for name in SHOWN})
    rows = mine.filter(_shown(show)).with_people()
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    asked = list(
        corrections.select_related(
            "certificate__enrollment__learner__agency", "certificate__enrollment__version"
        ).order_by("id")[:PAGE]
    )
    return OfficeCertificates(
        rows=found[:PAGE],
        corrections=asked if not show else [],
        counts={name: counts[f"n_{name}"] + (len(asked) if name == "" else 0) for name in SHOWN},
        cohort=of,
        next_before=found[PAGE - 1].pk if len(found) > PAGE else None,
    )


def _shown(name: str) -> Q:
    states = {
        "asked": [State.NUMBERED],
        "making": [State.CONFIRMED, State.DRAWN],
        "unsigned": [State.AWAITING_SIGNATURE],
        "ready": list(Certificate.READY),
        "revoked": [State.REVOKED],
        "all": list(State),
    }
    if name == "code":
        return Certificate.LACKS_CODE & Q(state__in=[State.NUMBERED, State.CONFIRMED])
    return Q(is_stuck=True) if name == "" else Q(state__in=states[name])


@dataclass(frozen=True)
class Bundle:
    """What waits for an official's signature from one cohort. `samples`: the first, one from the middle and the last."""

    cohort: Cohort
    course: str
    count: int
    samples: list[Certificate]
    failed: list[Certificate]


@dataclass(frozen=True)
class SigningQueue:
    bundles: list[Bundle]
    total: int
    signer: Signer
    needs_nik: bool


def signing_queue(official: User) -> SigningQueue:
    """What lies before the official, by cohort, the oldest first."""
    waiting = Certificate.objects.to_be_signed_by(official)
    rows = list(waiting.select_related("enrollment__cohort__course", "enrollment__cohort__version").order_by("id"))
    by_cohort: dict[Cohort, list[Certificate]] = {}
    for row in rows:
        by_cohort.setdefault(row.enrollment.cohort, []).append(row)
    signer = SIGNERS[rows[0].signer] if rows else for_people()
    return SigningQueue(
        bundles=[
            Bundle(
                cohort,
                some[0].course_title,
                len(some),
                [some[place] for place in sorted({0, len(some) // 2, len(some) - 1})],
                [one for one in some if one.error],
            )
            for cohort, some in by_cohort.items()
        ],
        total=len(rows),
        signer=signer,
        needs_nik=signer.is_certified and signer.is_attended and not nik_of(official),
    )


@dataclass(frozen=True)
class Step:
    """One thing that happened to a certificate, as an officer reads it."""

    at: datetime
    what: str | Promise


@dataclass(frozen=True)
class Story:
    """A certificate with everything that happened to it, oldest first, and its forerunner and successor."""

    certificate: Certificate
    steps: list[Step]
    before: Certificate | None
    after: Certificate | None
    requests: list[CorrectionRequest]


def story(certificate: Certificate) -> Story:
    row = Certificate.objects.select_related(*WITH_PRINTED, "replaces", "replaced_by").get(pk=certificate.pk)
    confirmed = _("Name confirmed by the learner") if row.was_confirmed_by_learner else _("Name confirmed by silence")
    happened = [
        (row.created_at, _("Number given")),
        (row.frozen_at, confirmed),
        (row.drawn_at, _("Drawn")),
        (row.signed_at, _("Signed")),
        (row.delivered_at, _("Delivered")),
        (row.synced_at, _("Recorded in SIASN")),
        (row.revoked_at, _("Revoked")),
    ]
    if row.frozen_at is None:
        freeze(row, timezone.now(), keeps=False)
    return Story(
        certificate=row,
        steps=[Step(at, what) for at, what in happened if at is not None],
        before=row.replaces,
        after=getattr(row, "replaced_by", None),
        requests=list(row.corrections.select_related("settled_by").order_by("-id")),
    )


@dataclass(frozen=True)
class PublicCertificate:
    """What anybody may see who holds the paper: everything printed but place and date of birth, numbers masked."""

    state: str  # valid, revoked, replaced
    replaced_by: str
    # Public id of the successor
    replaced_by_id: str
    revoked_on: date | None
    revoked_reason: str
    number: str
    name: str
    nip: str
    rank: str
    post: str
    agency: str
    training: str
    competency: str
    cohort: str
    issuer: str
    organiser: str
    place: str
    method: str
    starts_on: date | None
    ends_on: date | None
    jp: Decimal
    score: Decimal | None
    predicate: str
    gain: Gain | None
    subjects: list[dict[str, str]]
    issued_on: date
    issue_place: str
    signatory_post: str
    signatory_name: str
    signatory_rank: str
    signatory_nip: str
    is_demo: bool


_PAPER = Prepared(
    lambda: (
        Certificate.objects.stands()
        .filter(public_id=Slot("public_id"))
        .select_related("replaced_by", "series__organiser")
    )
)


def public_certificate(public_id: str) -> PublicCertificate | None:
    """The certificate with this public id, once it is printed; None when there is none."""
    row = _PAPER.first(public_id=public_id)
    if row is None:
        return None
    after = getattr(row, "replaced_by", None)
    is_revoked = row.revoked_at is not None
    return PublicCertificate(
        state="valid" if not is_revoked else "replaced" if after else "revoked",
        replaced_by=after.number if after else "",
        replaced_by_id=after.public_id if after and after.is_ready else "",
        revoked_on=local_day(row.series.organiser.zone, row.revoked_at) if row.revoked_at else None,
        revoked_reason=row.revoked_reason,
        number=row.number,
        name=row.name,
        nip=mask_nip(row.nip),
        rank=row.rank,
        post=row.post,
        agency=row.agency_name,
        training=row.course_title,
        competency=row.competency,
        cohort=row.cohort_name,
        issuer=row.issuer_name,
        organiser=row.organiser_name,
        place=row.place,
        method=row.method,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        jp=row.jp,
        score=row.score,
        predicate=row.predicate,
        gain=gain_of(row.pre_score, row.post_score),
        subjects=row.subjects,
        issued_on=row.issued_on,
        issue_place=row.issue_place,
        signatory_post=row.signatory_post,
        signatory_name=row.signatory_name,
        signatory_rank=row.signatory_rank,
        signatory_nip=mask_nip(row.signatory_nip),
        is_demo=row.is_demo,
    )
