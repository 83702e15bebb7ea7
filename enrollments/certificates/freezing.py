"""What is printed, copied from person and training when the name is confirmed, and never again."""

from datetime import datetime

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day
from asn_lms.lib.words import roman
from enrollments.certificates.models import Certificate
from enrollments.certificates.predicate import predicate

# What `freeze` reads beside the certificate itself, for `select_related`.
WITH_PRINTED = (
    "series__organiser",
    "enrollment__learner__rank",
    "enrollment__learner__agency",
    "enrollment__agency",
    "enrollment__completion_agency",
    "enrollment__cohort",
    "enrollment__version__course",
    "enrollment__version__competency",
    "enrollment__version__path",
)
GOVERNMENT = ("pemerintah ", "provinsi ", "kabupaten ", "kota ")


def freeze(certificate: Certificate, at: datetime) -> None:
    """Fill the printed fields, unsaved. A certificate that was frozen before is left as it is: a retry prints the same paper."""
    if certificate.frozen_at:
        return
    enrollment = certificate.enrollment
    learner, cohort, version = enrollment.learner, enrollment.cohort, enrollment.version
    organiser = certificate.series.organiser
    unit = enrollment.completion_agency or enrollment.agency
    top = unit_line(organiser)[0]

    certificate.name = learner.full_name
    certificate.nip = learner.nip or ""
    certificate.birth_place = learner.birth_place
    certificate.birth_on = learner.birth_on
    certificate.rank = written_rank(learner)
    certificate.post = learner.post
    certificate.agency_name = ", ".join(one.name for one in unit_line(unit))[:250]

    certificate.course_title = version.title
    certificate.competency = version.competency.name.lower() if version.competency else ""
    certificate.cohort_name = f"Angkatan {roman(cohort.number)} Tahun {cohort.year}" if cohort.number else ""
    certificate.issuer_name = top.name if top != organiser else ""
    certificate.organiser_name = organiser.name
    certificate.place = cohort.place
    certificate.method = "e-learning penuh" if cohort.is_self_paced or not version.path else version.path.name.lower()
    certificate.starts_on = cohort.starts_on or local_day(learner.zone, enrollment.enrolled_at)
    certificate.ends_on = cohort.ends_on or certificate.issued_on
    certificate.jp = version.jp
    certificate.score = enrollment.score
    certificate.predicate = predicate(enrollment.score)
    certificate.subjects = [{"title": module.title, "jp": str(module.jp)} for module in version.modules.all()]

    certificate.issue_place = seat(top)
    _freeze_signatory(certificate, organiser)
    certificate.is_demo = learner.is_demo or organiser.is_demo or version.course.is_demo
    certificate.frozen_at = at


def _freeze_signatory(certificate: Certificate, organiser: Agency) -> None:
    """The head of the organiser on the day of issue; where the chair is empty, the head of the nearest unit above."""
    line = unit_line(organiser)
    grants = {
        grant.agency_id: grant
        for grant in RoleGrant.objects.effective(certificate.issued_on)
        .filter(role=RoleGrant.Role.HEAD, agency__in=line)
        .select_related("person__rank")
        .order_by("from_on", "id")  # the newest grant wins
    }
    for unit in reversed(line):
        grant = grants.get(unit.pk)
        if grant is None:
            continue
        acting = "" if grant.basis == RoleGrant.Basis.DEFINITIVE else f"{grant.get_basis_display()} "
        certificate.signatory_post = f"{acting}Kepala {unit.label}"[:200]
        certificate.signatory_name = grant.person.full_name
        certificate.signatory_rank = written_rank(grant.person)
        certificate.signatory_nip = grant.person.nip or ""
        return
    certificate.signatory_post = f"Kepala {organiser.label}"[:200]


def unit_line(agency: Agency) -> list[Agency]:
    """The units from the top down to this one."""
    return [*Agency.objects.get_ancestors(agency), agency]


def written_rank(person: User) -> str:
    """ "Penata, III/c" for PNS, "Golongan IX" for PPPK, nothing for others."""
    rank = person.rank
    if rank is None:
        return ""
    return f"{rank.name}, {rank.golongan}" if rank.name else f"Golongan {rank.golongan}"


def seat(government: Agency) -> str:
    """Where a government sits, from its name: "Pemerintah Kota Medan" → "Medan"."""
    name: str = government.name
    for word in GOVERNMENT:
        if name.lower().startswith(word):
            name = name[len(word) :]
    return name
