"""Reading certificates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.people.models import User
from asn_lms.lib.words import mask_nip
from enrollments.certificates.models import Certificate


def wallet(person: User) -> list[Certificate]:
    """The person's certificates, newest first."""
    rows = Certificate.objects.held_by(person).select_related("enrollment__version").order_by("-issued_on", "-id")
    return list(rows)


@dataclass(frozen=True)
class PublicCertificate:
    """What anybody may see who holds the paper: everything printed but place and date of birth, numbers masked."""

    state: str  # valid, revoked, replaced
    replaced_by: str
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
    subjects: list[dict[str, str]]
    issued_on: date
    issue_place: str
    signatory_post: str
    signatory_name: str
    signatory_rank: str
    signatory_nip: str
    is_demo: bool


def is_our_file(public_id: str, fingerprint: str) -> bool:
    """Whether a file with this SHA-256 is the one that was issued under this public id."""
    return Certificate.objects.filter(public_id=public_id, sha256=fingerprint).exclude(sha256="").exists()


def public_certificate(public_id: str) -> PublicCertificate | None:
    """The certificate with this public id, once it is printed; None when there is none."""
    row = Certificate.objects.filter(public_id=public_id, frozen_at__isnull=False, drawn_at__isnull=False).first()
    if row is None:
        return None
    state, successor = "valid", ""
    if row.state == Certificate.State.REVOKED:
        after = Certificate.objects.live().filter(enrollment_id=row.enrollment_id, pk__gt=row.pk).first()
        state, successor = ("replaced", after.number) if after else ("revoked", "")
    return PublicCertificate(
        state=state,
        replaced_by=successor,
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
        subjects=row.subjects,
        issued_on=row.issued_on,
        issue_place=row.issue_place,
        signatory_post=row.signatory_post,
        signatory_name=row.signatory_name,
        signatory_rank=row.signatory_rank,
        signatory_nip=mask_nip(row.signatory_nip),
        is_demo=row.is_demo,
    )
