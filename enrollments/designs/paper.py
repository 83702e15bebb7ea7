"""What is printed, gathered from person, training and organiser at one moment. Plain values: whoever keeps them keeps the paper."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day
from asn_lms.lib.words import roman
from courses.structure.models import CourseVersion
from courses.taxonomy.models import CertificateKind
from enrollments.designs.models import DesignVersion
from enrollments.designs.predicate import predicate
from enrollments.enrolling.gain import Gain, gain_of
from enrollments.enrolling.models import Enrollment

# What `paper_of` reads beside the place itself, for `select_related`.
OF_PLACE = (
    "learner__rank",
    "learner__agency",
    "agency",
    "completion_agency",
    "cohort",
    "version__course",
    "version__competency",
    "version__path",
)
GOVERNMENT = ("pemerintah ", "provinsi ", "kabupaten ", "kota ")


@dataclass(frozen=True)
class Signatory:
    post: str
    name: str = ""
    rank: str = ""
    nip: str = ""
    person_id: int | None = None


@dataclass(frozen=True)
class Paper:
    """Every printed field of a certificate (domain reference §3.4). `subjects`: title, jp and, where graded, score as text."""

    kind: str
    number: str
    issued_on: date
    name: str
    nip: str
    birth_place: str
    birth_on: date | None
    rank: str
    post: str
    agency_name: str
    course_title: str
    cohort_name: str
    competency: str
    issuer_name: str
    organiser_name: str
    place: str
    method: str
    starts_on: date | None
    ends_on: date | None
    jp: Decimal
    score: Decimal | None
    predicate: str
    issue_place: str
    signatory_name: str
    signatory_post: str
    signatory_rank: str
    signatory_nip: str
    back_name: str
    back_post: str
    back_nip: str
    registration_code: str
    subjects: list[dict[str, str]] = field(default_factory=list)
    is_demo: bool = False
    # Printed only where the course says so.
    pre_score: Decimal | None = None
    post_score: Decimal | None = None

    @property
    def gain(self) -> Gain | None:
        return gain_of(self.pre_score, self.post_score)


def paper_of(
    place: Enrollment,
    organiser: Agency,
    design: DesignVersion | None,
    *,
    number: str,
    issued_on: date,
    kind: str,
    subjects: list[dict[str, str]],
    registration_code: str = "",
) -> tuple[Paper, int | None]:
    """The paper as it would be printed now, and the id of the person who signs it, if one is named."""
    learner, cohort, version = place.learner, place.cohort, place.version
    top = unit_line(organiser)[0]
    signs = signatory_of(organiser, design, issued_on)
    back = design.back_signatory if design else None
    is_attended = kind == CertificateKind.STATEMENT
    paper = Paper(
        kind=kind,
        number=number,
        issued_on=issued_on,
        name=learner.full_name,
        nip=learner.nip or "",
        birth_place=learner.birth_place,
        birth_on=learner.birth_on,
        rank=written_rank(learner),
        post=learner.post,
        agency_name=", ".join(one.name for one in unit_line(place.completion_agency or place.agency))[:250],
        course_title=version.title,
        cohort_name=f"Angkatan {roman(cohort.number)} Tahun {cohort.year}" if cohort.number else "",
        competency=version.competency.name.lower() if version.competency else "",
        issuer_name=top.name if top != organiser else "",
        organiser_name=organiser.name,
        place=cohort.place,
        method="e-learning penuh" if cohort.is_self_paced or not version.path else version.path.name.lower(),
        starts_on=cohort.starts_on or local_day(learner.zone, place.enrolled_at),
        ends_on=cohort.ends_on or issued_on,
        jp=version.jp,
        score=None if is_attended else place.score,
        predicate="" if is_attended else predicate(place.score),
        issue_place=(design.place if design else "") or seat(top),
        signatory_name=signs.name,
        signatory_post=signs.post,
        signatory_rank=signs.rank,
        signatory_nip=signs.nip,
        back_name=back.full_name if back else "",
        back_post=design.back_post if design and back else "",
        back_nip=(back.nip or "") if back else "",
        registration_code=registration_code,
        subjects=subjects,
        is_demo=learner.is_demo or organiser.is_demo or version.course.is_demo,
        pre_score=place.pre_score if version.prints_gain and not is_attended else None,
        post_score=place.post_score if version.prints_gain and not is_attended else None,
    )
    return paper, signs.person_id


def subjects_of(version: CourseVersion, scores: Mapping[int, Decimal] | None = None) -> list[dict[str, str]]:
    """The modules of a version as the back page lists them; `scores` by module id, where something in it was graded."""
    scores = scores or {}
    return [
        {
            "title": module.title,
            "jp": str(module.jp),
            **({"score": str(scores[module.pk])} if module.pk in scores else {}),
        }
        for module in version.modules.all()
    ]


def signatory_of(organiser: Agency, design: DesignVersion | None, on: date) -> Signatory:
    """Who signs that day: whom the design names; else the head of the organiser, or of the nearest unit above whose chair is
    taken. A post that the design gives stands as it is written there.
    """
    post = design.signatory_post if design else ""
    if design and design.signatory:
        person = design.signatory
        return Signatory(
            (post or person.post or f"Kepala {organiser.label}")[:200],
            person.full_name,
            written_rank(person),
            person.nip or "",
            person.pk,
        )
    line = unit_line(organiser)
    grants = {
        grant.agency_id: grant
        for grant in RoleGrant.objects.effective(on)
        .filter(role=RoleGrant.Role.HEAD, agency__in=line)
        .select_related("person__rank")
        .order_by("from_on", "id")  # the newest grant wins
    }
    for unit in reversed(line):
        grant = grants.get(unit.pk)
        if grant is not None:
            acting = "" if grant.basis == RoleGrant.Basis.DEFINITIVE else f"{grant.get_basis_display()} "
            return Signatory(
                (post or f"{acting}Kepala {unit.label}")[:200],
                grant.person.full_name,
                written_rank(grant.person),
                grant.person.nip or "",
                grant.person_id,
            )
    return Signatory((post or f"Kepala {organiser.label}")[:200])


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
